"""Accepting connections whose requests are answered also when they cannot be read.

Tornado answers a request that is no HTTP with a bare status line, and one whose head is too long with nothing at all.
Its server reads from the streams it is given, so these streams give both an answer that says what to do.
"""

from __future__ import annotations

import socket
from asyncio import Future
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, UnsatisfiableReadError
from tornado.netutil import add_accept_handler

from podium.server.http.problem import PROBLEM_TYPE, ApiError, BadRequest

MAX_HEAD_BYTES = 64 * 1024
"""How long the request line and the headers may be together."""
_TORNADOS_ANSWER = b"HTTP/1.1 400 Bad Request\r\n\r\n"
_DRAINED_BYTES = 1024 * 1024


class NotHttp(BadRequest):
    type = "not-http"
    title = "The request is not well-formed HTTP"


class HeadTooLong(ApiError):  # noqa: N818
    status = 431
    type = "headers-too-large"
    title = "The request's headers are too large"


class RequestStream(IOStream):
    """A connection from which Tornado reads requests."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._reads_head = False

    def read_until_regex(self, regex: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """Read a request's head; Tornado reads nothing else in this way."""
        self._reads_head = True
        return super().read_until_regex(regex, max_bytes)

    def read_until(self, delimiter: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """Read the head of a body's chunk."""
        self._reads_head = False
        return super().read_until(delimiter, max_bytes)

    def write(self, data: bytes | memoryview) -> Future[None]:
        """Send, with a problem document in the place of Tornado's own answer."""
        if data == _TORNADOS_ANSWER:
            data = _answer(NotHttp("Send a request line and headers as RFC 9112 describes them."))
        return super().write(data)

    def close(self, exc_info: Any = False) -> None:
        """Close, after an answer when the head was too long."""
        if isinstance(exc_info, UnsatisfiableReadError) and self._reads_head and not self.closed():
            self._refuse(_answer(HeadTooLong(f"Send at most {MAX_HEAD_BYTES // 1024} KB of headers.")))
        super().close(exc_info)

    def _refuse(self, answer: bytes) -> None:
        # What was not read would make the kernel reset the connection, and the answer would be lost with it.
        with suppress(OSError):
            for _ in range(_DRAINED_BYTES // self.read_chunk_size):
                if not self.socket.recv(self.read_chunk_size):
                    break
        with suppress(OSError):
            self.socket.send(answer)


def listen(server: HTTPServer, listener: socket.socket) -> Callable[[], None]:
    """Let ``server`` take the connections of ``listener``; the returned function ends that and closes the listener."""

    def accept(connection: socket.socket, address: Any) -> None:
        server.handle_stream(RequestStream(connection), address)

    stop = add_accept_handler(listener, accept)

    def end() -> None:
        stop()
        listener.close()

    return end


def _answer(error: ApiError) -> bytes:
    body = error.problem().model_dump_json(exclude_none=True).encode()
    head = (
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}",
        f"Content-Type: {PROBLEM_TYPE}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
