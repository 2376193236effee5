"""The event stream of an app, over a WebSocket.

The first message is ``hello`` with the run as it is; then come the events after ``since``. A browser cannot see the
protocol's own pings, so ``{"type": "ping"}`` is answered with ``{"type": "pong"}``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from typing import Annotated

from pydantic import Field
from tornado.websocket import WebSocketClosedError

from podium.server.http.operation import Access, Socket
from podium.server.http.sockets import AppSocket
from podium.server.live.events import EndOfEventsError, EventLog
from podium.server.models.common import Input
from podium.server.models.runs import AppEvent, AppEventType

APP_GONE = 4404
_PONG = '{"type":"pong"}'


class EventsQuery(Input):
    """Where to go on."""

    since: Annotated[int, Field(ge=0)] = 0
    epoch: str | None = None


class EventsSocket(AppSocket):
    """Sends what happens; each message waits until the one before has left, so a slow reader holds nothing up."""

    _query: EventsQuery
    _sending: asyncio.Task[None] | None = None

    async def authorise(self, path: dict[str, str]) -> None:
        self._query = self.read_query(EventsQuery)
        await super().authorise(path)

    def opened(self) -> None:
        log = self.services.live.events.of(self.app.id)
        self._sending = self.services.background.start(f"events for {self.app.id}", self._send(log))

    async def on_message(self, message: str | bytes) -> None:
        if is_ping(message):
            with contextlib.suppress(WebSocketClosedError):
                await self.write_message(_PONG)

    def closed(self) -> None:
        if self._sending is not None:
            self._sending.cancel()

    async def _send(self, log: EventLog) -> None:
        with contextlib.suppress(WebSocketClosedError), log.subscribe(self._query.since, self._query.epoch) as events:
            await self.write_message(self._hello(log).model_dump_json())
            try:
                while True:
                    for published in await events.next():
                        await self.write_message(published.text)
            except EndOfEventsError:
                self.close(APP_GONE, "The app was deleted.")

    def _hello(self, log: EventLog) -> AppEvent:
        run = self.services.live.runs.current(self.app)
        data = {"epoch": log.epoch, "first": log.first, "last": log.last, "run": run.model_dump(mode="json")}
        return AppEvent(n=0, at=time.time(), type=AppEventType.HELLO, data=data)


def is_ping(message: str | bytes) -> bool:
    """Whether a message is the page's heartbeat."""
    try:
        content = json.loads(message)
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("type") == "ping"


SOCKETS = (
    Socket(
        "/api/v1/apps/{app}/events",
        Access.USER,
        "What happens to an app, numbered; reconnecting with since and epoch misses nothing",
        EventsSocket,
        query=EventsQuery,
    ),
)
