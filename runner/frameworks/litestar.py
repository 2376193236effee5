"""Litestar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from podium.runner.frameworks.base import Framework, NoteError, describe_handler, visible
from podium.runner.protocol import Route


def _routes(app: Any) -> Iterator[Route]:
    for route in app.routes:
        kind = type(route).__name__
        handlers = route.route_handlers if kind == "HTTPRoute" else [route.route_handler]
        for handler in handlers:
            function = getattr(handler, "fn", None)
            # Litestar's own: the answers to OPTIONS and the pages of the OpenAPI document.
            if not getattr(function, "__module__", "").startswith("litestar."):
                yield _route(route.path_format, kind, handler, function)


def _route(path: str, kind: str, handler: Any, function: Any) -> Route:
    if kind == "HTTPRoute":
        methods = visible(str(method) for method in handler.http_methods)
        return Route(path, methods, "http", handler.name, **describe_handler(function))
    return Route(
        path, (), "websocket" if kind == "WebSocketRoute" else "mount", handler.name, **describe_handler(function)
    )


def _openapi(app: Any) -> dict[str, Any] | None:
    if app.openapi_config is None:
        return None
    document: dict[str, Any] = app.openapi_schema.to_schema()
    return document


def _watch(app: Any, note: NoteError) -> None:
    async def hook(error: BaseException, _scope: Any) -> None:
        note(error)

    app.after_exception.append(hook)


LITESTAR = Framework("Litestar", frozenset({"litestar.app.Litestar"}), "asgi", _routes, _openapi, _watch)
