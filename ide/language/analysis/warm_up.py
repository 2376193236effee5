"""Loading ahead what the first requests will need, a little at a time."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from podium.ide.environment import Environment
from podium.ide.language.analysis import tree_cache
from podium.ide.language.analysis.context import script
from podium.ide.language.deadline import Deadline, OutOfTimeError

_SNIPPETS = (
    "import ",
    "''.",
    "import os\nos.",
    "import typing\ntyping.",
    "import pydantic\npydantic.BaseModel.",
    "import starlette.requests\nstarlette.requests.Request.",
    "import starlette.responses\nstarlette.responses.Response.",
    "import fastapi.routing\nfastapi.routing.APIRouter.",
    "import fastapi\nfastapi.FastAPI().",
    "import pymongo\npymongo.MongoClient().",
    "import pymongo\npymongo.MongoClient()['a']['b'].",
    "import pymongo\npymongo.MongoClient()['a']['b'].find_one().",
    "import flask\nflask.Flask('').",
    "import fasthtml.common\nfasthtml.common.FastHTML().",
)
"""Code that is completed at its end. A step takes up to a second, a third of it with a parser cache on disk."""

_LIMIT_S = 60.0


def steps(root: Path, python: Environment, deadline: Deadline) -> Iterator[None]:
    """Complete a snippet with each step, which makes jedi parse what it needs for it."""
    for snippet in _SNIPPETS:
        yield
        try:
            with deadline.limit(_LIMIT_S):
                tree_cache.healing(script(snippet, None, root, python.folders).complete)
        except OutOfTimeError:
            return
        except Exception:  # noqa: BLE001 - a boundary: what cannot be warmed up is merely slower
            traceback.print_exc()
