"""Loading ahead what the first requests will need, a little at a time."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator

from podium.ide.language.analysis import tree_cache
from podium.ide.language.analysis.engine import Engine
from podium.ide.language.deadline import Deadline, OutOfTimeError
from podium.ide.text import Text

MOST_APPS = (
    "import ",
    "''.",
    "import os\nos.",
    "import typing\ntyping.",
    "from pydantic import BaseModel, Field\nclass A(BaseModel): ...\nA().",
    "from starlette.requests import Request\ndef f(r: Request):\n    r.",
    "from starlette.responses import Response\nResponse().",
    "from fastapi import APIRouter\nAPIRouter().",
    "from fastapi import FastAPI\nFastAPI().",
    "from fastapi import FastAPI\n@FastAPI().get(",
)
"""What nearly every app uses, completed at its end, the most frequent first. A step takes up to a second, three times
that where jedi's trees are not on disk yet."""

MANY_APPS = (
    "import json\njson.",
    "import logging\nlogging.getLogger().",
    "from pathlib import Path\nPath().",
    "from datetime import datetime\ndatetime.now().",
    "import asyncio\nasyncio.",
    "from pymongo import MongoClient\nMongoClient()['a']['b'].find().",
    "from pymongo import MongoClient\nMongoClient()['a']['b'].find_one().",
    "from flask import Flask, request\nFlask('').",
    "from flask import request\nrequest.",
    "import collections, contextlib, dataclasses, enum, functools, itertools, random, re, time, uuid\nre.",
    "from fasthtml.common import *\nFastHTML().",
)
"""What is worth being known as well, with the longest last."""

_PLACE = re.compile(r"([A-Za-z_][\w.]*(?:\[[^\]\n]*\])?)([.(])")
_MAX_PLACES = 80
_LIMIT_S = 30.0


def places(text: Text) -> list[tuple[int, int]]:
    """Where a file looks into something for the first time: behind the dots and the brackets of each expression."""
    found: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(text.lines):
        for match in _PLACE.finditer(line.partition("#")[0]):
            found.setdefault(match[0], (number + 1, match.end()))
    return list(found.values())[:_MAX_PLACES]


def imports(text: Text) -> str:
    """The lines that import something."""
    return "\n".join(line for line in text.lines if line.startswith(("import ", "from ")))


def for_any_app(engine: Engine, deadline: Deadline) -> Iterator[bool]:
    """Learn about the frameworks, and the types of Python; yields whether enough is known for an editor."""
    for enough, codes in ((False, MOST_APPS), (True, MANY_APPS)):
        for code in codes:
            for _ in _guarded(engine, engine.study(code), deadline):
                yield enough


def for_app(engine: Engine, texts: Iterable[Text], deadline: Deadline) -> Iterator[None]:
    """Learn what the libraries that an app uses have at the places where it uses them."""
    for text in texts:
        yield from _guarded(engine, engine.study(text.value, places(text)), deadline)


def _guarded(engine: Engine, steps: Iterator[None], deadline: Deadline) -> Iterator[None]:
    """Do one piece of work with each step."""
    while True:
        yield
        try:
            with deadline.limit(_LIMIT_S):
                tree_cache.healing(lambda: next(steps))
        except StopIteration:
            return
        except OutOfTimeError:
            engine.mend()
            return
        except Exception:  # noqa: BLE001 - a boundary: what cannot be learnt is merely slower
            traceback.print_exc()
            engine.mend()
            return
