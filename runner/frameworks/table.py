"""All frameworks, and which one an app is of."""

from __future__ import annotations

from typing import Any

from podium.runner.frameworks.base import Framework
from podium.runner.frameworks.django import DJANGO_ASGI, DJANGO_WSGI
from podium.runner.frameworks.falcon import FALCON_ASGI, FALCON_WSGI
from podium.runner.frameworks.flask import FLASK, QUART
from podium.runner.frameworks.litestar import LITESTAR
from podium.runner.frameworks.starlette import FASTAPI, FASTHTML, STARLETTE

FRAMEWORKS = (
    FASTAPI,
    FASTHTML,
    STARLETTE,
    LITESTAR,
    QUART,
    FLASK,
    DJANGO_ASGI,
    DJANGO_WSGI,
    FALCON_ASGI,
    FALCON_WSGI,
)
_BY_CLASS = {name: framework for framework in FRAMEWORKS for name in framework.classes}
_WRAPPED = ("app", "application", "other_asgi_app", "wsgi_app", "wsgi_application", "_app")
_MAX_DEPTH = 10


def framework_of(app: Any) -> Framework | None:
    """Return the framework that ``app`` is an instance of; the most derived class decides (FastAPI is a Starlette)."""
    for cls in type(app).__mro__:
        framework = _BY_CLASS.get(f"{cls.__module__}.{cls.__qualname__}")
        if framework is not None:
            return framework
    return None


def unwrapped(app: Any) -> tuple[Framework, Any] | None:
    """Find the framework's app inside middleware that was put around it by hand."""
    for _ in range(_MAX_DEPTH):
        framework = framework_of(app)
        if framework is not None:
            return framework, app
        attributes = getattr(app, "__dict__", {})
        app = next((attributes[name] for name in _WRAPPED if name in attributes), None)
        if app is None:
            return None
    return None
