"""From services to a Tornado application: which host, which path, which handler."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from tornado.httputil import HTTPServerRequest
from tornado.routing import AnyMatches, Matcher, PathMatches, Rule
from tornado.web import Application, RequestHandler

from podium.server.api.table import OPERATIONS, SOCKETS
from podium.server.gateway.handler import AppHost
from podium.server.http.base import BaseHandler, MisdirectedHandler, NoRouteHandler
from podium.server.http.handler import OperationHandler
from podium.server.http.operation import Operation, Socket
from podium.server.http.paths import pattern
from podium.server.http.static import FrontEndHandler, built_front_end
from podium.server.services import Services

log = structlog.get_logger("podium.access")
MAX_SOCKET_MESSAGE = 16 * 1024 * 1024


class OwnHost(Matcher):
    """Requests that name this server itself."""

    def __init__(self, services: Services) -> None:
        self._hosts = services.hosts

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return {} if self._hosts.is_own(request) else None


def make_app(services: Services) -> Application:
    """The application: Podium's own hosts, apps' hosts (``APP.localhost``), and 421 for all others."""
    own = [*_operations(services, OPERATIONS), *_sockets(services, SOCKETS)]
    own.append(Rule(PathMatches(r"/api(/.*)?"), NoRouteHandler, {"services": services}))
    front_end = {"services": services, "root": built_front_end().resolve()}
    own.append(Rule(PathMatches(r"/(?P<path>.*)"), FrontEndHandler, front_end))
    rules = [
        Rule(OwnHost(services), own),
        Rule(AppHost(services.hosts.app_of), services.live.gateway),
        Rule(AnyMatches(), MisdirectedHandler, {"services": services}),
    ]

    def finished(handler: RequestHandler) -> None:
        _log(handler)
        route = handler.route if isinstance(handler, BaseHandler) else type(handler).__name__
        status, seconds = handler.get_status(), handler.request.request_time()
        services.metrics.observe(handler.request.method or "", route, status, seconds)

    return Application(rules, websocket_max_message_size=MAX_SOCKET_MESSAGE, log_function=finished)


def _log(handler: RequestHandler) -> None:
    """One line for each request. The query string is left out: it may hold the token, or an app's secrets."""
    request = handler.request
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=handler.get_status(),
        ms=round(request.request_time() * 1000, 1),
        remote=request.remote_ip,
        request=getattr(handler, "request_id", None),
    )


def _operations(services: Services, operations: Iterable[Operation]) -> list[Rule]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [
        Rule(PathMatches(pattern(path)), OperationHandler, {"services": services, "operations": methods})
        for path, methods in by_path.items()
    ]


def _sockets(services: Services, sockets: Sequence[Socket]) -> list[Rule]:
    return [Rule(PathMatches(pattern(socket.path)), socket.handler, {"services": services}) for socket in sockets]
