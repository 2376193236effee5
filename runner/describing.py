"""What is told about a loaded app besides that it serves: framework, routes, OpenAPI document."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from podium.runner.current import current
from podium.runner.discovery import Found
from podium.runner.events import EventLog
from podium.runner.frames import FrameReader, clip
from podium.runner.frameworks.table import unwrapped
from podium.runner.protocol import EventType, LogLine, Route

T = TypeVar("T")

MAX_ROUTES = 1000


@dataclass(frozen=True, slots=True)
class Description:
    """The framework's name (``ASGI`` or ``WSGI`` for a plain callable) and the routes."""

    framework: str
    routes: tuple[Route, ...]


def describe(found: Found, events: EventLog, frames: FrameReader) -> Description:
    """Describe an app. What cannot be read is logged and left out: the app serves all the same."""
    inner = unwrapped(found.app)
    if inner is None:
        return Description("WSGI" if found.interface == "wsgi" else "ASGI", ())
    framework, app = inner
    nothing: list[Route] = []
    routes = _attempt(lambda: list(framework.routes(app)), nothing, "routes", events)
    return Description(framework.name, tuple(_relative(route, frames) for route in routes[:MAX_ROUTES]))


def openapi_document(found: Found, events: EventLog) -> dict[str, Any] | None:
    """The app's OpenAPI document, where its framework makes one. One that cannot be made is logged."""
    inner = unwrapped(found.app)
    if inner is None:
        return None
    framework, app = inner
    return _attempt(lambda: framework.openapi(app), None, "OpenAPI document", events)


def watch_errors(found: Found, events: EventLog) -> None:
    """Ask the app's framework to tell about exceptions that it answers by itself."""
    inner = unwrapped(found.app)
    if inner is not None:
        framework, app = inner
        _attempt(lambda: framework.watch(app, _note_error), None, "errors", events)


def _note_error(error: BaseException) -> None:
    request = current.get()
    if request is not None:
        request.note_error(error)


def _attempt(read: Callable[[], T], fallback: T, what: str, events: EventLog) -> T:
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - the framework's or the app's own code; reported as a log line
        text = clip(f"The {what} of the app cannot be read: {type(error).__name__}: {error}", 1000)
        events.append(EventType.LOG, LogLine(time.time(), "server", "warning", text))
        return fallback


def _relative(route: Route, frames: FrameReader) -> Route:
    file = frames.relative(route.file) if route.file else None
    return replace(route, file=file, line=route.line if file else None)
