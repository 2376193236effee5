"""FastAPI, FastHTML and Starlette: the same routing table."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from podium.runner.frameworks.base import Framework, describe_handler, no_openapi, no_watch, visible
from podium.runner.protocol import Route


def _routes(app: Any) -> Iterator[Route]:
    yield from _walk(app.routes, "")


def _walk(routes: Any, prefix: str) -> Iterator[Route]:
    for route in _flattened(routes or ()):
        path = prefix + (getattr(route, "path", None) or "")
        handler = _handler(getattr(route, "endpoint", None))
        # Pages that the frameworks add by themselves: documentation, static files, live reload.
        if getattr(handler, "__module__", "").startswith(("fastapi.", "fasthtml.")):
            continue
        names = {cls.__name__ for cls in type(getattr(route, "original_route", route)).__mro__}
        if "Host" in names or "Mount" in names:
            yield from _mounted(route, path if "Mount" in names else prefix)
        elif "WebSocketRoute" in names:
            yield Route(path, (), "websocket", route.name, **describe_handler(handler))
        elif handler is not None:
            yield Route(path, visible(route.methods), "http", route.name, **describe_handler(handler))
        elif hasattr(route, "routes"):
            yield from _walk(route.routes, path)


def _flattened(routes: Any) -> Any:
    """Return the routes with those of included routers, which FastAPI keeps apart in newer versions."""
    flatten = getattr(sys.modules.get("fastapi.routing"), "iter_route_contexts", None)
    return routes if flatten is None else flatten(routes)


def _handler(endpoint: Any) -> Any:
    """Return the user's function: FastHTML keeps it as ``f`` in the closure of an endpoint of its own."""
    if getattr(endpoint, "__module__", None) != "fasthtml.core":
        return endpoint
    code, cells = getattr(endpoint, "__code__", None), getattr(endpoint, "__closure__", None)
    kept = dict(zip(code.co_freevars, cells, strict=True)) if code and cells else {}
    return kept["f"].cell_contents if "f" in kept else endpoint


def _mounted(route: Any, path: str) -> Iterator[Route]:
    inner = getattr(route, "routes", None)
    if inner:
        yield from _walk(inner, path)
    else:
        yield Route(path or "/", (), "mount", route.name, type(route.app).__qualname__)


def _openapi(app: Any) -> dict[str, Any] | None:
    if not app.openapi_url:
        return None
    # The app would keep the document and not see routes that it adds later: leave it as it was found.
    kept = app.openapi_schema
    document: dict[str, Any] = app.openapi()
    app.openapi_schema = kept
    return document


FASTAPI = Framework("FastAPI", frozenset({"fastapi.applications.FastAPI"}), "asgi", _routes, _openapi, no_watch)
FASTHTML = Framework("FastHTML", frozenset({"fasthtml.core.FastHTML"}), "asgi", _routes, no_openapi, no_watch)
STARLETTE = Framework(
    "Starlette", frozenset({"starlette.applications.Starlette"}), "asgi", _routes, no_openapi, no_watch
)
