"""The control port (see :mod:`podium.runner.protocol`), in a thread with a loop of its own.

It answers while user code blocks everything else, and it is up before anything heavy is imported.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from podium.runner.asgi import Receive, Scope, Send
from podium.runner.files import BadPathError
from podium.runner.protocol import Claim, Event, Health, Load, Loaded, LoadFailed, Look, Sight
from podium.runner.serving import Serving
from podium.runner.wire import WireError, from_wire, to_wire

T = TypeVar("T")

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a load: an app's 500 KB as JSON with every character escaped, and some more."""
_KEEP_ALIVE_S = 86_400
"""The server asks over the same connection again and again; it must not be closed while a request is on its way."""


class NotPossibleError(Exception):
    """The runner cannot do this in the state it is in; the message is a sentence that says why."""


class Controlled(NamedTuple):
    """What the control port can ask of the runner."""

    claim: Callable[[Claim], None]
    load: Callable[[Load], Awaitable[Loaded | LoadFailed]]
    restore: Callable[[], Awaitable[None]]
    look: Callable[[Look], Sight]
    health: Callable[[], Health]
    events: Callable[[int], AsyncIterator[list[Event]]]
    drain: Callable[[], Awaitable[None]]
    shutdown: Callable[[], None]


class _ProblemError(Exception):
    """A request that cannot be served: status and a sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class ControlApp:
    """The ASGI app behind the control port."""

    def __init__(self, controlled: Controlled, token: str) -> None:
        self._controlled = controlled
        self._expected = f"Bearer {token}".encode()
        self._loading = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError("the control port speaks HTTP only")
        try:
            self._authorise(scope)
            await self._route(scope, receive, send)
        except _ProblemError as problem:
            await _answer(send, problem.status, {"detail": str(problem)})
        except NotPossibleError as error:
            await _answer(send, 409, {"detail": str(error)})

    def _authorise(self, scope: Scope) -> None:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not hmac.compare_digest(given, self._expected):
            raise _ProblemError(401, "Give the runner's token: Authorization: Bearer TOKEN.")

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        routes = {
            "/healthz": ("GET", self._health),
            "/claim": ("POST", self._claim),
            "/load": ("POST", self._load),
            "/restore": ("POST", self._restore),
            "/look": ("POST", self._look),
            "/events": ("GET", self._events),
            "/drain": ("POST", self._drain),
            "/shutdown": ("POST", self._shutdown),
        }
        if scope["path"] not in routes:
            raise _ProblemError(404, f"The control port has no {scope['path']}.")
        method, handler = routes[scope["path"]]
        if scope["method"] != method:
            raise _ProblemError(405, f"{scope['path']} takes {method}.")
        await handler(scope, receive, send)

    async def _health(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 200, to_wire(self._controlled.health()))

    async def _claim(self, _scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._controlled.claim(await _read(Claim, receive))
        except (KeyError, ValueError, OSError) as error:
            raise _ProblemError(400, f"This claim cannot be met: {error}") from error
        await _answer(send, 200, {})

    async def _load(self, _scope: Scope, receive: Receive, send: Send) -> None:
        load = await _read(Load, receive)
        # A task of its own: a client that goes away does not leave a load half done.
        task = asyncio.create_task(self._one_at_a_time(load), name="podium-load")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            answer = await asyncio.shield(task)
        except BadPathError as error:
            raise _ProblemError(400, f"{error}.") from error
        await _answer(send, 422 if isinstance(answer, LoadFailed) else 200, to_wire(answer))

    async def _look(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await _answer(send, 200, to_wire(self._controlled.look(await _read(Look, receive))))

    async def _restore(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        async with self._loading:
            await self._controlled.restore()
        await _answer(send, 200, {})

    async def _one_at_a_time(self, load: Load) -> Loaded | LoadFailed:
        async with self._loading:
            return await self._controlled.load(load)

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        since = query.get("since", ["0"])[0]
        if not since.isascii() or not since.isdigit():
            raise _ProblemError(400, "since is the number of the last event that you have.")
        await _start(send, 200, b"application/x-ndjson")
        sending = asyncio.create_task(self._send_events(int(since), send), name="podium-events")
        try:
            gone = asyncio.ensure_future(_disconnected(receive))
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
        finally:
            sending.cancel()

    async def _send_events(self, since: int, send: Send) -> None:
        async for batch in self._controlled.events(since):
            lines = b"".join(_json(to_wire(event)) + b"\n" for event in batch)
            await send({"type": "http.response.body", "body": lines, "more_body": True})

    async def _drain(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self._controlled.drain()
        await _answer(send, 200, {})

    async def _shutdown(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 202, {})
        self._controlled.shutdown()


class ControlPort:
    """Serves a :class:`ControlApp` in a thread."""

    def __init__(self, app: ControlApp, listener: socket.socket, report: Callable[[BaseException], None]) -> None:
        self._serving = Serving(app, listener, grace=1.0, report=report, keep_alive=_KEEP_ALIVE_S)

    def start(self) -> None:
        """Start the thread."""
        self._serving.start("podium-control")

    @property
    def serving(self) -> Serving:
        """The loop that the control port's work runs on."""
        return self._serving


async def _read(shape: type[T], receive: Receive) -> T:
    body = await _body(receive)
    try:
        return from_wire(shape, json.loads(body))
    except (WireError, ValueError) as error:
        raise _ProblemError(400, f"This is no {shape.__name__.lower()}: {error}") from error


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _ProblemError(413, f"A load has at most {MAX_BODY:,} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, data: Any) -> None:
    body = _json(data)
    await _start(send, status, b"application/json", (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, content_type: bytes, *more: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", content_type), *more]})


def _json(data: Any) -> bytes:
    # Lone surrogates (from odd file names or output) are escaped, not refused: hence ASCII.
    return json.dumps(data, default=str, separators=(",", ":")).encode("ascii")
