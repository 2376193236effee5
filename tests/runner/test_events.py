"""The event log: numbers, bounds, many writers and readers."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st

from podium.runner.events import EventLog
from podium.runner.protocol import Event, EventType


async def take(log: EventLog, since: int, until: int) -> list[Event]:
    """Read until the event with number ``until``."""
    events: list[Event] = []
    reader = log.read(since)
    async for batch in reader:
        events += batch
        if events[-1].n >= until:
            break
    await reader.aclose()
    return events


@given(count=st.integers(1, 30), kept=st.integers(1, 30), since=st.integers(0, 30))
async def test_a_reader_gets_what_is_kept_and_is_told_what_is_not(count: int, kept: int, since: int) -> None:
    log = EventLog(max_events=kept)
    for number in range(1, count + 1):
        assert log.append(EventType.LOG, {"number": number}) == number
    if since >= count:
        log.append(EventType.LOG, {"number": count + 1})
        count += 1
        since = min(since, count - 1)
    events = await take(log, since, count)
    lost = max(0, count - kept - since)
    if lost:
        dropped = events.pop(0)
        assert (dropped.type, dropped.data, dropped.n) == (EventType.DROPPED, {"count": lost}, since + lost)
    assert [event.n for event in events] == list(range(since + lost + 1, count + 1))
    assert [event.data["number"] for event in events] == [event.n for event in events]


async def test_big_events_push_out_old_ones() -> None:
    log = EventLog(max_cost=10_000)
    for number in range(20):
        log.append(EventType.LOG, {"number": number}, cost=1_000)
    events = await take(log, 0, 20)
    assert events[0].type is EventType.DROPPED
    assert len(events) < 12


async def test_one_event_is_kept_however_big_it_is() -> None:
    log = EventLog(max_cost=10)
    log.append(EventType.LOG, {}, cost=1_000_000)
    assert [event.n for event in await take(log, 0, 1)] == [1]


async def test_waiting_readers_get_what_threads_write() -> None:
    log = EventLog()
    readers = [asyncio.create_task(take(log, 0, 400)) for _ in range(3)]
    await asyncio.sleep(0)

    def write() -> None:
        for number in range(100):
            log.append(EventType.LOG, {"number": number})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for events in await asyncio.gather(*readers):
        assert [event.n for event in events] == list(range(1, 401))
    for thread in threads:
        thread.join()
    assert log.last == 400


async def test_an_object_that_prints_when_it_is_collected_does_not_lock_the_log() -> None:
    log = EventLog(max_events=1)

    class Noisy:
        def __del__(self) -> None:
            log.append(EventType.LOG, {"from": "a destructor"})

    log.append(EventType.LOG, Noisy())
    log.append(EventType.LOG, {})
    assert log.last == 3
