"""Falcon, ASGI and WSGI. Its own log entries carry the exception, so nothing has to be watched."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from podium.runner.frameworks.base import Framework, no_openapi, no_watch
from podium.runner.protocol import Route


def _routes(app: Any) -> Iterator[Route]:
    for route in importlib.import_module("falcon.inspect").inspect_routes(app):
        for method in route.methods:
            if method.internal:
                continue
            place = _place(method.source_info)
            kind: Any = "websocket" if method.method == "WEBSOCKET" else "http"
            methods = () if kind == "websocket" else (method.method,)
            yield Route(route.path, methods, kind, None, f"{route.class_name}.{method.function_name}", **place)


def _place(source_info: str) -> dict[str, Any]:
    file, _, line = source_info.rpartition(":")
    # Falcon takes the number from inspect.findsource(), which counts from 0.
    return {"file": file, "line": int(line) + 1} if line.isdigit() else {}


FALCON_ASGI = Framework("Falcon", frozenset({"falcon.asgi.app.App"}), "asgi", _routes, no_openapi, no_watch)
FALCON_WSGI = Framework("Falcon", frozenset({"falcon.app.App"}), "wsgi", _routes, no_openapi, no_watch)
