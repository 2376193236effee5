"""Flask and Quart: Werkzeug's URL map, and Blinker's signal for an exception in a handler."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from podium.runner.frameworks.base import Framework, NoteError, describe_handler, no_openapi, template, visible
from podium.runner.protocol import Route


def _routes(app: Any) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        place = describe_handler(app.view_functions.get(rule.endpoint, rule.endpoint))
        if getattr(rule, "websocket", False):
            yield Route(template(rule.rule), (), "websocket", rule.endpoint, **place)
        else:
            yield Route(template(rule.rule), visible(rule.methods), "http", rule.endpoint, **place)


def _watch(app: Any, note: NoteError) -> None:
    def receive(_sender: Any, exception: BaseException, **_extra: Any) -> None:
        note(exception)

    package = next(cls.__module__.partition(".")[0] for cls in type(app).__mro__ if cls.__name__ in ("Flask", "Quart"))
    # Strong: the receiver has no other owner. It goes with the app, which is its sender.
    # Flask before 2.3 refuses where blinker is not installed; its log entry carries the exception all the same.
    with contextlib.suppress(RuntimeError):
        sys.modules[package].got_request_exception.connect(receive, app, weak=False)


FLASK = Framework("Flask", frozenset({"flask.app.Flask"}), "wsgi", _routes, no_openapi, _watch)
QUART = Framework("Quart", frozenset({"quart.app.Quart"}), "asgi", _routes, no_openapi, _watch)
