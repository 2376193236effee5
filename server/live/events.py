"""The event stream of each app: numbered, bounded, and read by cursors.

A log keeps the newest events up to a number and a size. Readers hold nothing but the number of the last event that
they have read, so a slow one costs no memory: what it was too slow for is gone, and it is told how much that was.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from podium.server.models.common import AppId
from podium.server.models.runs import AppEvent, AppEventType

MAX_EVENTS = 10_000
MAX_BYTES = 4 * 1024 * 1024
_BATCH = 200


class EndOfEventsError(Exception):
    """The app was deleted: there is nothing more to read."""


@dataclass(frozen=True, slots=True)
class Published:
    """One event and its JSON text, made once for all readers."""

    event: AppEvent
    text: str


class EventLog:
    """The events of one app; ``epoch`` names the life of the server process in which their numbers hold."""

    def __init__(self, epoch: str, *, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES) -> None:
        self.epoch = epoch
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._kept: deque[Published] = deque()
        self._bytes = 0
        self._last = 0
        self._readers: set[Subscription] = set()

    @property
    def first(self) -> int:
        """Number of the oldest event that is kept; one more than :attr:`last` when none is."""
        return self._last - len(self._kept) + 1

    @property
    def last(self) -> int:
        """Number of the newest event; 0 when there was none yet."""
        return self._last

    def publish(self, type: AppEventType, data: BaseModel | Mapping[str, Any]) -> AppEvent:
        """Give an event its number, keep it, and wake the readers."""
        plain = data.model_dump(mode="json") if isinstance(data, BaseModel) else dict(data)
        event = AppEvent(n=self._last + 1, at=time.time(), type=type, data=plain)
        text = event.model_dump_json()
        self._last += 1
        self._kept.append(Published(event, text))
        self._bytes += len(text)
        self._trim()
        for reader in self._readers:
            reader.wake()
        return event

    def subscribe(self, since: int = 0, epoch: str | None = None) -> Subscription:
        """Read every event after number ``since``; numbers of another epoch mean nothing here and count as 0."""
        known = since if epoch in (None, self.epoch) else 0
        reader = Subscription(self, min(max(known, 0), self._last), self._readers.discard)
        self._readers.add(reader)
        return reader

    def after(self, n: int) -> tuple[int, list[Published]]:
        """How many events after number ``n`` are gone, and the next ones that are not (some of them, if many)."""
        gone = max(0, self.first - 1 - n)
        start = n + gone - self.first + 1
        return gone, [self._kept[index] for index in range(start, min(start + _BATCH, len(self._kept)))]

    def end_readers(self) -> None:
        """Tell everybody who reads now that this is the end; who comes later reads as ever."""
        for reader in self._readers:
            reader.end()

    def _trim(self) -> None:
        # The newest is always kept, so that a single large event still reaches its readers.
        while len(self._kept) > 1 and (len(self._kept) > self._max_events or self._bytes > self._max_bytes):
            self._bytes -= len(self._kept.popleft().text)


class Subscription:
    """A reader's place in a log. Use as a context manager, so that the log forgets a reader that has gone."""

    def __init__(self, log: EventLog, read: int, forget: Callable[[Subscription], None]) -> None:
        self._log = log
        self._read = read
        self._forget = forget
        self._news = asyncio.Event()
        self._ended = False

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop being woken."""
        self._forget(self)

    def wake(self) -> None:
        self._news.set()

    def end(self) -> None:
        """Let :meth:`next` raise :class:`EndOfEventsError` once everything has been read."""
        self._ended = True
        self._news.set()

    async def next(self) -> list[Published]:
        """Wait for events and return the next ones, in order; what is gone is one ``dropped`` event (``n`` is 0)."""
        while self._read >= self._log.last:
            if self._ended:
                raise EndOfEventsError
            self._news.clear()
            await self._news.wait()
        gone, events = self._log.after(self._read)
        self._read += gone + len(events)
        if not gone:
            return events
        return [_dropped(gone), *events]


class EventLogs:
    """The logs of all apps of this server process."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(8)
        self._logs: dict[AppId, EventLog] = {}

    def of(self, app: AppId) -> EventLog:
        """Return the log of an app, made when it is first asked for."""
        log = self._logs.get(app)
        if log is None:
            log = self._logs[app] = EventLog(self.epoch)
        return log

    def forget(self, app: AppId) -> None:
        """Free what an app that is gone has published."""
        self._logs.pop(app, None)


def _dropped(count: int) -> Published:
    event = AppEvent(n=0, at=time.time(), type=AppEventType.DROPPED, data={"count": count})
    return Published(event, event.model_dump_json())
