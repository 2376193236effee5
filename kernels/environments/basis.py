"""What Podium's own environment has, and what every other environment needs of it."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import podium

RUNNER = ("a2wsgi", "h11", "httptools", "ipykernel", "uvicorn", "wsproto")
"""What the runner imports; in which versions is said where Podium's own requirements are."""
COMMON = (
    *("fastapi", "starlette", "pydantic", "jinja2", "python-multipart", "httpx", "pymongo"),
    *("flask", "django", "python-fasthtml"),
)
"""What apps may import without asking for it, in versions that go with what they ask for."""
PACKAGE = Path(podium.__file__).resolve().parent
ROOMS = ("runner", "kernels")
"""The parts of Podium that run beside an app."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One requirement of an app, and the number of its line (from 0) in requirements.txt."""

    line: int
    requirement: Requirement


Wishes = tuple[Wish, ...]


@cache
def runner_requirements() -> tuple[str, ...]:
    """What Podium asks for itself, as far as the runner needs it."""
    parsed = [Requirement(text) for text in metadata.requires("podium") or ()]
    return tuple(str(item) for item in parsed if canonicalize_name(item.name) in RUNNER and item.marker is None)


@cache
def version(name: str) -> str | None:
    """The version of a distribution in Podium's own environment."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def versions() -> dict[str, str]:
    """All distributions of Podium's own environment. Reads folders, so call it in a thread."""
    found: dict[str, str] = {}
    for folder in reversed([Path(entry) for entry in sys.path if entry]):
        for entry in folder.glob("*.dist-info"):
            name, _, number = entry.stem.rpartition("-")
            found[canonicalize_name(name)] = number
    found.pop("podium", None)
    return found


def satisfies(wishes: Wishes) -> bool:
    """Whether Podium's own environment has everything that is asked for, so that no other one is needed."""
    return all(_has(wish.requirement) for wish in wishes)


def fingerprint(parts: Iterable[str]) -> str:
    """A name for what is made here from ``parts``: the same only with this Python and this Podium, in this place."""
    here = (platform.machine(), sys.version, sys.base_prefix, str(PACKAGE), *runner_requirements(), *COMMON)
    return hashlib.sha256("\n".join((*here, "", *parts)).encode()).hexdigest()[:20]


def _has(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    installed = version(requirement.name)
    if requirement.url or installed is None or not requirement.specifier.contains(installed, prereleases=True):
        return False
    return all(_has(needed) for needed in _extras(requirement))


def _extras(requirement: Requirement) -> Iterator[Requirement]:
    """What the extras of a requirement add to it."""
    for text in metadata.requires(requirement.name) or () if requirement.extras else ():
        needed = Requirement(text)
        marker, needed.marker = needed.marker, None
        if marker is not None and any(marker.evaluate({"extra": extra}) for extra in requirement.extras):
            yield needed
