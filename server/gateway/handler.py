"""Where the gateway meets Tornado: the router that takes requests for apps, and request targets with a host in them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPInputError,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.routing import Matcher, Router

from podium.server.background import Background
from podium.server.gateway.forward import Credentials
from podium.server.gateway.relay import Relay
from podium.server.gateway.targets import Directory

AppOf = Callable[[HTTPServerRequest], str | None]
_ABSOLUTE = re.compile(r"https?://([^/?#@]+)((?:[/?][^#]*)?)", re.IGNORECASE)


class AppHost(Matcher):
    """Matches requests whose host is an app's."""

    def __init__(self, app_of: AppOf) -> None:
        self._app_of = app_of

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return {} if self._app_of(request) is not None else None


class Gateway(Router):
    """Relays every request that it is given to the app that its host names."""

    def __init__(self, directory: Directory, credentials: Credentials, app_of: AppOf, background: Background) -> None:
        self.directory = directory
        self.credentials = credentials
        self._app_of = app_of
        self._background = background

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """Make the relay of one request; ``None`` when its host is no app's."""
        name = self._app_of(request)
        return Relay(self, request, name) if name is not None else None

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task that is held and, at the end, cancelled."""
        return self._background.start(name, work)


class OriginForm(HTTPServerConnectionDelegate):
    """Turns ``GET http://host/path`` into ``GET /path`` with that ``Host``, before anybody routes by it.

    A request target that names a host is the one that counts, whatever ``Host`` says (RFC 9112, section 3.2.2). Two
    parts of a server that disagree about it can be talked past each other.

    Requests that were sent behind one whose connection has been closed since are not carried out: Tornado would still
    read them from its buffer, though nobody can get the answer and it may not be a request at all.
    """

    def __init__(self, application: HTTPServerConnectionDelegate) -> None:
        self._application = application

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        return _Rewriting(
            self._application.start_request(server_conn, request_conn), cast(HTTP1Connection, request_conn)
        )

    def on_close(self, server_conn: object) -> None:
        self._application.on_close(server_conn)


class _Rewriting(HTTPMessageDelegate):
    def __init__(self, inner: HTTPMessageDelegate, connection: HTTP1Connection) -> None:
        self._inner = inner
        self._connection = connection

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        if self._connection.stream.closed():
            raise HTTPInputError("The connection is closed already")
        request = cast(RequestStartLine, start_line)
        if request.path.startswith("/") or request.path == "*" or request.method == "CONNECT":
            return self._inner.headers_received(request, headers)
        match = _ABSOLUTE.fullmatch(request.path)
        if match is None:
            raise HTTPInputError("Unusable request target")
        authority, rest = match.groups()
        headers["Host"] = authority
        path = rest if rest.startswith("/") else f"/{rest}"
        return self._inner.headers_received(request._replace(path=path), headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        self._inner.finish()

    def on_connection_close(self) -> None:
        self._inner.on_connection_close()
