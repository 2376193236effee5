"""What a file may be called, so that it means the same file on every system and never one outside its app.

A path is relative, has ``/`` between its parts and is kept in Unicode's NFC. Refused are: parts that are empty, ``.``
or ``..``; control, formatting and unassigned characters; backslashes and what Windows forbids (``<>:"|?*``, device
names such as ``CON``, a trailing dot or space); and names that differ from another file's only in case, or that are
a file in one path and a folder in another.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from podium.server.http.problem import Invalid
from podium.server.models.apps import MAX_PATH_CHARS

_FORBIDDEN = frozenset('\\<>:"|?*')
_DEVICES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{name}{n}" for name in ("com", "lpt") for n in "0123456789¹²³"),
    ]
)
_MAX_PART_BYTES = 255


class InvalidPath(Invalid):
    type = "invalid-path"
    title = "A file cannot have this path"


class PathClash(Invalid):
    type = "path-clash"
    title = "The path clashes with another file's"


def clean(path: str) -> str:
    """The path in its normal form; raises :class:`InvalidPath` that says which rule it breaks."""
    normal = unicodedata.normalize("NFC", path)
    if len(normal) > MAX_PATH_CHARS:
        raise InvalidPath(
            f"A path has at most {MAX_PATH_CHARS} characters; this one has {len(normal)}.", limit=MAX_PATH_CHARS
        )
    if normal.startswith("/") or not normal:
        raise InvalidPath("A path begins with the name of a file or folder, as in static/style.css.")
    for part in normal.split("/"):
        mistake = _mistake(part)
        if mistake:
            raise InvalidPath(f"{mistake} Use a path such as static/style.css.")
    return normal


def check_clash(path: str, others: Iterable[str]) -> None:
    """Raise :class:`PathClash` when a (clean) ``path`` cannot stand beside the ``others``, none of which equals it."""
    mine = _spellings(path)
    for other in others:
        for key, spelling in _spellings(other).items():
            if key in mine and mine[key] != spelling:
                raise PathClash(_clash(mine[key], spelling))


def _mistake(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return "A path has no empty parts and neither . nor .. in it."
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in part):
        return "A path has no control or invisible characters."
    forbidden = _FORBIDDEN.intersection(part)
    if forbidden:
        return f"A path has none of {' '.join(sorted(forbidden))} in it."
    if part[-1] in ". " or part[0] == " ":
        return f"No part of a path begins with a space or ends with a dot or space, as {part!r} does."
    if part.partition(".")[0].rstrip().casefold() in _DEVICES:
        return f"{part!r} is the name of a device on Windows."
    if len(part.encode()) > _MAX_PART_BYTES:
        return f"A part of a path has at most {_MAX_PART_BYTES} bytes."
    return None


def _spellings(path: str) -> dict[str, tuple[str, bool]]:
    """The path and its folders, by their spelling without case; the flag says that it is the file."""
    parts = path.split("/")
    prefixes = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    return {_caseless(prefix): (prefix, prefix == path) for prefix in prefixes}


def _caseless(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def _clash(mine: tuple[str, bool], other: tuple[str, bool]) -> str:
    if mine[0] == other[0]:
        return f"{mine[0]!r} cannot be a file and a folder at once."
    return f"{mine[0]!r} and {other[0]!r} differ only in case, which not every system keeps apart."
