"""One Python file, checked by itself and remembered by its content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from podium.ide.text import Text, without_bom
from podium.ide.validation import flakes, outline, syntax
from podium.ide.validation.diagnostics import Diagnostic

_REMEMBERED_FILES = 200


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What the checks of a whole app need to know of one file; ``parses`` tells whether it is Python at all."""

    path: str
    content: str
    diagnostics: tuple[Diagnostic, ...]
    parses: bool = False
    imports: tuple[outline.Import, ...] = ()


@lru_cache(maxsize=_REMEMBERED_FILES)
def read(path: str, content: str) -> SourceFile:
    """Parse and check one file. A file that has not changed is not parsed again."""
    text = Text(without_bom(content))
    parsed = syntax.parse(path, text)
    found = list(parsed.diagnostics)
    if parsed.tree is None:
        return SourceFile(path, content, tuple(found))
    found += flakes.check(path, text, parsed.tree)
    imports = outline.imports(text, parsed.tree)
    return SourceFile(path, content, tuple(syntax.without_echoes(found)), True, imports)
