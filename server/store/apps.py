"""Apps: their names, entry points and times. Their files are in :mod:`podium.server.store.files`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from podium.server.http.problem import Conflict, NotFound
from podium.server.models.common import AppId, UserId
from podium.server.store.client import Document, Store

_COLLECTION = "apps"


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


class Apps:
    """The apps of each owner.

    ``slot`` is what makes names unique among the apps that are not deleted: ``OWNER/NAME``, or for a deleted app its
    id, so that its name is free again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the indexes."""
        async with self._store.collection(_COLLECTION) as apps:
            await apps.create_index([("slot", 1)], unique=True, name="slot")
            await apps.create_index([("owner", 1), ("updated_at", -1)], name="owner_updated")

    async def get(self, owner: UserId, ref: str) -> StoredApp:
        """The app with that id or name; raises :class:`NoSuchApp`."""
        async with self._store.collection(_COLLECTION) as apps:
            document = await apps.find_one({"owner": owner, "slot": _slot(owner, ref)})
            if document is None:
                document = await apps.find_one({"_id": ref, "owner": owner, "deleted_at": None})
        if document is None:
            raise NoSuchApp(f"You have no app that is called {ref!r}. It may have been renamed or deleted.")
        return _app(document)

    async def all(self, owner: UserId) -> list[StoredApp]:
        """All apps that are not deleted, newest change first."""
        async with self._store.collection(_COLLECTION) as apps:
            cursor = apps.find({"owner": owner, "deleted_at": None}).sort("updated_at", -1)
            return [_app(document) async for document in cursor]

    async def insert(self, owner: UserId, app: AppId, *, name: str, entry: str, template: str | None) -> StoredApp:
        """Store a new app; raises :class:`NameTaken`."""
        now = _now()
        document: Document = {
            "_id": app,
            "owner": owner,
            "slot": _slot(owner, name),
            "name": name,
            "entry": entry,
            "template": template,
            "created_at": now,
            "updated_at": now,
            "last_run_at": None,
            "last_request_at": None,
            "deleted_at": None,
        }
        async with self._store.collection(_COLLECTION) as apps:
            try:
                await apps.insert_one(document)
            except DuplicateKeyError:
                raise _name_taken(name) from None
        return _app(document)

    async def update(self, owner: UserId, app: AppId, *, name: str | None, entry: str | None) -> StoredApp:
        """Change the name or the entry point; raises :class:`NameTaken` or :class:`NoSuchApp`."""
        changes: Document = {"updated_at": _now()}
        if name is not None:
            changes |= {"name": name, "slot": _slot(owner, name)}
        if entry is not None:
            changes["entry"] = entry
        try:
            await self._set(owner, app, {"deleted_at": None}, changes)
        except DuplicateKeyError:
            raise _name_taken(name or "") from None
        return await self.get(owner, app)

    async def touch(self, owner: UserId, app: AppId, *fields: str) -> None:
        """Set times (``updated_at``, ``last_run_at``, ``last_request_at``) to now; an app that is gone is no error."""
        async with self._store.collection(_COLLECTION) as apps:
            await apps.update_one({"_id": app, "owner": owner}, {"$set": dict.fromkeys(fields, _now())})

    async def delete(self, owner: UserId, app: AppId) -> None:
        """Mark as deleted; the name is free from now on. Raises :class:`NoSuchApp`."""
        await self._set(owner, app, {"deleted_at": None}, {"deleted_at": _now(), "slot": app})

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
        changes = {"deleted_at": None, "name": name, "slot": _slot(owner, name)}
        try:
            await self._set(owner, app, {"deleted_at": {"$ne": None}}, changes)
        except DuplicateKeyError:
            raise _name_taken(name) from None
        return await self.get(owner, app)

    async def expired(self, undo_s: float) -> list[StoredApp]:
        """Apps of every owner that were deleted more than ``undo_s`` seconds ago; only the sweep asks for them."""
        async with self._store.collection(_COLLECTION) as apps:
            limit = _now() - timedelta(seconds=undo_s)
            return [_app(document) async for document in apps.find({"deleted_at": {"$lt": limit}})]

    async def purge(self, owner: UserId, app: AppId) -> None:
        """Forget a deleted app for good."""
        async with self._store.collection(_COLLECTION) as apps:
            await apps.delete_one({"_id": app, "owner": owner})

    async def _set(self, owner: UserId, app: AppId, condition: Mapping[str, Any], changes: Document) -> None:
        async with self._store.collection(_COLLECTION) as apps:
            result = await apps.update_one({"_id": app, "owner": owner, **condition}, {"$set": changes})
        if result.matched_count == 0:
            raise NoSuchApp("It may have been deleted meanwhile.")


def new_app_id() -> AppId:
    """A random id that no name can be mistaken for: names have no underscore."""
    return AppId(f"app_{secrets.token_hex(10)}")


def _slot(owner: UserId, name: str) -> str:
    return f"{owner}/{name}"


def _name_taken(name: str) -> NameTaken:
    return NameTaken(f"Choose another name than {name!r}.")


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _app(document: Document) -> StoredApp:
    return StoredApp(
        id=AppId(document["_id"]),
        owner=UserId(document["owner"]),
        name=document["name"],
        entry=document["entry"],
        template=document["template"],
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        last_run_at=document["last_run_at"],
        last_request_at=document["last_request_at"],
        deleted_at=document["deleted_at"],
    )
