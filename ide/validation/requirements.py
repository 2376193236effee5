"""requirements.txt: one requirement a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from podium.ide.text import Text, without_bom
from podium.ide.validation.diagnostics import Diagnostic, Severity, Source

FILE = "requirements.txt"
_COMMENT = re.compile(r"(^|\s)#.*$")


def names(files: Mapping[str, str]) -> frozenset[str]:
    """The distributions that the app's requirements name, normalised."""
    found = (_parse(line) for _, line in _lines(files.get(FILE, "")))
    return frozenset(canonicalize_name(item.name) for item in found if isinstance(item, Requirement))


def read(files: Mapping[str, str]) -> list[tuple[int, Requirement]] | None:
    """The app's requirements with the numbers of their lines (from 0), or ``None`` where one cannot be used."""
    found = [(number, _parse(line)) for number, line in _lines(files.get(FILE, ""))]
    usable = [(number, item) for number, item in found if isinstance(item, Requirement) and _has_good_url(item)]
    return usable if len(usable) == len(found) else None


def check(files: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Every line is a requirement that can be installed here, and no name comes twice."""
    text = Text(without_bom(files.get(FILE, "")))
    seen: dict[str, int] = {}
    for number, line in _lines(text.value):
        problem = _problem(_parse(line), line, seen, number)
        if problem is not None:
            severity, code, message = problem
            yield Diagnostic(FILE, text.line_range(number), severity, Source.DEPLOY, code, message)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(Text(without_bom(text)).lines):
        bare = _COMMENT.sub("", line).strip()
        if bare:
            yield number, bare


def _parse(line: str) -> Requirement | InvalidRequirement:
    try:
        return Requirement(line)
    except InvalidRequirement as error:
        return error


def _problem(
    item: Requirement | InvalidRequirement, line: str, seen: dict[str, int], number: int
) -> tuple[Severity, str, str] | None:
    if isinstance(item, InvalidRequirement):
        return Severity.ERROR, "invalid-requirement", _advice(line, item)
    if not _has_good_url(item):
        message = f"{item.name} can come from the package index, or from the https address of a wheel (.whl)."
        return Severity.ERROR, "unusable-address", message
    name = canonicalize_name(item.name)
    first = seen.setdefault(name, number)
    if first != number:
        return Severity.WARNING, "repeated-requirement", f"{item.name} is required on line {first + 1} already."
    return None


def _has_good_url(item: Requirement) -> bool:
    """Only built packages are installed, and nothing from this machine's own files."""
    return item.url is None or (item.url.startswith("https://") and item.url.partition("#")[0].endswith(".whl"))


def _advice(line: str, error: InvalidRequirement) -> str:
    if line.startswith("-"):
        return "Options are not supported here. Write one requirement per line, such as httpx>=0.27."
    reason = str(error).splitlines()[0].rstrip(".")
    return f"This is not a requirement: {reason}. Write one per line, such as httpx>=0.27."
