"""The app's files as the editor sees them: stored texts, and over them the texts of open documents."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from podium.ide.language import uris
from podium.ide.language.params import Unmet
from podium.ide.text import Edit, Position, Text, without_bom
from podium.ide.validation import requirements


@dataclass(frozen=True, slots=True)
class Document:
    """An open document. ``uri`` is the client's own spelling, which answers repeat."""

    uri: str
    version: int
    text: Text


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All files of the app at one moment, and what of the requirements among them is known to be ``unmet``."""

    files: Mapping[str, Text] = field(default_factory=dict)
    opened: Mapping[str, Document] = field(default_factory=dict)
    entry: str = "main.py"
    unmet: tuple[Unmet, ...] = ()

    def path(self, uri: str) -> str | None:
        """The file that a URI names. Monaco's client sends some URIs in lower case, and no two paths differ by case."""
        path = uris.app_path(uri)
        if path is None or path in self.files:
            return path
        return next((known for known in self.files if known.lower() == path.lower()), path)

    def uri(self, path: str) -> str:
        """The URI of one of the app's files, as the client spells it."""
        document = self.opened.get(path)
        return uris.app_uri(path) if document is None else document.uri

    def version(self, path: str) -> int | None:
        """The version of an open document."""
        document = self.opened.get(path)
        return None if document is None else document.version


class Documents:
    """Changed by the thread that reads messages, seen through snapshots by the one that computes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stored: dict[str, Text] = {}
        self._opened: dict[str, Document] = {}
        self._entry = "main.py"
        self._unmet: tuple[Unmet, ...] = ()

    def snapshot(self) -> Snapshot:
        """The files as they are now."""
        with self._lock:
            opened = dict(self._opened)
            files = self._stored | {path: document.text for path, document in opened.items()}
            # What could not be installed was what is stored; what is typed since is for another try.
            tried = _text(files) == _text(self._stored)
            unmet = self._unmet if tried else ()
            return Snapshot(MappingProxyType(files), MappingProxyType(opened), self._entry, unmet)

    def store(
        self,
        changed: Mapping[str, str],
        removed: Iterable[str] = (),
        entry: str | None = None,
        unmet: Iterable[Unmet] = (),
    ) -> None:
        """Take over what is stored, and what of it is ``unmet``; documents that are open keep their text."""
        with self._lock:
            for path in removed:
                self._stored.pop(path, None)
            self._stored.update({path: Text(without_bom(text)) for path, text in changed.items()})
            self._entry = entry or self._entry
            self._unmet = tuple(unmet)

    def open(self, uri: str, version: int, text: str) -> str | None:
        """Open a document; answers its path, ``None`` when it is not one of the app's."""
        path = self.snapshot().path(uri)
        if path is not None:
            with self._lock:
                self._opened[path] = Document(uri, version, Text(without_bom(text)))
        return path

    def change(self, uri: str, version: int, edits: Iterable[Edit | str]) -> str | None:
        """Apply edits one after the other; a string replaces the whole text. Answers the document's path."""
        path = self.snapshot().path(uri)
        document = self._opened.get(path) if path is not None else None
        if path is None or document is None:
            return None
        text = document.text
        for edit in edits:
            text = Text(without_bom(edit)) if isinstance(edit, str) else text.replaced(edit)
        with self._lock:
            self._opened[path] = Document(document.uri, version, text)
        return path

    def close(self, uri: str) -> str | None:
        """Close a document: what is stored counts again. Answers its path."""
        path = self.snapshot().path(uri)
        with self._lock:
            return path if path is not None and self._opened.pop(path, None) is not None else None


def _text(files: Mapping[str, Text]) -> str | None:
    """What requirements.txt says."""
    found = files.get(requirements.FILE)
    return None if found is None else found.value


def first_place(edits: Iterable[Edit | str]) -> Position:
    """The first place that edits touch."""
    return min(
        (edit.range.start if isinstance(edit, Edit) else Position(0, 0) for edit in edits), default=Position(0, 0)
    )
