"""Loading ahead what the first requests will need, a little at a time."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from podium.ide.environment import Environment
from podium.ide.language.analysis import tree_cache
from podium.ide.language.analysis.context import Context, script, tree
from podium.ide.language.deadline import Deadline, OutOfTimeError

_ALWAYS = (
    "import ",
    "''.",
    "import os\nos.",
    "import typing\ntyping.",
    "import pydantic\npydantic.BaseModel.",
    "import starlette.requests\nstarlette.requests.Request.",
    "import starlette.responses\nstarlette.responses.Response.",
    "import fastapi.routing\nfastapi.routing.APIRouter.",
    "import fastapi\nfastapi.FastAPI().",
)
"""Code that is completed at its end. A step takes up to a second, a third of it with a parser cache on disk."""

_WHERE_USED = {
    "pymongo": (
        "import pymongo\npymongo.MongoClient().",
        "import pymongo\npymongo.MongoClient()['a']['b'].",
        "import pymongo\npymongo.MongoClient()['a']['b'].find_one().",
    ),
    "flask": ("import flask\nflask.Flask('').",),
    "fasthtml": ("import fasthtml.common\nfasthtml.common.FastHTML().",),
}
"""The same for libraries that take much memory, once an app turns out to use them."""

_LIMIT_S = 60.0


Work = Callable[[], object]


def for_any_app(root: Path, python: Environment) -> Iterator[Work]:
    """What every app needs: the frameworks, and the types of Python."""
    return (_completion(code, root, python) for code in _ALWAYS)


def for_app(context: Context, root: Path, python: Environment) -> Iterator[Work]:
    """What one app needs: the trees of its own files, and libraries that it uses."""
    sources = list(context.app_sources())
    for source in sources:
        yield partial(tree, source)
    for library, codes in _WHERE_USED.items():
        if any(library in source.text.value for source in sources):
            yield from (_completion(code, root, python) for code in codes)


def _completion(code: str, root: Path, python: Environment) -> Work:
    return lambda: script(code, None, root, python.folders).complete()


def steps(work: Iterable[Work], deadline: Deadline) -> Iterator[None]:
    """Do one piece of work with each step."""
    for piece in work:
        yield
        try:
            with deadline.limit(_LIMIT_S):
                tree_cache.healing(piece)
        except OutOfTimeError:
            return
        except Exception:  # noqa: BLE001 - a boundary: what cannot be warmed up is merely slower
            traceback.print_exc()
