"""The shape that every framework's file has, and what they share."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from podium.runner.protocol import Route

NoteError = Callable[[BaseException], None]


@dataclass(frozen=True, slots=True)
class Framework:
    """One web framework.

    ``classes`` are qualified names of the classes whose instances are its apps. ``openapi`` may raise what the user's
    own models raise. ``watch`` asks the framework to tell about exceptions that it answers itself with a 500.
    """

    name: str
    classes: frozenset[str]
    interface: Literal["asgi", "wsgi"]
    routes: Callable[[Any], Iterable[Route]]
    openapi: Callable[[Any], dict[str, Any] | None]
    watch: Callable[[Any, NoteError], None]


def no_openapi(_app: Any) -> None:
    """Stand for a framework that has no OpenAPI document."""


def no_watch(_app: Any, _note: NoteError) -> None:
    """Stand for a framework that raises to the server, or that logs with the exception."""


def describe_handler(handler: Any) -> dict[str, Any]:
    """Return the name, file and first line of a handler, as far as they can be known.

    The file is absolute here; whoever knows the app's folder makes it relative.
    """
    handler = inspect.unwrap(handler) if callable(handler) else handler
    while isinstance(handler, functools.partial):
        handler = handler.func
    code = getattr(handler, "__code__", None)
    if code is None:
        # An instance with a __call__ method: the method is the handler.
        call = None if inspect.isclass(handler) else getattr(type(handler), "__call__", None)  # noqa: B004
        code = getattr(call, "__code__", None)
    name = getattr(handler, "__qualname__", None) or type(handler).__qualname__
    if code is None and inspect.isclass(handler):
        return {"handler": name, **_class_place(handler)}
    return {"handler": name, "file": code.co_filename if code else None, "line": code.co_firstlineno if code else None}


def template(rule: str) -> str:
    """Turn ``<int:id>`` (Werkzeug, Django) into ``{id}``."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)


def visible(methods: Iterable[str] | None) -> tuple[str, ...]:
    """Sort methods, without those that every route answers by itself."""
    return tuple(sorted(set(methods or ()) - {"HEAD", "OPTIONS"}))


def _class_place(cls: type[Any]) -> dict[str, Any]:
    try:
        return {"file": inspect.getsourcefile(cls), "line": inspect.getsourcelines(cls)[1]}
    except (OSError, TypeError):
        return {"file": None, "line": None}
