"""Finding the app in a module."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware

from podium.runner.discovery import Found, NoAppError, describe, find_app
from podium.runner.frameworks.table import unwrapped


def module(**names: Any) -> ModuleType:
    made = ModuleType("main")
    for name, value in names.items():
        if getattr(value, "__module__", None) == __name__:
            value.__module__ = "main"
        setattr(made, name, value)
    return made


def found(made: ModuleType) -> Found:
    result = find_app(made, "main.py")
    assert isinstance(result, Found)
    return result


async def asgi3(scope: Any, receive: Any, send: Any) -> None: ...
async def any_asgi(*args: Any) -> None: ...
def wsgi(environ: Any, start_response: Any) -> None: ...
def asgi2(scope: Any) -> None: ...
def nothing() -> None: ...
def wrapped_asgi(one: Any, two: Any, three: Any) -> None: ...


class Asgi3:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Wsgi:
    def __call__(self, environ: Any, start_response: Any) -> None: ...


class Asgi2:
    def __init__(self, scope: Any) -> None: ...


@pytest.mark.parametrize(
    ("app", "interface"),
    [
        (asgi3, "asgi3"),
        (any_asgi, "asgi3"),
        (functools.partial(asgi3), "asgi3"),
        (wrapped_asgi, "asgi3"),
        (Asgi3(), "asgi3"),
        (Starlette(), "asgi3"),
        (CORSMiddleware(Starlette()), "asgi3"),
        (wsgi, "wsgi"),
        (Wsgi(), "wsgi"),
        (asgi2, "asgi2"),
        (Asgi2, "asgi2"),
    ],
)
def test_how_an_app_wants_to_be_called(app: Any, interface: str) -> None:
    for name in ("app", "application"):
        assert (found(module(**{name: app})).app, found(module(**{name: app})).interface) == (app, interface)


@pytest.mark.parametrize("value", [None, 1, "app", object(), {}, Starlette, print, type, ModuleType("app")])
def test_what_is_no_app(value: Any) -> None:
    assert describe(value) is None
    with pytest.raises(NoAppError, match="No app was found"):
        find_app(module(app=value), "main.py")


def test_app_goes_before_everything_else() -> None:
    app = Starlette()
    assert found(module(other=Starlette(), application=Starlette(), app=app)).app is app


def test_an_app_that_is_no_app_is_passed_over() -> None:
    app = Starlette()
    assert found(module(app="a name", application=app)).app is app


def test_the_only_app_by_any_name() -> None:
    api = Starlette()
    assert found(module(api=api, alias=api, helper=nothing, text="x")).app is api


def test_a_plain_callable_by_its_parameters() -> None:
    assert found(module(serve=asgi3)).interface == "asgi3"
    assert found(module(serve=wsgi)).interface == "wsgi"


def test_a_known_framework_goes_before_plain_callables() -> None:
    api = Starlette()
    assert found(module(api=api, serve=asgi3)).app is api


def test_an_imported_callable_is_not_taken() -> None:
    made = ModuleType("main")
    made.__dict__["serve"] = Starlette.__call__
    with pytest.raises(NoAppError):
        find_app(made, "main.py")


def test_two_are_one_too_many() -> None:
    with pytest.raises(NoAppError, match="more than one app: one, two"):
        find_app(module(one=Starlette(), two=Starlette()), "main.py")


@pytest.mark.parametrize("name", ["create_app", "make_app", "app"])
def test_a_factory_is_given_back(name: str) -> None:
    def factory(debug: bool = True) -> None: ...

    assert find_app(module(**{name: factory}), "main.py") is factory


def test_a_factory_with_required_arguments_is_explained() -> None:
    def create_app(config: str, *, debug: bool) -> None: ...

    with pytest.raises(NoAppError, match="needs arguments: config, debug"):
        find_app(module(create_app=create_app), "main.py")


def test_a_framework_inside_middleware_is_seen() -> None:
    inner = Starlette()
    seen = unwrapped(CORSMiddleware(CORSMiddleware(inner)))
    assert seen is not None
    assert (seen[0].name, seen[1]) == ("Starlette", inner)
    assert unwrapped(asgi3) is None
