"""Records on their way into the store: joined, kept for a while, and never in the way."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from podium.runner.protocol import Body, LogLine, Record, RecordedRequest, RecordedResponse
from podium.runner.wire import to_wire
from podium.server.background import Background
from podium.server.gateway.targets import RequestHead, Target, new_request_id
from podium.server.gateway.upstream import ResponseHead
from podium.server.live.events import EventLogs
from podium.server.live.openrecord import OpenRecord, record_of, summary_of
from podium.server.live.originals import MAX_BYTES, Originals, Outgoing
from podium.server.live.problems import CannotReplay
from podium.server.live.records import Recorder
from podium.server.models.common import AppId, RequestId, UserId
from podium.server.models.runs import RequestRecord
from podium.server.store import records as stored
from podium.server.store.apps import Apps
from podium.server.store.client import Store
from podium.server.store.records import NoSuchRequest, Records

ME, YOU = UserId("me"), UserId("you")
APP = AppId("app_1")
TARGET = Target(APP, ME, "notes", "127.0.0.1", 1, "v1")
HEAD = RequestHead("GET", "/x", [("Authorization", "Bearer secret")])
ANSWER = ResponseHead(200, "OK", [("Set-Cookie", "a=secret")])


def inner(id: str, body: Body | None = None) -> Record:
    request = RecordedRequest("POST", "/x", [("cookie", "a=secret")], body or Body(0))
    line = LogLine(time.time(), "stdout", "info", "printed", request=id)
    return Record(id, time.time(), 3.0, request, RecordedResponse(200, [], Body(2, "ok"), 1.0), (line,))


@pytest.fixture
async def records(store: Store) -> Records:
    records = Records(store)
    await records.prepare()
    return records


@pytest.fixture
async def recorder(records: Records, store: Store) -> AsyncIterator[Recorder]:
    async with Background() as background:
        yield Recorder(records, Apps(store), EventLogs(), background)


def begin(recorder: Recorder) -> OpenRecord:
    return recorder.begin(TARGET, new_request_id(), HEAD, "panel")


@pytest.mark.parametrize("kernel_first", [True, False])
async def test_both_views_are_joined_whichever_comes_first(recorder: Recorder, kernel_first: bool) -> None:
    record = begin(recorder)
    record.answered(ANSWER)
    data = to_wire(inner(record.id))
    if kernel_first:
        recorder.recorded(ME, APP, data)
        record.finished()
    else:
        record.finished()
        recorder.recorded(ME, APP, data)
    await record.settled.wait()
    (shown,) = (await recorder.page(ME, APP, before=None, limit=10)).requests
    found = await recorder.get(ME, APP, shown.id)
    assert (found.state, found.source, found.version) == ("done", "panel", "v1")
    assert [line.text for line in found.logs] == ["printed"]
    assert "secret" not in found.model_dump_json()


async def test_a_kernel_that_ended_is_not_waited_for(recorder: Recorder) -> None:
    before, after = begin(recorder), begin(recorder)
    before.failed("It died.")
    recorder.kernel_gone(APP)
    after.failed("It died.")
    assert before.settled.is_set()
    assert after.settled.is_set()


async def test_what_comes_late_is_added(recorder: Recorder) -> None:
    record = begin(recorder)
    record.cancelled()
    await record.settled.wait()
    recorder.recorded(ME, APP, to_wire(inner(record.id)))
    page = await recorder.page(ME, APP, before=None, limit=10)
    found = await recorder.get(ME, APP, page.requests[0].id)
    assert (len(page.requests), found.state) == (1, "cancelled")
    assert [line.text for line in found.logs] == ["printed"]


async def test_a_request_that_did_not_come_through_podium_is_kept_too(recorder: Recorder) -> None:
    recorder.recorded(ME, APP, to_wire(inner("from-the-console")))
    (shown,) = (await recorder.page(ME, APP, before=None, limit=10)).requests
    assert (shown.id, shown.source, shown.status) == ("from-the-console", "gateway", 200)


@pytest.mark.parametrize("data", [{}, {"id": 5}, {"id": "x", "request": "none"}])
async def test_what_does_not_fit_the_protocol_is_left_out(recorder: Recorder, data: dict[str, Any]) -> None:
    recorder.recorded(ME, APP, data)
    assert (await recorder.page(ME, APP, before=None, limit=10)).requests == []


async def test_another_apps_kernel_cannot_add_to_a_record(recorder: Recorder) -> None:
    record = begin(recorder)
    recorder.recorded(YOU, AppId("app_2"), to_wire(inner(record.id)))
    assert record.inner is None


async def test_nobody_finds_the_records_of_others(recorder: Recorder) -> None:
    record = begin(recorder)
    for owner, app in ((YOU, APP), (ME, AppId("app_2"))):
        with pytest.raises(NoSuchRequest):
            await recorder.get(owner, app, record.id)
    record.finished()
    recorder.kernel_gone(APP)
    await recorder.page(ME, APP, before=None, limit=10)
    for owner, app in ((YOU, APP), (ME, AppId("app_2"))):
        with pytest.raises(NoSuchRequest):
            await recorder.get(owner, app, record.id)
        assert (await recorder.page(owner, app, before=None, limit=10)).requests == []


async def test_the_history_begins_with_what_goes_on(recorder: Recorder) -> None:
    done, going_on = begin(recorder), begin(recorder)
    done.finished()
    recorder.recorded(ME, APP, to_wire(inner(done.id)))
    page = await recorder.page(ME, APP, before=None, limit=10)
    assert [(item.id, item.state.value) for item in page.requests] == [(going_on.id, "waiting"), (done.id, "done")]


def a_record(age: timedelta, number: int = 0) -> RequestRecord:
    record = record_of(APP, inner(f"req-{number}"))
    return record.model_copy(update={"started_at": datetime.now(UTC) - age})


async def test_what_is_a_week_old_is_forgotten(records: Records) -> None:
    for number, age in enumerate((timedelta(days=6), timedelta(days=8))):
        record = a_record(age, number)
        await records.put(ME, record, summary_of(record))
    await records.sweep([])
    assert [item.id for item in (await records.page(ME, APP, before=None, limit=10)).requests] == ["req-0"]


async def test_of_a_busy_app_the_newest_are_kept(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "KEPT_FOR_EACH_APP", 3)
    for number in range(5):
        record = a_record(timedelta(minutes=number), number)
        await records.put(ME, record, summary_of(record))
    await records.sweep([(ME, APP)])
    page = await records.page(ME, APP, before=None, limit=10)
    assert [item.id for item in page.requests] == ["req-0", "req-1", "req-2"]


async def test_a_purged_app_has_no_records(records: Records) -> None:
    record = a_record(timedelta())
    await records.put(ME, record, summary_of(record))
    await records.purge(ME, APP)
    assert (await records.page(ME, APP, before=None, limit=10)).requests == []


def test_a_replay_needs_what_was_not_stored() -> None:
    originals = Originals()
    record = a_record(timedelta())
    with pytest.raises(CannotReplay, match="cookie"):
        originals.again(record)
    originals.keep(APP, record.id, Outgoing("POST", "/x", [("cookie", "a=secret")], None))
    again = originals.again(record)
    assert again.headers == [("cookie", "a=secret")]
    assert again.body == b""


def test_a_body_that_was_cut_cannot_be_sent_again() -> None:
    record = record_of(APP, inner("req", Body(100_000, "beginning", truncated=True)))
    public = record.model_copy(update={"request": replace(record.request, headers=[])})
    with pytest.raises(CannotReplay, match="100,000 bytes"):
        Originals().again(public)


def test_what_is_kept_for_replays_is_bounded() -> None:
    originals = Originals()
    large = b"x" * (MAX_BYTES // 3)
    ids = [RequestId(f"req-{number}") for number in range(4)]
    for id in ids:
        originals.keep(APP, id, Outgoing("POST", "/", [], large))
    record = record_of(APP, inner("req"))
    kept = [_has(originals, record.model_copy(update={"id": id})) for id in ids]
    assert kept == [False, False, True, True]


def _has(originals: Originals, record: RequestRecord) -> bool:
    try:
        return originals.again(record).body != b""
    except CannotReplay:
        return False
