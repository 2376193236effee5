"""From services to a Tornado application: which host, which path, which handler."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from tornado.httputil import HTTPServerRequest
from tornado.routing import AnyMatches, Matcher, PathMatches, Rule
from tornado.web import Application, RequestHandler

from podium.server.api.table import OPERATIONS, SOCKETS
from podium.server.http.handler import MisdirectedHandler, NoRouteHandler, OperationHandler
from podium.server.http.operation import Operation, Socket
from podium.server.services import Services

log = structlog.get_logger("podium.access")
MAX_SOCKET_MESSAGE = 16 * 1024 * 1024
_PARAMETER = re.compile(r"\{([a-z_]+)(:path)?\}")


class OwnHost(Matcher):
    """Requests that name this server itself."""

    def __init__(self, services: Services) -> None:
        self._hosts = services.hosts

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return {} if self._hosts.is_own(request) else None


def make_app(services: Services) -> Application:
    """The application: Podium's own hosts, apps' hosts (``APP.localhost``), and 421 for all others."""
    own = [*_operations(services, OPERATIONS), *_sockets(services, SOCKETS)]
    own.append(Rule(PathMatches(r"/api/.*"), NoRouteHandler, {"services": services}))
    own.append(Rule(AnyMatches(), NoRouteHandler, {"services": services}))
    rules = [
        Rule(OwnHost(services), own),
        Rule(AnyMatches(), MisdirectedHandler, {"services": services}),
    ]
    return Application(rules, websocket_max_message_size=MAX_SOCKET_MESSAGE, log_function=_log_request)


def _log_request(handler: RequestHandler) -> None:
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
        Rule(PathMatches(path_pattern(path)), OperationHandler, {"services": services, "operations": methods})
        for path, methods in by_path.items()
    ]


def _sockets(services: Services, sockets: Sequence[Socket]) -> list[Rule]:
    return [Rule(PathMatches(path_pattern(socket.path)), socket.handler, {"services": services}) for socket in sockets]


def path_pattern(template: str) -> str:
    """The regular expression of a path template: ``{app}`` is one segment, ``{path:path}`` takes slashes too."""
    parts: list[str] = []
    end = 0
    for match in _PARAMETER.finditer(template):
        parts.append(re.escape(template[end : match.start()]))
        parts.append(f"(?P<{match[1]}>{'.+' if match[2] else '[^/]+'})")
        end = match.end()
    return "".join([*parts, re.escape(template[end:]), "$"])
