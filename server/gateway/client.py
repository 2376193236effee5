"""The client's side of a relayed request: Tornado's connection, used so that the answer always reaches the client."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
from collections.abc import Callable, Iterator
from typing import cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPInputError, HTTPServerRequest, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError

from podium.runner.protocol import Headers
from podium.server.gateway import problems
from podium.server.http.problem import ApiError

LINGER_S = 2.0
"""How long a body is still taken in (and thrown away) after the answer. Closing at once would reset the connection,
and a client that is still sending would then lose the answer that it has not read yet."""
_UNLIMITED = 2**62


class ClientGoneError(Exception):
    """The client has closed the connection."""


class UnfitHeadError(Exception):
    """The app's headers cannot be passed on."""


class Client:
    """Writes one answer to a client. Every write waits until the connection takes more."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self.request = request
        self.complete = asyncio.Event()
        """Set when the whole request has been received."""
        self.begun = False
        """Whether the head of an answer was sent."""
        self._connection = cast(HTTP1Connection, request.connection)
        self._connection.set_max_body_size(_UNLIMITED)
        self._connection.stream.set_nodelay(True)

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` when the client closes the connection while it waits for its answer."""
        self._connection.set_close_callback(callback)

    async def send_head(self, status: int, reason: str, headers: Headers) -> None:
        """Send status and headers; raises :class:`UnfitHeadError` before anything is sent."""
        fields = HTTPHeaders()
        try:
            for name, value in headers:
                if not (status == 204 and name.lower() == "content-length"):
                    fields.add(name, value)
        except HTTPInputError as error:
            raise UnfitHeadError(str(error)) from error
        await self._send_head(status, reason, fields)

    async def send(self, chunk: bytes) -> None:
        """Send a piece of the body."""
        with _client_errors():
            await self._connection.write(chunk)

    async def end(self) -> None:
        """Finish the answer, and keep the connection open for the next request if it can be."""
        if self.request.version == "HTTP/1.0":
            # Without a length the end of the connection is what ends the body.
            self._connection.close()
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.complete.wait(), LINGER_S)
        if not self._connection.stream.closed():
            self._connection.finish()

    async def refuse(self, error: ApiError, request_id: str) -> None:
        """Answer in the app's place; :meth:`end` is still to come."""
        headers, body = problems.render(error, self.request.headers, request_id)
        await self._send_head(error.status, http.client.responses.get(error.status, ""), headers)
        if self.request.method != "HEAD":
            await self.send(body)

    def abort(self) -> None:
        """Close the connection without the end of the answer, so that the client can tell that it is not whole."""
        self._connection.close()

    def detach(self) -> IOStream:
        """Take the connection away from HTTP. Only possible until the request's headers are dealt with."""
        return self._connection.detach()

    async def _send_head(self, status: int, reason: str, headers: HTTPHeaders) -> None:
        self.begun = True
        with _client_errors():
            await self._connection.write_headers(ResponseStartLine("HTTP/1.1", status, reason), headers)


@contextlib.contextmanager
def _client_errors() -> Iterator[None]:
    try:
        yield
    except StreamClosedError as error:
        raise ClientGoneError from error
