"""A pure ASGI middleware that records every request and says what an app did wrong.

It never changes a message, so an app behaves as under uvicorn; it only looks at what passes. The record goes out when
the answer has ended, since a background task may run for long after it; an app that returns at once is waited for, so
that what it prints last is part of the record.
"""

from __future__ import annotations

import asyncio
import sys

from podium.runner.asgi import AsgiApp, Message, Receive, Scope, Send
from podium.runner.current import current
from podium.runner.events import EventLog
from podium.runner.exchange import Exchange
from podium.runner.frames import FrameReader, from_protocol
from podium.runner.protocol import EventType, Failure, FailureKind

AFTER_RESPONSE = 0.05
"""Seconds for which a record waits after the answer's end for the app to return."""

_NO_BODY = frozenset({204, 304})


class Recorder:
    """Wraps one loaded app; ``generation`` is the number of that load."""

    def __init__(self, app: AsgiApp, generation: int, events: EventLog, frames: FrameReader) -> None:
        self._app = app
        self._generation = generation
        self._events = events
        self._frames = frames

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; raises what the app raised, so that the server answers or closes as it would."""
        exchange = Exchange(scope, self._generation, self._events)
        recording = _Recording(exchange, self._frames, receive, send)
        await self._run(exchange, recording, scope)

    async def websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket: its record counts the bytes of the messages both ways and keeps none."""
        exchange = Exchange(scope, self._generation, self._events)
        recording = _SocketRecording(exchange, self._frames, receive, send)
        await self._run(exchange, recording, scope)

    async def _run(self, exchange: Exchange, recording: _Recording, scope: Scope) -> None:
        token = current.set(exchange)
        exchange.begin()
        try:
            await self._app(scope, recording.receive, recording.send)
            recording.returned()
        except BaseException as error:
            late = recording.failed(error)
            if late is not None:
                self._events.append(EventType.FAILURE, late)
            raise
        finally:
            self._flush(exchange)
            recording.finish()
            current.reset(token)

    def _flush(self, exchange: Exchange) -> None:
        """Report lines that the request began and did not end."""
        if exchange.unfinished:
            sys.stdout.flush()
            sys.stderr.flush()


class _Recording:
    """The receive and send of one HTTP exchange."""

    def __init__(self, exchange: Exchange, frames: FrameReader, receive: Receive, send: Send) -> None:
        self._exchange = exchange
        self._frames = frames
        self._receive = receive
        self._send = send
        self._declared: int | None = None
        self._completed = False
        self._disconnected = False
        self._timer: asyncio.TimerHandle | None = None

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._exchange.request_body.add(message.get("body", b""))
        elif message["type"] == "http.disconnect":
            self._disconnected = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._exchange.status is None:
            self._exchange.respond(int(message["status"]), message.get("headers", ()))
            self._declared = self._declared_length(message)
        elif message["type"] == "http.response.body" and not self._completed:
            self._exchange.response_body.add(bytes(message.get("body", b"")))
            self._check_length(bool(message.get("more_body", False)))
            await self._send(message)
            if not message.get("more_body", False):
                self._complete()
            return
        await self._send(message)

    def returned(self) -> None:
        """Note that the app came back; it should have answered, unless nobody is there any more."""
        if self._completed or self._disconnected or self._exchange.failure:
            return
        if self._exchange.status is None:
            if self._exchange.reported_error is None:
                self._fault("The app returned without sending an answer.")
        else:
            self._fault("The app returned before its answer was complete.")

    def failed(self, error: BaseException) -> Failure | None:
        """Note what the app raised; return the failure if the record is out already."""
        if self._disconnected and not isinstance(error, SystemExit) and _means_gone(error):
            return None
        failure = self._frames.failure(self._kind_of(error), error)
        if self._exchange.finished:
            return failure
        if self._exchange.failure is None:
            self._exchange.failure = failure
        elif not self._exchange.failure.frames:
            self._exchange.failure = _with_frames(self._exchange.failure, failure)
        return None

    def finish(self) -> None:
        """Report the record, if that was not done yet."""
        if self._timer is not None:
            self._timer.cancel()
        self._exchange.finish(self._describe)

    def _kind_of(self, error: BaseException) -> FailureKind:
        status = self._exchange.status
        if from_protocol(error):
            return FailureKind.PROTOCOL
        # Starlette answers 500 for an exception and raises it once more afterwards.
        if status is None or (self._completed and status >= 500):
            return FailureKind.HANDLER
        return FailureKind.BACKGROUND if self._completed else FailureKind.STREAM

    def _complete(self) -> None:
        self._completed = True
        self._exchange.complete()
        self._timer = asyncio.get_running_loop().call_later(AFTER_RESPONSE, self.finish)

    def _describe(self, error: BaseException) -> Failure:
        return self._frames.failure(FailureKind.HANDLER, error)

    def _declared_length(self, message: Message) -> int | None:
        if self._exchange.method == "HEAD" or int(message["status"]) in _NO_BODY:
            return None
        for name, value in message.get("headers", ()):
            if bytes(name).lower() == b"content-length" and bytes(value).isdigit():
                return int(value)
        return None

    def _check_length(self, more: bool) -> None:
        sent = self._exchange.response_body.size
        if self._declared is None or self._disconnected or self._exchange.failure:
            return
        if sent > self._declared:
            self._fault(f"Content-Length says {self._declared:,} bytes, but the app sent {sent:,} or more.")
        elif not more and sent < self._declared:
            self._fault(f"Content-Length says {self._declared:,} bytes, but the app sent only {sent:,}.")

    def _fault(self, message: str) -> None:
        hint = "Leave Content-Length to the framework." if "Content-Length" in message else None
        self._exchange.failure = Failure(FailureKind.PROTOCOL, message, hint=hint)


class _SocketRecording(_Recording):
    """The receive and send of one WebSocket."""

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive":
            self._exchange.request_body.size += _message_size(message)
        elif message["type"] == "websocket.disconnect":
            self._disconnected = True
        return message

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.accept":
            self._exchange.respond(101, message.get("headers", ()))
        elif kind == "websocket.http.response.start":
            self._exchange.respond(int(message["status"]), message.get("headers", ()))
        elif kind == "websocket.send":
            self._exchange.response_body.size += _message_size(message)
        elif kind == "websocket.close":
            if self._exchange.status is None:
                self._exchange.respond(403, ())
            self._completed = True
        try:
            await self._send(message)
        except OSError:
            # ASGI 2.4: nobody is there any more. Frameworks raise something of their own from it.
            self._disconnected = True
            raise

    def returned(self) -> None:
        if self._exchange.status is None and not self._disconnected:
            self._fault("The app returned without accepting or refusing the WebSocket.")

    def _kind_of(self, error: BaseException) -> FailureKind:
        return FailureKind.PROTOCOL if from_protocol(error) else FailureKind.HANDLER


def _message_size(message: Message) -> int:
    data = message.get("bytes")
    return len(data) if data is not None else len((message.get("text") or "").encode())


def _means_gone(error: BaseException) -> bool:
    """Tell whether an exception only says that the client has gone (frameworks have one of their own for it)."""
    return isinstance(error, OSError | asyncio.CancelledError) or "disconnect" in type(error).__name__.lower()


def _with_frames(fault: Failure, raised: Failure) -> Failure:
    return Failure(fault.kind, fault.message, raised.frames, raised.exception, fault.hint)
