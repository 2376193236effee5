"""What CPython's own parser and compiler say, with exact places."""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from podium.ide.text import Position, Range, Text
from podium.ide.validation.diagnostics import FILE_START, Diagnostic, Severity, Source

_COMPILING = threading.Lock()
"""``warnings.catch_warnings`` replaces a list of the whole process."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's tree, or none and the error that prevented it."""

    tree: ast.Module | None
    diagnostics: tuple[Diagnostic, ...]


def parse(path: str, text: Text) -> Parsed:
    """Parse and compile a Python file, collecting the compiler's warnings; nothing of it is run."""
    with _COMPILING, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tree, error = _compile(path, text)
    found = [_warning(path, text, warning) for warning in caught if warning.filename == path]
    if error is not None:
        found.append(error)
    return Parsed(tree, tuple(found))


def _compile(path: str, text: Text) -> tuple[ast.Module | None, Diagnostic | None]:
    column: Callable[[int, int], Position] = text.at_index
    try:
        tree = ast.parse(text.value, path)
        # The parser counts columns in code points, the later stages (scopes, code) in bytes.
        column = text.at_byte
        compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return None, _syntax_error(path, text, error, column)
    except (RecursionError, MemoryError):
        return None, _too_deep(path, text)
    return tree, None


def _too_deep(path: str, text: Text) -> Diagnostic:
    """Python runs some code whose tree is too deep to be handed out; such code is not checked any further."""
    try:
        compile(text.value, path, "exec", dont_inherit=True)
    except (SyntaxError, RecursionError, MemoryError):
        return _error(path, FILE_START, "too-complex", "This code is nested too deeply for Python.")
    message = "This code is nested too deeply to be checked. Python can run it."
    return Diagnostic(path, FILE_START, Severity.INFORMATION, Source.PYTHON, "not-checked", message)


def _error(path: str, where: Range, code: str, message: str) -> Diagnostic:
    return Diagnostic(path, where, Severity.ERROR, Source.PYTHON, code, message)


def _syntax_error(path: str, text: Text, error: SyntaxError, column: Callable[[int, int], Position]) -> Diagnostic:
    code = "indentation-error" if isinstance(error, IndentationError) else "syntax-error"
    return _error(path, _place(text, error, column), code, _sentence(error.msg))


def _place(text: Text, error: SyntaxError, column: Callable[[int, int], Position]) -> Range:
    line = (error.lineno or 1) - 1
    inside_f_string = error.msg.startswith("f-string") and sys.version_info < (3, 12)
    if isinstance(error, IndentationError) or inside_f_string or not error.offset:
        # Indentation has no extent of its own, and before 3.12 places inside an f-string count from its braces.
        return text.line_range(line)
    start = column(line, error.offset - 1)
    end = start
    if error.end_offset is not None and error.end_offset > 0:
        end = column((error.end_lineno or error.lineno or 1) - 1, error.end_offset - 1)
    return visible(text, start, end)


def visible(text: Text, start: Position, end: Position) -> Range:
    """A range on one line that covers at least one character where the line has any."""
    if end.line > start.line:
        end = text.line_range(start.line).end
    if end > start:
        return Range(start, end)
    line, index = text.index(start)
    length = len(text.lines[line])
    if index < length:
        return Range(start, text.at_index(line, index + 1))
    return Range(text.at_index(line, max(length - 1, 0)), text.at_index(line, length))


def _warning(path: str, text: Text, warning: warnings.WarningMessage) -> Diagnostic:
    where = text.line_range(warning.lineno - 1)
    message = _sentence(str(warning.message))
    return Diagnostic(path, where, Severity.WARNING, Source.PYTHON, "syntax-warning", message)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]


def without_echoes(found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out compiler warnings about a line that pyflakes complains about as well: they say the same."""
    flaked = {item.range.start.line for item in found if item.source is Source.PYFLAKES}
    for item in found:
        if item.code != "syntax-warning" or item.range.start.line not in flaked:
            yield item
