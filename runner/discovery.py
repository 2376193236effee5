"""Finds the app in an entry module, as a user would expect.

In this order: an attribute ``app`` or ``application``; the one object of a known framework; a function with the
parameters of ASGI or WSGI; a factory ``create_app()`` or ``make_app()``; a Django project. What is found is described
by its interface: how it wants to be called.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from podium.runner.frameworks.base import Framework
from podium.runner.frameworks.table import framework_of

ATTRIBUTES = ("app", "application")
FACTORIES = ("create_app", "make_app")

Interface = Literal["asgi3", "asgi2", "wsgi"]


class NoAppError(LookupError):
    """No app was found, or more than one; the message says what was looked for and ``hint`` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Found:
    """An app object and how to call it; ``framework`` is ``None`` for a plain callable."""

    app: Any
    interface: Interface
    framework: Framework | None


def find_app(module: ModuleType, path: str) -> Found | Callable[[], Any]:
    """Find the app in ``module``, whose file is ``path``; a factory is returned as it is, to be called by the caller.

    Raises :class:`NoAppError`.
    """
    for name in ATTRIBUTES:
        candidate = getattr(module, name, None)
        if (found := describe(candidate)) is not None:
            return found
        if inspect.isfunction(candidate) and not _required(candidate):
            return candidate
    found = _only_one(module, path)
    if found is not None:
        return found
    for name in FACTORIES:
        factory = getattr(module, name, None)
        if callable(factory):
            return _factory(factory, name, path)
    raise NoAppError(
        f"No app was found in {path}.",
        f"Assign your app to a variable named app in {path}, or define create_app() there.",
    )


def describe(candidate: Any) -> Found | None:
    """Tell what kind of app ``candidate`` is, ``None`` when it is none."""
    if candidate is None or not callable(candidate) or inspect.ismodule(candidate):
        return None
    framework = framework_of(candidate)
    if framework is not None and not inspect.isclass(candidate):
        return Found(candidate, "asgi3" if framework.interface == "asgi" else "wsgi", framework)
    interface = _interface(candidate)
    return None if interface is None else Found(candidate, interface, None)


def _only_one(module: ModuleType, path: str) -> Found | None:
    """The single app in the module's namespace: of a known framework, else a callable by its parameters' names."""
    objects = {id(value): (name, value) for name, value in vars(module).items() if not name.startswith("__")}
    known = [name for name, value in objects.values() if framework_of(value) and not inspect.isclass(value)]
    plain = [name for name, value in objects.values() if _is_plain_app(value, module)]
    names = known or plain
    if len(names) > 1:
        listed = ", ".join(sorted(names))
        raise NoAppError(f"{path} has more than one app: {listed}.", "Name the one to serve app.")
    return describe(getattr(module, names[0])) if names else None


def _is_plain_app(value: Any, module: ModuleType) -> bool:
    if getattr(value, "__module__", None) != module.__name__ or not callable(value):
        return False
    names = tuple(_parameters(value))
    return names in (("scope", "receive", "send"), ("environ", "start_response"), ("env", "start_response"))


def _factory(factory: Callable[..., Any], name: str, path: str) -> Callable[[], Any]:
    required = _required(factory)
    if required:
        raise NoAppError(
            f"{name}() in {path} needs arguments: {', '.join(required)}.",
            f"Give the parameters of {name}() default values: Podium calls it without arguments.",
        )
    return factory


def _interface(candidate: Any) -> Interface | None:
    if inspect.isclass(candidate):
        # ASGI 2 as a class: an instance per connection, made with the scope.
        return "asgi2" if tuple(_parameters(candidate)) == ("scope",) else None
    required = len(_required(candidate))
    if required == 3 or (_is_coroutine(candidate) and not required and _takes(candidate, 3)):
        return "asgi3"
    if required == 2 and not _is_coroutine(candidate):
        return "wsgi"
    return "asgi2" if tuple(_parameters(candidate)) == ("scope",) else None


def _is_coroutine(candidate: Any) -> bool:
    while isinstance(candidate, functools.partial):
        candidate = candidate.func
    call = getattr(type(candidate), "__call__", None)  # noqa: B004 - the method itself is looked at
    return inspect.iscoroutinefunction(candidate) or inspect.iscoroutinefunction(call)


def _takes(candidate: Any, count: int) -> bool:
    try:
        inspect.signature(candidate).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _parameters(candidate: Any) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(candidate).parameters)
    except (TypeError, ValueError):  # built-ins without a signature
        return {}


def _required(candidate: Any) -> list[str]:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = _parameters(candidate).values()
    kinds = (*positional, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]
