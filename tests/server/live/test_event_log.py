"""The numbered, bounded log behind the event streams."""

from __future__ import annotations

import asyncio

import pytest

from podium.server.live.events import EventLog, EventLogs
from podium.server.models.common import AppId
from podium.server.models.runs import AppEventType


def log_with(count: int, **limits: int) -> EventLog:
    log = EventLog("epoch", **limits)
    for number in range(1, count + 1):
        log.publish(AppEventType.LOG, {"text": str(number)})
    return log


async def texts(log: EventLog, since: int = 0, epoch: str | None = None) -> list[str]:
    with log.subscribe(since, epoch) as reader:
        return [item.event.data.get("text", item.event.type.value) for item in await reader.next()]


async def test_events_are_numbered_from_one() -> None:
    log = EventLog("epoch")
    assert (log.first, log.last) == (1, 0)
    assert [log.publish(AppEventType.LOG, {}).n for _ in range(3)] == [1, 2, 3]
    assert (log.first, log.last) == (1, 3)


async def test_reading_goes_on_after_since() -> None:
    assert await texts(log_with(5), since=3) == ["4", "5"]


@pytest.mark.parametrize(("since", "epoch"), [(-7, None), (3, "another"), (0, "epoch")])
async def test_numbers_that_mean_nothing_count_as_zero(since: int, epoch: str | None) -> None:
    assert await texts(log_with(2), since, epoch) == ["1", "2"]


async def test_a_number_from_the_future_waits_for_what_is_next() -> None:
    log = log_with(2)
    with log.subscribe(99) as reader:
        waiting = asyncio.create_task(reader.next())
        log.publish(AppEventType.LOG, {"text": "3"})
        assert [item.event.n for item in await waiting] == [3]


async def test_the_oldest_are_dropped_beyond_a_number_and_readers_are_told() -> None:
    log = log_with(10, max_events=3)
    assert (log.first, log.last) == (8, 10)
    with log.subscribe() as reader:
        dropped, *rest = await reader.next()
    assert (dropped.event.type, dropped.event.n, dropped.event.data) == (AppEventType.DROPPED, 0, {"count": 7})
    assert [item.event.n for item in rest] == [8, 9, 10]


async def test_the_oldest_are_dropped_beyond_a_size_but_the_newest_stays() -> None:
    log = log_with(3, max_bytes=1000)
    log.publish(AppEventType.LOG, {"text": "x" * 5000})
    assert (log.first, log.last) == (4, 4)


async def test_a_slow_reader_is_told_what_it_was_too_slow_for() -> None:
    log = log_with(2, max_events=2)
    with log.subscribe() as reader:
        assert [item.event.n for item in await reader.next()] == [1, 2]
        for _ in range(5):
            log.publish(AppEventType.LOG, {})
        dropped, *rest = await reader.next()
        assert dropped.event.data == {"count": 3}
        assert [item.event.n for item in rest] == [6, 7]


async def test_many_events_are_read_in_pieces() -> None:
    log = log_with(450)
    with log.subscribe() as reader:
        sizes = [len(await reader.next()) for _ in range(3)]
    assert sizes == [200, 200, 50]


async def test_all_apps_of_a_server_share_an_epoch_and_nothing_else() -> None:
    logs = EventLogs()
    one, two = logs.of(AppId("one")), logs.of(AppId("two"))
    one.publish(AppEventType.LOG, {})
    assert (one.epoch, two.last) == (two.epoch, 0)
    assert logs.of(AppId("one")) is one
    logs.forget(AppId("one"))
    assert logs.of(AppId("one")).last == 0
