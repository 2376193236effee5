"""Apps: their names, entry points and times. Their files are in :mod:`podium.server.store.files`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from podium.server.http.problem import Conflict, NotFound
from podium.server.models.common import AppId, UserId
from podium.server.store.client import Document, Store
from podium.server.store.memory import Kept
from podium.server.store.times import moment, now_ms, optional_moment

_COLLECTION = "apps"
_REMEMBERED = 64


class NoSuchApp(NotFound):
    type = "no-such-app"
    title = "There is no such app"


class NameTaken(Conflict):
    type = "name-taken"
    title = "You have an app of that name already"


@dataclass(frozen=True, slots=True)
class StoredApp:
    """One app as it is stored; times are aware and in UTC."""

    id: AppId
    owner: UserId
    name: str
    entry: str
    template: str | None
    created_at: datetime
    updated_at: datetime
    last_run_at: datetime | None = None
    last_request_at: datetime | None = None
    deleted_at: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


class Apps:
    """The apps of each owner. Ids have an underscore, which names cannot have, so one is never mistaken for the other.

    ``slot`` is what makes names unique among the apps that are not deleted: ``OWNER/NAME``, or for a deleted app its
    id, so that its name is free again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = Kept[tuple[UserId, AppId], StoredApp](_REMEMBERED if store.alone else 0)

    async def prepare(self) -> None:
        """Make the indexes."""
        async with self._store.collection(_COLLECTION) as apps:
            await apps.create_index([("slot", 1)], unique=True, name="slot")
            await apps.create_index([("owner", 1), ("updated_at", -1)], name="owner_updated")

    async def get(self, owner: UserId, ref: str) -> StoredApp:
        """The app with that id or name; raises :class:`NoSuchApp`."""
        if known := self._find_known(owner, ref):
            return known
        since = self._known.writes
        which = {"_id": ref, "deleted_at": None} if "_" in ref else {"slot": _slot(owner, ref)}
        async with self._store.collection(_COLLECTION) as apps:
            document = await apps.find_one({"owner": owner, **which})
        if document is None:
            raise NoSuchApp(f"You have no app that is called {ref!r}. It may have been renamed or deleted.")
        app = _app(document)
        self._known.read((owner, app.id), app, since)
        return app

    async def all(self, owner: UserId) -> list[StoredApp]:
        """All apps that are not deleted, newest change first."""
        async with self._store.collection(_COLLECTION) as apps:
            cursor = apps.find({"owner": owner, "deleted_at": None}).sort("updated_at", -1)
            return [_app(document) async for document in cursor]

    async def begin(self, owner: UserId) -> AppId:
        """Make an app that nobody sees until it is published; if that never happens, the sweep takes it away."""
        app = AppId(f"app_{secrets.token_hex(10)}")
        now = now_ms()
        document: Document = {
            "_id": app,
            "owner": owner,
            "slot": app,
            "name": "",
            "entry": "",
            "template": None,
            "created_at": now,
            "updated_at": now,
            "last_run_at": None,
            "last_request_at": None,
            "deleted_at": now,
        }
        async with self._store.collection(_COLLECTION) as apps:
            await apps.insert_one(document)
        return app

    async def publish(
        self,
        owner: UserId,
        app: AppId,
        *,
        name: str,
        entry: str,
        template: str | None,
        variables: Mapping[str, str] | None = None,
    ) -> StoredApp:
        """Make an app that was begun visible, in one write; raises :class:`NameTaken`."""
        fields: Document = {"name": name, "entry": entry, "template": template, "variables": dict(variables or {})}
        return await self._appear(owner, app, fields)

    async def update(self, owner: UserId, app: AppId, *, name: str | None, entry: str | None) -> StoredApp:
        """Change the name or the entry point; raises :class:`NameTaken` or :class:`NoSuchApp`."""
        changes: Document = {"updated_at": now_ms()}
        if name is not None:
            changes |= {"name": name, "slot": _slot(owner, name)}
        if entry is not None:
            changes["entry"] = entry
        try:
            await self._set(owner, app, {"deleted_at": None}, changes)
        except DuplicateKeyError:
            raise _name_taken(name or "") from None
        return await self.get(owner, app)

    async def set_variables(self, owner: UserId, app: AppId, variables: Mapping[str, str]) -> StoredApp:
        """Replace the environment variables; raises :class:`NoSuchApp`."""
        await self._set(owner, app, {"deleted_at": None}, {"variables": dict(variables)})
        return await self.get(owner, app)

    async def touch(self, owner: UserId, app: AppId, *fields: str) -> None:
        """Set times (``updated_at``, ``last_run_at``, ``last_request_at``) to now; an app that is gone is no error."""
        now = now_ms()
        with self._changing(owner, app, dict.fromkeys(fields, moment(now))):
            async with self._store.collection(_COLLECTION) as apps:
                await apps.update_one({"_id": app, "owner": owner}, {"$set": dict.fromkeys(fields, now)})

    async def delete(self, owner: UserId, app: AppId) -> None:
        """Mark as deleted; the name is free from now on. Raises :class:`NoSuchApp`."""
        await self._set(owner, app, {"deleted_at": None}, {"deleted_at": now_ms(), "slot": app})

    async def deleted(self, owner: UserId, ref: str) -> StoredApp:
        """The deleted app with that id, or the one of that name that was deleted last; raises :class:`NoSuchApp`."""
        gone: Document = {"owner": owner, "deleted_at": {"$ne": None}}
        async with self._store.collection(_COLLECTION) as apps:
            document = await apps.find_one({"_id": ref, **gone})
            if document is None:
                document = await apps.find_one({"name": ref, **gone}, sort=[("deleted_at", -1)])
        if document is None:
            raise NoSuchApp("This app was not deleted, or so long ago that it cannot be brought back.")
        return _app(document)

    async def restore(self, owner: UserId, app: AppId, name: str) -> StoredApp:
        """Bring a deleted app back under ``name``; raises :class:`NameTaken`."""
        return await self._appear(owner, app, {"name": name})

    async def expired(self, undo_s: float) -> list[StoredApp]:
        """Apps of every owner that were deleted more than ``undo_s`` seconds ago; only the sweep asks for them."""
        async with self._store.collection(_COLLECTION) as apps:
            limit = now_ms() - int(undo_s * 1000)
            return [_app(document) async for document in apps.find({"deleted_at": {"$lt": limit}})]

    async def purge(self, owner: UserId, app: AppId) -> None:
        """Forget a deleted app for good."""
        with self._changing(owner, app):
            async with self._store.collection(_COLLECTION) as apps:
                await apps.delete_one({"_id": app, "owner": owner})

    async def _appear(self, owner: UserId, app: AppId, changes: Document) -> StoredApp:
        name: str = changes["name"]
        changes = {**changes, "deleted_at": None, "slot": _slot(owner, name), "updated_at": now_ms()}
        try:
            await self._set(owner, app, {"deleted_at": {"$ne": None}}, changes)
        except DuplicateKeyError:
            raise _name_taken(name) from None
        return await self.get(owner, app)

    async def _set(self, owner: UserId, app: AppId, condition: Mapping[str, Any], changes: Document) -> None:
        with self._changing(owner, app):
            async with self._store.collection(_COLLECTION) as apps:
                result = await apps.update_one({"_id": app, "owner": owner, **condition}, {"$set": changes})
        if result.matched_count == 0:
            raise NoSuchApp("It may have been deleted meanwhile.")

    def _find_known(self, owner: UserId, ref: str) -> StoredApp | None:
        if "_" in ref:
            return self._known.get((owner, AppId(ref)))
        return next((app for app in self._known.values() if (app.owner, app.name) == (owner, ref)), None)

    @contextmanager
    def _changing(self, owner: UserId, app: AppId, times: Mapping[str, Any] | None = None) -> Iterator[None]:
        """Go around a write. Nothing is known of the app afterwards, unless only its ``times`` change."""
        key = owner, app
        try:
            yield
        except DuplicateKeyError:  # nothing was written
            raise
        except BaseException:
            self._known.doubt(key)
            raise
        known = self._known.get(key)
        self._known.forget(key)
        if known is not None and times is not None:
            self._known.read(key, replace(known, **times), self._known.writes)


def _slot(owner: UserId, name: str) -> str:
    return f"{owner}/{name}"


def _name_taken(name: str) -> NameTaken:
    return NameTaken(f"Choose another name than {name!r}.")


def _app(document: Document) -> StoredApp:
    return StoredApp(
        id=AppId(document["_id"]),
        owner=UserId(document["owner"]),
        name=document["name"],
        entry=document["entry"],
        template=document["template"],
        created_at=moment(document["created_at"]),
        updated_at=moment(document["updated_at"]),
        last_run_at=optional_moment(document["last_run_at"]),
        last_request_at=optional_moment(document["last_request_at"]),
        deleted_at=optional_moment(document["deleted_at"]),
        variables=document.get("variables") or {},
    )
