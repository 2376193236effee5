"""The connection to the documents, and what "not available" means.

Only operations that MongoDB and ``nx-27017`` both have are used: single-document inserts, updates with a filter,
deletes, finds with sort and limit, and plain (unique) indexes. Transactions, ``find_one_and_*`` (which hides errors in
``nx-27017``), TTL indexes and aggregation are not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import ConnectionFailure, DuplicateKeyError, ExecutionTimeout, PyMongoError, WriteError

from podium.server.http.problem import StoreUnavailable
from podium.server.settings import StoreSettings
from podium.server.store.process import StoreProcess

Document = dict[str, Any]
_SELECT_MS = 3000
_SOCKET_MS = 15000


class Store:
    """The platform's documents. Every write is acknowledged only when it is in the journal (``j: true``)."""

    def __init__(self, settings: StoreSettings, process: StoreProcess | None) -> None:
        self.process = process
        self._client: AsyncMongoClient[Document] = AsyncMongoClient(
            process.uri if process is not None else settings.uri,
            w=1 if process is not None else "majority",
            journal=True,
            retryWrites=process is None,
            tz_aware=True,
            serverSelectionTimeoutMS=_SELECT_MS,
            connectTimeoutMS=_SELECT_MS,
            socketTimeoutMS=_SOCKET_MS,
            appname="podium",
        )
        self._database = self._client[settings.database]

    @asynccontextmanager
    async def collection(self, name: str) -> AsyncIterator[AsyncCollection[Document]]:
        """A collection to work with; errors of the connection become :class:`StoreUnavailable`."""
        if self.process is not None and not self.process.available:
            raise StoreUnavailable(f"{self.process.reason}; it is started again. Try again in a moment.")
        try:
            yield self._database[name]
        except DuplicateKeyError:
            raise
        except (ConnectionFailure, ExecutionTimeout) as error:
            raise StoreUnavailable("The connection to the store was lost. Try again in a moment.") from error
        except WriteError as error:
            raise StoreUnavailable(f"The store refused to write: {error.details or error}.", 10) from error
        except PyMongoError as error:
            raise StoreUnavailable(f"The store answered with an error: {error}.", 10) from error

    async def ping(self) -> None:
        """Raise :class:`StoreUnavailable` unless the store answers."""
        async with self.collection("apps") as apps:
            await apps.database.command("ping")

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()
