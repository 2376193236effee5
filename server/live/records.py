"""Records of exchanges: the gateway's view and that of the recorder inside the kernel, joined by the request's id.

Either may come first, and either may be missing: a request that its client gave up is still recorded by the kernel
when it ends, and one that made the kernel die is known only here. Records are stored behind the exchange's back; while
the store is away they wait, up to a limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import structlog

from podium.runner.protocol import Body, Record
from podium.runner.wire import WireError, from_wire
from podium.server.background import Background
from podium.server.gateway.targets import RequestHead, Target
from podium.server.http.problem import ApiError
from podium.server.live.events import EventLogs
from podium.server.live.openrecord import OpenRecord, Source, record_of, summary_of
from podium.server.models.common import AppId, RequestId, UserId
from podium.server.models.runs import AppEventType, RequestRecord, RequestState
from podium.server.store.apps import Apps
from podium.server.store.records import Page, Records

log = structlog.get_logger("podium.records")

TELL_S = 0.1
"""After how long an exchange that goes on is told of. A quick one is one event, so that a busy app floods nobody."""
JOIN_S = 2.0
"""How long the kernel's record of an exchange that is over is waited for."""
CANCELLED_JOIN_S = 0.2
"""The same for one that was cancelled: an app that does not notice that goes on, perhaps for ever."""
MAX_UNWRITTEN = 500
"""Records that wait to be stored. Beyond that the oldest are given up: recording must never slow the gateway down."""
TOUCH_S = 10.0
"""How exact an app's ``last_request_at`` is: writing it for every request would double the work of recording."""
_LATE = 200
_RETRY_S = 1.0
_FLUSH_S = 2.0


class Recorder:
    """All exchanges that go on, and the way of their records into the store."""

    def __init__(self, records: Records, apps: Apps, events: EventLogs, background: Background) -> None:
        self._records = records
        self._apps = apps
        self._events = events
        self._open: dict[RequestId, OpenRecord] = {}
        self._late: OrderedDict[RequestId, OpenRecord] = OrderedDict()
        self._unwritten: OrderedDict[RequestId, tuple[UserId, RequestRecord]] = OrderedDict()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._touched: dict[AppId, float] = {}
        background.start("records", self._write())

    def begin(
        self, target: Target, id: RequestId, head: RequestHead, source: Source, body: Body | None = None
    ) -> OpenRecord:
        """Begin the record of a request that goes to the app now."""
        record = OpenRecord(target, id, head, source, self._changed, body)
        self._open[id] = record
        asyncio.get_running_loop().call_later(TELL_S, self._tell, record)
        return record

    def recorded(self, owner: UserId, app: AppId, data: Mapping[str, Any]) -> None:
        """Take what the kernel recorded of an exchange."""
        try:
            inner = from_wire(Record, dict(data))
        except WireError as error:
            log.warning("a kernel's record does not fit the protocol", app=app, reason=str(error))
            return
        record = self._open.get(RequestId(inner.id)) or self._late.pop(RequestId(inner.id), None)
        if record is None:
            self._keep(owner, record_of(app, inner))
        elif record.app == app:
            record.inner = inner
            if record.ended:
                self._settle(record)

    def kernel_gone(self, app: AppId) -> None:
        """Wait no longer for what a kernel that has ended would have recorded."""
        for record in [item for item in self._open.values() if item.app == app]:
            record.alone = True
            if record.ended:
                self._settle(record)

    async def get(self, owner: UserId, app: AppId, id: RequestId) -> RequestRecord:
        """One record, also of an exchange that still goes on."""
        going_on = self._open.get(id)
        if going_on is not None and (going_on.target.owner, going_on.app) == (owner, app):
            return going_on.record()
        waiting = self._unwritten.get(id)
        if waiting is not None and (waiting[0], waiting[1].app) == (owner, app):
            return waiting[1]
        return await self._records.get(owner, app, id)

    async def page(self, owner: UserId, app: AppId, *, before: str | None, limit: int) -> Page:
        """Some of the history, newest first; the first page begins with the exchanges that still go on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), _FLUSH_S)
        page = await self._records.page(owner, app, before=before, limit=limit)
        if before is not None:
            return page
        going_on = [item for item in self._open.values() if (item.target.owner, item.app) == (owner, app)]
        return Page([*(summary_of(item.record()) for item in reversed(going_on)), *page.requests], page.next)

    def _changed(self, record: OpenRecord) -> None:
        if record.ended and (record.alone or record.inner is not None):
            self._settle(record)
            return
        if record.told:
            self._publish(record.app, record.record())
        if record.ended:
            patience = CANCELLED_JOIN_S if record.state is RequestState.CANCELLED else JOIN_S
            asyncio.get_running_loop().call_later(patience, self._give_up, record)

    def _tell(self, record: OpenRecord) -> None:
        if not record.settled.is_set():
            record.told = True
            self._publish(record.app, record.record())

    def _give_up(self, record: OpenRecord) -> None:
        if not record.settled.is_set():
            self._settle(record)
            self._late[record.id] = record
            while len(self._late) > _LATE:
                self._late.popitem(last=False)

    def _settle(self, record: OpenRecord) -> None:
        self._open.pop(record.id, None)
        record.settled.set()
        self._keep(record.target.owner, record.record())

    def _keep(self, owner: UserId, record: RequestRecord) -> None:
        self._publish(record.app, record)
        self._unwritten[record.id] = (owner, record)
        while len(self._unwritten) > MAX_UNWRITTEN:
            self._unwritten.popitem(last=False)
        self._idle.clear()
        self._work.set()

    def _publish(self, app: AppId, record: RequestRecord) -> None:
        self._events.of(app).publish(AppEventType.REQUEST, summary_of(record))

    async def _write(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._unwritten:
                await self._write_one()
            self._idle.set()

    async def _write_one(self) -> None:
        id, (owner, record) = next(iter(self._unwritten.items()))
        try:
            await self._records.put(owner, record, summary_of(record))
            await self._touch(owner, record.app)
        except ApiError as error:
            log.warning("a record cannot be stored yet", request=id, reason=error.detail)
            await asyncio.sleep(_RETRY_S)
            return
        except Exception:
            # Nothing about one record may keep all later ones from being stored.
            log.exception("a record was lost", request=id)
        if self._unwritten.get(id, (owner, None))[1] is record:
            del self._unwritten[id]

    async def _touch(self, owner: UserId, app: AppId) -> None:
        now = time.monotonic()
        if now - self._touched.get(app, -TOUCH_S) >= TOUCH_S:
            self._touched[app] = now
            await self._apps.touch(owner, app, "last_request_at")
