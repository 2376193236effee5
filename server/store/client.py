"""The connection to the documents, and what "not available" means.

Only operations that MongoDB and ``nx-27017`` both have are used: single-document inserts, updates with a filter,
deletes, finds with sort and limit, and plain (unique) indexes. Transactions, ``find_one_and_*`` (which hides errors in
``nx-27017``), dates (see :mod:`podium.server.store.times`), TTL indexes and aggregation are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import ConnectionFailure, DuplicateKeyError, ExecutionTimeout, PyMongoError

from podium.server.http.problem import StoreUnavailable
from podium.server.settings import StoreSettings
from podium.server.store.process import StoreProcess, StoreStartFailed

Document = dict[str, Any]
_SELECT_MS = 3000
_SOCKET_MS = 15000
_WATCH_S = 5.0
_HANGS_AFTER_S = 5.0

log = structlog.get_logger("podium.store")


class Store:
    """The platform's documents. Every write is acknowledged only when it is in the journal (``j: true``)."""

    def __init__(self, settings: StoreSettings, process: StoreProcess | None) -> None:
        self.process = process
        try:
            self._client = _connect(settings.uri, process)
        except (PyMongoError, ValueError) as error:
            raise StoreStartFailed(f"PODIUM_MONGO_URI cannot be used: {error}") from None
        self._database = self._client[settings.database]

    @property
    def available(self) -> bool:
        """Whether there is any use in asking; of a MongoDB server only asking tells."""
        return self.process is None or self.process.available

    @property
    def alone(self) -> bool:
        """Whether nobody else writes to it: the data directory, and the store process in it, is one server's."""
        return self.process is not None

    @property
    def restarts(self) -> int:
        """How often the store process was started again."""
        return 0 if self.process is None else self.process.restarts

    @asynccontextmanager
    async def collection(self, name: str) -> AsyncIterator[AsyncCollection[Document]]:
        """A collection to work with; what goes wrong inside becomes :class:`StoreUnavailable`, but for duplicates."""
        if self.process is not None and not self.process.available:
            raise StoreUnavailable(f"{self.process.reason}. It starts again by itself; try again in a moment.")
        try:
            yield self._database[name]
        except DuplicateKeyError:
            raise
        except (ConnectionFailure, ExecutionTimeout) as error:
            raise StoreUnavailable("The connection to the store was lost; try again in a moment.") from error
        except PyMongoError as error:
            log.error("the store refused", collection=name, error=str(error))
            raise StoreUnavailable(f"The store refused: {_reason(error)}.", 10) from error

    async def ping(self) -> None:
        """Raise :class:`StoreUnavailable` unless the store answers."""
        async with self.collection("apps") as apps:
            await apps.database.command("ping")

    async def watch(self) -> None:
        """Ask the store process again and again, and end one that hangs, so that it is started again."""
        assert self.process is not None  # noqa: S101 - only a process of ours is watched
        while True:
            await asyncio.sleep(_WATCH_S)
            if not self.process.available:
                continue
            try:
                await asyncio.wait_for(self.ping(), _HANGS_AFTER_S)
            except TimeoutError:
                log.warning("the store does not answer and is ended", after_s=_HANGS_AFTER_S)
                self.process.kill()
            except StoreUnavailable as error:
                log.warning("the store does not answer", reason=error.detail)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def _connect(uri: str | None, process: StoreProcess | None) -> AsyncMongoClient[Document]:
    return AsyncMongoClient(
        process.uri if process is not None else uri,
        w=1 if process is not None else "majority",
        journal=True,
        retryWrites=process is None,
        serverSelectionTimeoutMS=_SELECT_MS,
        connectTimeoutMS=_SELECT_MS,
        socketTimeoutMS=_SOCKET_MS,
        appname="podium",
    )


def _reason(error: PyMongoError) -> str:
    details = getattr(error, "details", None) or {}
    return str(details.get("errmsg") or error).rstrip(".")
