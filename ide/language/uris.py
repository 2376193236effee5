"""URIs of documents: ``file:///app/PATH`` for the app's files, ``library:///PATH`` for files of installed libraries."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

APP = "file:///app/"
LIBRARY = "library:///"


def app_uri(path: str) -> str:
    """The URI of one of the app's files."""
    return APP + quote(path)


def app_path(uri: str) -> str | None:
    """The path of one of the app's files, ``None`` for any other URI."""
    return unquote(uri[len(APP) :]) if uri.lower().startswith(APP) else None


def library_uri(file: Path, folders: tuple[Path, ...]) -> str | None:
    """The URI of a file below one of ``folders``, the nearest of them; ``None`` for any other file."""
    inside = [folder for folder in folders if file.is_relative_to(folder)]
    if not inside:
        return None
    folder = max(inside, key=lambda candidate: len(candidate.parts))
    return LIBRARY + quote(file.relative_to(folder).as_posix())


def library_file(uri: str, folders: tuple[Path, ...]) -> Path | None:
    """The file of a library URI. Nothing but Python sources below ``folders`` can be named, through links neither."""
    if not uri.lower().startswith(LIBRARY):
        return None
    relative = unquote(uri[len(LIBRARY) :])
    if "\0" in relative or not relative.endswith((".py", ".pyi")):
        return None
    for folder in folders:
        file = (folder / relative).resolve()
        if file.is_relative_to(folder.resolve()) and file.is_file():
            return file
    return None
