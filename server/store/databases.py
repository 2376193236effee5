"""What apps store: another store than the platform's own, with one database for each app."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from pymongo import AsyncMongoClient

from podium.server.models.common import AppId
from podium.server.store.process import StoreProcess


class Databases:
    """Where each app's database is. ``uri`` is that of a MongoDB server, else ``process`` serves files."""

    def __init__(self, uri: str | None, process: StoreProcess) -> None:
        self._uri = uri
        self._process = process

    def uri_for(self, app: AppId) -> str:
        """What the app is given as ``PLATFORM_MONGO_URI``; its last part is the name of its own database."""
        parts = urlsplit(self._uri or self._process.uri)
        return urlunsplit(parts._replace(path=f"/{app}"))

    async def drop(self, app: AppId) -> None:
        """Remove everything that a purged app stored. The store is not woken for an app that stored nothing."""
        if self._uri is None and not (self._process.directory / f"{app}.db").exists():
            return
        async with AsyncMongoClient[dict[str, object]](self._uri or self._process.uri) as client:
            await client.drop_database(app)
