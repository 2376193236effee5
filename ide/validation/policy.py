"""What an app must look like before it may run or be promoted."""

from __future__ import annotations

import io
import keyword
import sys
import tokenize
from collections.abc import Iterator, Mapping

from podium.ide.environment import Environment
from podium.ide.text import Range, Text, without_bom
from podium.ide.validation.diagnostics import FILE_START, Diagnostic, Severity, Source
from podium.ide.validation.modules import import_roots, module_name


def check_entry(files: Mapping[str, str], entry: str) -> Iterator[Diagnostic]:
    """The entry file exists, is Python, and can be imported."""
    if entry not in files:
        message = f"The entry file {entry} does not exist. Create it, or choose another entry file."
        yield _error(entry, FILE_START, "entry-missing", message)
    elif not entry.endswith(".py"):
        message = f"The entry file {entry} is not a Python file. Choose one whose name ends with .py."
        yield _error(entry, FILE_START, "entry-not-python", message)
    else:
        name = module_name(entry, import_roots(entry, files)[0])
        if name.partition(".")[0] in sys.stdlib_module_names:
            message = f"The entry file {entry} has the name of a module of Python and cannot be imported. Rename it."
            yield _error(entry, FILE_START, "entry-name", message)
        elif not all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split(".")):
            message = f"The entry file {entry} cannot be imported. Use letters, digits and underscores in its name."
            yield _error(entry, FILE_START, "entry-name", message)


def check_text(path: str, content: str) -> Diagnostic | None:
    """Whether a file is text that can be stored as UTF-8 and, for Python, is read back the same."""
    text = Text(content)
    if "\0" in content:
        where = _first(text, content.index("\0"))
        return _error(path, where, "nul", "This file contains a NUL character. Delete it: Python cannot read the file.")
    try:
        encoded = without_bom(content).encode()
    except UnicodeEncodeError as error:
        where = _first(text, error.start)
        return _error(path, where, "not-utf8", "This file contains half of a surrogate pair and is not valid UTF-8.")
    return _declared_encoding(path, text, encoded) if path.endswith(".py") else None


def _first(text: Text, offset: int) -> Range:
    before = Text(text.value[:offset])
    line = len(before.lines) - 1
    index = len(before.lines[-1])
    return Range(text.at_index(line, index), text.at_index(line, index + 1))


def _declared_encoding(path: str, text: Text, encoded: bytes) -> Diagnostic | None:
    try:
        encoding, lines = tokenize.detect_encoding(io.BytesIO(encoded).readline)
        same = encoded.decode(encoding) == encoded.decode()
    except (SyntaxError, UnicodeDecodeError):
        same, lines = False, encoded.split(b"\n", 2)[:2]
    if same:
        return None
    where = text.line_range(max(len(lines) - 1, 0))
    message = "This file declares another encoding than UTF-8, in which Podium stores it. Delete the declaration."
    return _error(path, where, "encoding", message)


def check_names(names: Mapping[str, str], environment: Environment) -> Iterator[Diagnostic]:
    """Files (path to module name) that have the name of a module of Python or of an installed library."""
    for path, name in names.items():
        if name in sys.stdlib_module_names:
            message = f"Python's own module '{name}' keeps its name: import {name} never finds this file. Rename it."
            yield Diagnostic(path, FILE_START, Severity.WARNING, Source.DEPLOY, "hidden-module", message)
        elif name and "." not in name and environment.has_module(name):
            message = f"This file hides the installed library '{name}' from everything that imports it. Rename it."
            yield Diagnostic(path, FILE_START, Severity.WARNING, Source.DEPLOY, "hides-library", message)


def _error(path: str, where: Range, code: str, message: str) -> Diagnostic:
    return Diagnostic(path, where, Severity.ERROR, Source.DEPLOY, code, message)
