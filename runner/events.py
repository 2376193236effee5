"""The numbered event stream: bounded, written from any thread, read by any number of asynchronous readers.

Payloads are turned into JSON only when a reader takes them: that happens on the control thread, so a request does not
wait for it. What was dropped before a reader came is said with a ``dropped`` event, never silently.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple

from podium.runner.protocol import Event, EventType
from podium.runner.wire import to_wire

MAX_EVENTS = 10_000
MAX_COST = 16 * 1024 * 1024


class _Entry(NamedTuple):
    n: int
    at: float
    type: EventType
    payload: Any
    cost: int


class _Waiter:
    """Wakes one reader on its own loop, once for any number of events until it has read them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._armed = False

    def wake(self) -> None:
        if self._armed and not self._loop.is_closed():
            self._armed = False
            self._loop.call_soon_threadsafe(self._event.set)

    def arm(self) -> None:
        self._event.clear()
        self._armed = True

    async def wait(self) -> None:
        await self._event.wait()


class EventLog:
    """Events numbered from 1; the oldest are dropped beyond ``max_events`` or about ``max_cost`` bytes."""

    def __init__(self, max_events: int = MAX_EVENTS, max_cost: int = MAX_COST) -> None:
        self._max_events = max_events
        self._max_cost = max_cost
        self._entries: deque[_Entry] = deque()
        self._cost = 0
        self._last = 0
        self._waiters: set[_Waiter] = set()
        # Re-entrant: the garbage collector may run a destructor that prints while this thread appends.
        self._lock = threading.RLock()

    @property
    def last(self) -> int:
        """The number of the newest event, 0 when there is none."""
        return self._last

    def append(self, type_: EventType, payload: Any, cost: int = 0) -> int:
        """Add an event and return its number; ``cost`` is about how many bytes its texts take. Any thread may call."""
        with self._lock:
            self._last += 1
            entry = _Entry(self._last, time.time(), type_, payload, cost + 200)
            self._entries.append(entry)
            self._cost += entry.cost
            while len(self._entries) > self._max_events or (self._cost > self._max_cost and len(self._entries) > 1):
                self._cost -= self._entries.popleft().cost
            for waiter in self._waiters:
                waiter.wake()
            return entry.n

    async def read(self, since: int = 0) -> AsyncGenerator[list[Event], None]:
        """Every event after number ``since`` in batches, then those to come, until the reader is closed."""
        waiter = _Waiter()
        with self._lock:
            self._waiters.add(waiter)
        try:
            while True:
                entries = self._after(since, waiter)
                if not entries:
                    await waiter.wait()
                    continue
                lost = entries[0].n - since - 1
                since = entries[-1].n
                yield ([_dropped(entries[0], lost)] if lost else []) + [_event(entry) for entry in entries]
        finally:
            with self._lock:
                self._waiters.discard(waiter)

    def _after(self, since: int, waiter: _Waiter, limit: int = 500) -> list[_Entry]:
        with self._lock:
            newer = max(0, self._last - since)
            if not newer:
                waiter.arm()
                return []
            skip = max(0, len(self._entries) - newer)
            return list(itertools.islice(self._entries, skip, skip + limit))


def _event(entry: _Entry) -> Event:
    return Event(n=entry.n, at=entry.at, type=entry.type, data=to_wire(entry.payload))


def _dropped(first: _Entry, count: int) -> Event:
    return Event(n=first.n - 1, at=first.at, type=EventType.DROPPED, data={"count": count})
