"""What is done once so that many kernels need not: importing what apps are made of, and using it.

Nothing of this may leave behind a thread, an open file or an event loop: kernels are copies of the process that did it.
"""

from __future__ import annotations

import importlib
import importlib.util
import runpy
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from podium.runner.events import EventLog
from podium.runner.frames import FrameReader
from podium.runner.importgraph import read_use

KERNEL = (
    *("uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.wsproto_impl", "uvicorn.lifespan.off"),
    *("uvicorn.loops.asyncio", "IPython.core.debugger", "IPython.core.completerlib", "IPython.core.oinspect"),
    *("IPython.extensions.storemagic", "tornado.platform.asyncio", "tornado.queues", "psutil", "faulthandler"),
    *("concurrent.futures.thread", "multiprocessing.util", "anyio._backends._asyncio"),
)
"""What every kernel imports by itself."""
APPS = (
    *("fastapi", "starlette.templating", "flask", "fasthtml.common", "django.core.asgi", "django.core.handlers.wsgi"),
    *("litestar", "quart", "falcon", "falcon.asgi", "jinja2", "httpx", "python_multipart", "pymongo"),
)
"""What apps import, where it is installed. Nothing that starts threads when it is imported, as numpy does."""
REHEARSALS = Path(__file__).with_name("rehearsal")
USED = ("fastapi", "flask")
"""The frameworks of which there is an app in :mod:`podium.runner.rehearsal`."""

_used: frozenset[str] = frozenset()
_preloaded: frozenset[str] = frozenset()
_modules: frozenset[str] = frozenset()


def used() -> frozenset[str]:
    """Top-level modules which the kernel's own parts need, as far as they have been imported."""
    return _used or _top_level()


def preloaded() -> frozenset[str]:
    """Top-level modules which this process has only because it was warmed up."""
    return _preloaded


def modules_at_start() -> frozenset[str]:
    """Names of the modules that were there before any app: since the warm-up, or now in a process without one.

    Made before processes are forked, since each name that is looked at in one of them costs it memory.
    """
    return _modules or frozenset(sys.modules)


def warm_up() -> None:
    """Import and use everything; what fails is reported on standard error and left out."""
    global _used, _preloaded, _modules
    from podium.runner.kernel import import_ipykernel

    import_ipykernel()
    for name in KERNEL:
        importlib.import_module(name)
    _used = _top_level()
    for name in filter(_installed, APPS):
        _attempt(importlib.import_module, name)
    for name in filter(_installed, USED):
        _attempt(_use, name)
    _preloaded = _top_level() - _used
    _modules = frozenset(sys.modules)


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name.partition(".")[0]) is not None


def _use(name: str) -> None:
    """Load and use an app once, with nothing to show for it but that the next one is quick."""
    from podium.runner.describing import describe, openapi_document
    from podium.runner.discovery import describe as discover

    path = REHEARSALS / f"{name}.py"
    read_use(path.read_text(), name, is_package=False)
    module = runpy.run_path(str(path), run_name=f"podium.runner.rehearsal.{name}")
    found = discover(module["app"])
    if found is not None:
        describe(found, EventLog(), FrameReader())
        openapi_document(found, EventLog())
    module["use"]()


def _attempt(step: Callable[[str], object], name: str) -> None:
    try:
        step(name)
    except Exception:  # noqa: BLE001 - a library that is broken must not keep apps without it from being quick
        traceback.print_exc()


def _top_level() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in sys.modules)
