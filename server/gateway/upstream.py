"""One HTTP/1.1 exchange with an app, over a connection of its own that streams both ways.

The framing is h11's: chunked bodies, trailers, ``HEAD``, 204 and 304, informational answers, lengths that do not hold.
The socket is used through the event loop's ``sock_*`` calls rather than a stream: an app that answers early and closes
makes *sending* fail while its answer still waits to be read, and a stream would close on the first failure and lose it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

import h11

from podium.runner.protocol import Headers

MAX_HEAD = 64 * 1024
"""Bytes of an app's answer head (and of one chunk's head) that are read before it is refused."""
READ_SIZE = 64 * 1024
CONNECT_TIMEOUT_S = 10.0


class UpstreamError(Exception):
    """No whole answer came from the app.

    ===========================  ======================================================
    :class:`RefusedError`        nothing accepts connections where the app should listen
    :class:`ClosedError`         the connection ended before the answer did
    :class:`InvalidAnswerError`  what the app sent is not an HTTP answer
    ===========================  ======================================================
    """


class RefusedError(UpstreamError):
    """Nothing accepts connections where the app should listen."""


class ClosedError(UpstreamError):
    """The connection ended before the answer did; ``begun`` says whether any byte of an answer had come."""

    def __init__(self, message: str, *, begun: bool) -> None:
        super().__init__(message)
        self.begun = begun


class InvalidAnswerError(UpstreamError):
    """What the app sent is not an HTTP answer."""


class InvalidRequestError(Exception):
    """The request cannot be written as HTTP/1.1."""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers of an answer as they came, hop-by-hop ones included."""

    status: int
    reason: str
    headers: Headers


class Upstream:
    """A connection to an app that carries one request and its answer.

    Sending and receiving may go on at the same time in two tasks; each waits while the other end is slow.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._received = False
        self._early = b""
        self.invited = False
        """Whether the app has asked for the body (100 Continue)."""
        self.settled = asyncio.Event()
        """Set when the app has asked for the body or has begun its answer."""

    @classmethod
    async def connect(cls, host: str, port: int) -> Self:
        """Open a connection; :class:`RefusedError` when nobody listens there."""
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await asyncio.get_running_loop().sock_connect(sock, (host, port))
        except (OSError, TimeoutError) as error:
            sock.close()
            raise RefusedError(f"nothing accepts connections on port {port}") from error
        except BaseException:
            sock.close()
            raise
        return cls(sock)

    async def send_head(self, method: str, target: str, headers: Headers) -> None:
        """Send the request line and headers; they must carry ``Host`` and whatever frames the body."""
        try:
            request = h11.Request(method=method, target=target, headers=headers)
        except (h11.LocalProtocolError, UnicodeEncodeError) as error:
            raise InvalidRequestError(str(error)) from error
        await self._send(request)

    async def send(self, chunk: bytes) -> None:
        """Send a piece of the body and wait until the system took it."""
        await self._send(h11.Data(data=chunk))

    async def end(self) -> None:
        """Say that the body is complete."""
        await self._send(h11.EndOfMessage())

    async def _send(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> None:
        try:
            data = self._http.send(event)
        except h11.LocalProtocolError as error:
            raise InvalidRequestError(str(error)) from error
        if not data:
            return
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
        except OSError as error:
            raise ClosedError("the app closed the connection before it had the whole request", begun=False) from error

    async def head(self) -> ResponseHead:
        """Wait for the answer's head. Informational answers are passed over, but 101 after an upgrade is final."""
        while True:
            event = await self._next_event()
            if isinstance(event, h11.InformationalResponse) and event.status_code != 101:
                if event.status_code == 100:
                    self.invited = True
                    self.settled.set()
            elif isinstance(event, h11.InformationalResponse | h11.Response):
                self.settled.set()
                self._early = self._http.trailing_data[0] if event.status_code == 101 else b""
                return ResponseHead(event.status_code, event.reason.decode("latin-1"), _decoded(event.headers))

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the answer's body as it arrives, without its transfer coding and trailers."""
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return

    async def _next_event(self) -> h11.Event:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise self._unusable(error) from error
            if isinstance(event, h11.Event):
                return event
            self._http.receive_data(await self._receive())

    def _unusable(self, error: h11.RemoteProtocolError) -> UpstreamError:
        _, ended = self._http.trailing_data
        if ended:
            how = "before its answer was complete" if self._received else "without an answer"
            return ClosedError(f"the app closed the connection {how}", begun=self._received)
        return InvalidAnswerError(f"the app's answer is not valid HTTP: {error}")

    async def _receive(self) -> bytes:
        try:
            data = await asyncio.get_running_loop().sock_recv(self._socket, READ_SIZE)
        except OSError as error:
            raise ClosedError("the connection to the app broke", begun=self._received) from error
        self._received = self._received or bool(data)
        return data

    async def receive_raw(self) -> bytes:
        """After 101: the bytes that the app sends now, whatever they mean; empty when it has closed."""
        early, self._early = self._early, b""
        try:
            return early or await self._receive()
        except ClosedError:
            return b""

    async def send_raw(self, data: bytes) -> None:
        """After 101: send bytes as they are."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
        except OSError as error:
            raise ClosedError("the app closed the connection", begun=True) from error

    def abort(self) -> None:
        """End both directions now; whoever sends or receives is woken by it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back to the system; only when nobody sends or receives any more."""
        self._socket.close()


def _decoded(headers: h11._headers.Headers) -> Headers:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw_items()]
