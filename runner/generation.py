"""One loaded app while it serves, and the switch that decides which one serves."""

from __future__ import annotations

import asyncio
import contextlib

from podium.runner.asgi import AsgiApp, Message, Receive, Scope, Send
from podium.runner.events import EventLog
from podium.runner.frames import FrameReader
from podium.runner.lifespan import Lifespan
from podium.runner.recorder import Recorder

SERVICE_RESTART = 1012
"""The WebSocket close code for *service restart* (RFC 6455 registry)."""
RESTART_REASON = "The app was reloaded"
SHUTDOWN_REASON = "The app is shutting down"

_NOTHING_LOADED = b"No app is loaded.\n"


class GoneError(OSError):
    """What a WebSocket's ``send`` raises once the runner has closed it (ASGI 2.4)."""


class Generation:
    """One load of the app: it counts what is in flight, so that its end can wait for that."""

    def __init__(self, number: int, version: str, app: AsgiApp, events: EventLog, frames: FrameReader) -> None:
        self.number = number
        self.version = version
        self.lifespan = Lifespan(app)
        self.in_flight = 0
        self._recorder = Recorder(app, number, events, frames)
        self._sockets: set[_Socket] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket."""
        scope["state"] = self.lifespan.state.copy()
        self.in_flight += 1
        self._idle.clear()
        try:
            if scope["type"] == "websocket":
                await self._serve_socket(scope, receive, send)
            else:
                await self._recorder.http(scope, receive, send)
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._idle.set()

    async def drain(self, reason: str) -> None:
        """Close WebSockets, and wait for requests in flight."""
        for opened in list(self._sockets):
            await opened.close(reason)
        await self._idle.wait()

    async def end(self, reason: str, seconds: float) -> None:
        """Close WebSockets, wait so many seconds for requests in flight, and run the lifespan's end.

        Raises :class:`podium.runner.lifespan.LifespanFailed`. A stream that takes longer goes on all the same.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.drain(reason), seconds)
        await self.lifespan.shutdown()

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        opened = _Socket(receive, send)
        self._sockets.add(opened)
        try:
            await self._recorder.websocket(scope, opened.receive, opened.send)
        finally:
            self._sockets.discard(opened)
            opened.forget()


class Switch:
    """The ASGI app that the server runs: it hands each request to the generation that serves now."""

    def __init__(self) -> None:
        self.current: Generation | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request with the current generation; 503 while nothing is loaded."""
        generation = self.current
        if generation is not None:
            await generation.serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": SERVICE_RESTART})
        else:
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(_NOTHING_LOADED)).encode()),
            ]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": _NOTHING_LOADED})


class _Socket:
    """A WebSocket that the runner can close from outside while the app waits for a message."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._accepted = False
        self._reason: str | None = None
        self._message: asyncio.Future[Message] | None = None
        self._closed = asyncio.Event()

    async def receive(self) -> Message:
        if self._closed.is_set():
            return self._disconnect()
        # Kept over a cancelled call (``wait_for(receive(), …)``): a message that arrived in that moment is not lost.
        message = self._message = self._message or asyncio.ensure_future(self._receive())
        closed = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait((message, closed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            closed.cancel()
        if not message.done():
            return self._disconnect()
        self._message = None
        return message.result()

    async def send(self, message: Message) -> None:
        if self._closed.is_set():
            raise GoneError(RESTART_REASON)
        self._accepted = self._accepted or message["type"] == "websocket.accept"
        await self._send(message)

    async def close(self, reason: str) -> None:
        if self._closed.is_set():
            return
        self._reason = reason
        self._closed.set()
        if self._accepted:
            await self._send({"type": "websocket.close", "code": SERVICE_RESTART, "reason": reason})

    def forget(self) -> None:
        """Stop waiting for a message that nobody will ask for."""
        if self._message is not None:
            self._message.cancel()

    def _disconnect(self) -> Message:
        return {"type": "websocket.disconnect", "code": SERVICE_RESTART, "reason": self._reason}
