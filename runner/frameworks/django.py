"""Django: its routes, its signal for an exception, and how a project is turned into an app.

A project's settings and its registry of apps exist once per process and cannot be set up again, so Django apps are
never reloaded in place.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from podium.runner.frameworks.base import Framework, NoteError, describe_handler, no_openapi, template
from podium.runner.protocol import Route

SETTINGS = "DJANGO_SETTINGS_MODULE"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def find_project(module: ModuleType, source: str) -> Any:
    """Make the app of the Django project that ``module`` starts or configures; ``None`` when it does not.

    ``module`` may be ``manage.py``, a settings module, or a single file that calls ``settings.configure()``.
    """
    settings = _settings_module(module, source)
    if settings is not None:
        os.environ[SETTINGS] = settings
    elif not _configured():
        return None
    importlib.import_module("django").setup()
    return _application()


def is_set_up() -> bool:
    """Tell whether this process has a Django project already."""
    return _configured() and sys.modules["django.apps"].apps.ready if "django.apps" in sys.modules else False


def _configured() -> bool:
    conf = sys.modules.get("django.conf")
    return bool(conf is not None and conf.settings.configured)


def _settings_module(module: ModuleType, source: str) -> str | None:
    if hasattr(module, "INSTALLED_APPS") or hasattr(module, "ROOT_URLCONF"):
        return module.__name__
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(args=[ast.Constant(value="DJANGO_SETTINGS_MODULE"), ast.Constant(value=str(name)), *_]):
                return os.environ.get(SETTINGS) or name
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value="DJANGO_SETTINGS_MODULE"))],
                value=ast.Constant(value=str(name)),
            ):
                return name
    return None


def _application() -> Any:
    """Do what ``manage.py runserver`` does: the settings' own application, and static files while debugging."""
    settings = importlib.import_module("django.conf").settings
    named = getattr(settings, "ASGI_APPLICATION", None) or getattr(settings, "WSGI_APPLICATION", None)
    if named:
        return importlib.import_module("django.utils.module_loading").import_string(named)
    handler = importlib.import_module("django.core.wsgi").get_wsgi_application()
    if settings.DEBUG and "django.contrib.staticfiles" in settings.INSTALLED_APPS:
        return importlib.import_module("django.contrib.staticfiles.handlers").StaticFilesHandler(handler)
    return handler


def _routes(_app: Any) -> Iterator[Route]:
    yield from _walk(importlib.import_module("django.urls").get_resolver().url_patterns, "/")


def _walk(patterns: Any, prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + template(str(pattern.pattern).removeprefix("^").removesuffix("$"))
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, path)
        else:
            view = getattr(pattern.callback, "view_class", pattern.callback)
            yield Route(path, _view_methods(view), "http", pattern.name, **describe_handler(view))


def _view_methods(view: Any) -> tuple[str, ...]:
    """Methods that a class-based view defines; of a function nothing is known but that it answers GET."""
    return tuple(method for method in _METHODS if hasattr(view, method.lower())) or ("GET",)


def _watch(_app: Any, note: NoteError) -> None:
    def receive(**_extra: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            note(error)

    signals = importlib.import_module("django.core.signals")
    signals.got_request_exception.connect(receive, weak=False, dispatch_uid="podium")


DJANGO_ASGI = Framework(
    "Django", frozenset({"django.core.handlers.asgi.ASGIHandler"}), "asgi", _routes, no_openapi, _watch
)
DJANGO_WSGI = Framework(
    "Django", frozenset({"django.core.handlers.wsgi.WSGIHandler"}), "wsgi", _routes, no_openapi, _watch
)
