"""Request records: one document for each exchange with an app, kept for a week.

``key`` sorts them by time; it is also the history's cursor. There is no TTL index (``nx-27017`` has none), so
:meth:`Records.sweep` removes what has expired and, for busy apps, what is beyond the newest thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podium.server.http.problem import NotFound
from podium.server.models.common import AppId, RequestId, UserId
from podium.server.models.runs import RequestRecord, RequestSummary
from podium.server.store.client import Document, Store
from podium.server.store.times import now_ms

KEPT_FOR_MS = 7 * 24 * 3600 * 1000
KEPT_FOR_EACH_APP = 1000
_COLLECTION = "records"


class NoSuchRequest(NotFound):
    type = "no-such-request"
    title = "There is no such request"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the history, newest first; ``next`` is the cursor of what follows."""

    requests: list[RequestSummary]
    next: str | None


class Records:
    """The records of each owner's apps."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the indexes."""
        async with self._store.collection(_COLLECTION) as records:
            await records.create_index([("app", 1), ("key", -1)], name="app_key")
            await records.create_index([("expires_ms", 1)], name="expires")

    async def put(self, owner: UserId, record: RequestRecord, summary: RequestSummary) -> None:
        """Store a record, or what has become of it since it was stored."""
        document: Document = {
            "owner": owner,
            "app": record.app,
            "key": _key(record),
            "expires_ms": _started_ms(record) + KEPT_FOR_MS,
            "summary": summary.model_dump(mode="json"),
            "record": record.model_dump(mode="json"),
        }
        async with self._store.collection(_COLLECTION) as records:
            await records.update_one({"_id": record.id, "owner": owner}, {"$set": document}, upsert=True)

    async def get(self, owner: UserId, app: AppId, id: RequestId) -> RequestRecord:
        """One record; raises :class:`NoSuchRequest`."""
        async with self._store.collection(_COLLECTION) as records:
            document = await records.find_one({"_id": id, "owner": owner, "app": app})
        if document is None:
            raise NoSuchRequest("Records are kept for seven days, and only the newest thousand of an app.")
        return RequestRecord.model_validate(document["record"])

    async def page(self, owner: UserId, app: AppId, *, before: str | None, limit: int) -> Page:
        """Some of the newest records, or of those before a cursor."""
        query: dict[str, Any] = {"owner": owner, "app": app}
        if before is not None:
            query["key"] = {"$lt": before}
        async with self._store.collection(_COLLECTION) as records:
            cursor = records.find(query, {"summary": 1, "key": 1}).sort("key", -1).limit(limit + 1)
            documents = [document async for document in cursor]
        shown = documents[:limit]
        following = shown[-1]["key"] if len(documents) > limit else None
        return Page([RequestSummary.model_validate(document["summary"]) for document in shown], following)

    async def purge(self, owner: UserId, app: AppId) -> None:
        """Forget all records of an app."""
        async with self._store.collection(_COLLECTION) as records:
            await records.delete_many({"owner": owner, "app": app})

    async def sweep(self, apps: Sequence[tuple[UserId, AppId]]) -> None:
        """Remove what has expired, and of each app what is beyond the newest thousand."""
        async with self._store.collection(_COLLECTION) as records:
            await records.delete_many({"expires_ms": {"$lt": now_ms()}})
            for owner, app in apps:
                cursor = records.find({"owner": owner, "app": app}, {"key": 1}).sort("key", -1)
                async for document in cursor.skip(KEPT_FOR_EACH_APP).limit(1):
                    await records.delete_many({"owner": owner, "app": app, "key": {"$lte": document["key"]}})


def _key(record: RequestRecord) -> str:
    return f"{_started_ms(record):013d}-{record.id}"


def _started_ms(record: RequestRecord) -> int:
    return int(record.started_at.timestamp() * 1000)
