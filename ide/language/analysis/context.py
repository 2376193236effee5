"""What every feature needs: jedi on a snapshot, and places in LSP's terms."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from jedi.api.classes import BaseName, Completion
from lsprotocol import types as lsp
from parso.grammar import load_grammar
from parso.python.tree import Module

from podium.ide.environment import Environment
from podium.ide.language import uris
from podium.ide.language.analysis import docs
from podium.ide.language.analysis.engine import Engine
from podium.ide.language.analysis.mirror import Mirror
from podium.ide.language.analysis.shortcuts import QuickScript
from podium.ide.language.documents import Snapshot
from podium.ide.language.running import RunningApp
from podium.ide.text import Position, Range, Text, without_bom
from podium.ide.validation.modules import import_roots

_NEVER_CHANGING = frozenset({"class", "function", "module", "property"})
"""What is said of these depends on where they are defined and on nothing else."""
MAX_LIBRARY_FILE = 4_000_000
"""Bytes of a library's source file that is shown or looked into."""


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file. ``path`` is missing for a library's file."""

    uri: str
    file: Path
    text: Text
    path: str | None


class Context:
    """A snapshot with jedi on it. It lives for one request."""

    def __init__(
        self, snapshot: Snapshot, mirror: Mirror, engine: Engine, python: Environment, running: RunningApp
    ) -> None:
        self.snapshot = snapshot
        self._mirror = mirror
        self._engine = engine
        self.python = python
        self.running = running

    def source(self, uri: str) -> Source | None:
        """The Python file that a URI names, ``None`` for every other document."""
        path = self.snapshot.path(uri)
        if path is not None:
            text = self.snapshot.files.get(path)
            known = text is not None and path.endswith((".py", ".pyi"))
            return Source(uri, self._mirror.file(path), text, path) if text is not None and known else None
        file = uris.library_file(uri, self.python.folders)
        text = None if file is None else library_text(file)
        return None if file is None or text is None else Source(uri, file, text, None)

    def app_sources(self) -> Iterator[Source]:
        """The app's Python files, which also stand in the mirror from now on."""
        self._mirror.sync(self.snapshot.files)
        for path in self.snapshot.files:
            source = self.source(self.snapshot.uri(path))
            if source is not None:
                yield source

    def script(self, source: Source) -> QuickScript:
        """Jedi on a file, with the app's other files beside it, until another file is asked about."""
        self._mirror.sync(self.snapshot.files)
        roots = [self._mirror.file(root) for root in import_roots(self.snapshot.entry, self.snapshot.files.keys())]
        return self._engine.script(source.text.value, source.file, self._mirror.root, roots, self.modules)

    @cached_property
    def modules(self) -> frozenset[str]:
        """The first names of the app's modules."""
        roots = import_roots(self.snapshot.entry, self.snapshot.files.keys())
        paths = [PurePosixPath(path) for path in self.snapshot.files if path.endswith(".py")]
        inside = (path.relative_to(root) for root in roots for path in paths if path.is_relative_to(root))
        return frozenset(path.parts[0].partition(".")[0] for path in inside)

    def kind(self, item: Completion) -> str:
        """What a completed name is, in jedi's words."""
        return self._engine.kinds.of(item, self.modules)

    def identity(self, item: Completion) -> Hashable | None:
        """What tells a completion of a library's from all others for ever; ``None`` for others."""
        return self._engine.identity(item)

    def described(self, name: BaseName) -> str:
        """What a name is and what its author says about it, as Markdown; from memory for a library's."""
        if self.app_path(name) is not None or name.module_path is None or name.type not in _NEVER_CHANGING:
            return docs.describe(name)
        return self._engine.words.about((name.module_path, name.line, name.column, name.type), name)

    def location(self, name: BaseName) -> lsp.Location | None:
        """Where a name is defined; ``None`` for what has no Python source."""
        file = name.module_path
        if file is None:
            return None
        found = self._document(file)
        return None if found is None else lsp.Location(found[0], name_range(name, found[1]))

    def _document(self, file: Path) -> tuple[str, Text] | None:
        path = self._mirror.path(file)
        if path is not None:
            text = self.snapshot.files.get(path)
            return None if text is None else (self.snapshot.uri(path), text)
        uri = uris.library_uri(file, self.python.folders)
        text = library_text(file)
        return None if uri is None or text is None else (uri, text)

    def app_path(self, name: BaseName) -> str | None:
        """The app's file that a name stands in, ``None`` for a library's."""
        file = name.module_path
        path = None if file is None else self._mirror.path(file)
        return path if path in self.snapshot.files else None


@lru_cache(maxsize=50)
def library_text(file: Path) -> Text | None:
    """A library's file, ``None`` when it cannot be read or is too large to be read by people."""
    try:
        if file.stat().st_size > MAX_LIBRARY_FILE:
            return None
        return Text(without_bom(file.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return None


def tree(source: Source) -> Module:
    """The syntax tree of a file, as jedi makes and keeps it; what does not parse is an error node in it."""
    module: Module = load_grammar().parse(source.text.value, path=source.file, diff_cache=True)
    return module


def place(source: Source, position: lsp.Position) -> tuple[int, int]:
    """A position as jedi counts: lines from 1, columns in code points from 0."""
    line, column = source.text.index(Position(position.line, position.character))
    return line + 1, column


def name_range(name: BaseName, text: Text) -> lsp.Range:
    """Where a name stands; a module stands at the start of its file."""
    if name.line is None or name.type == "module":
        start = end = Position(0, 0)
    else:
        start = text.at_index(name.line - 1, name.column)
        end = text.at_index(name.line - 1, name.column + len(name.name))
    return to_lsp(Range(start, end))


def to_lsp(where: Range) -> lsp.Range:
    """A range as LSP has it."""
    start, end = where.start, where.end
    return lsp.Range(lsp.Position(start.line, start.character), lsp.Position(end.line, end.character))
