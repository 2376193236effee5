"""pyflakes, with the range of what each message is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import ParamSpec

from pyflakes.checker import Checker
from pyflakes.messages import Message, UnusedImport

from podium.ide.text import Position, Range, Text
from podium.ide.validation.diagnostics import FILE_START, Diagnostic, Severity, Source
from podium.ide.validation.syntax import visible

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
_Arguments = ParamSpec("_Arguments")
_QUOTED = re.compile(r"""(['"]).*?\1""")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class _NodeChecker(Checker):
    """Keeps the syntax node of each message; a message itself knows only where it starts."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self.found: list[tuple[Message, ast.AST | None]] = []
        super().__init__(tree, filename=path)

    def report(
        self,
        messageClass: Callable[_Arguments, Message],  # noqa: N803 - pyflakes' name
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> None:
        super().report(messageClass, *args, **kwargs)
        node = args[0] if args and isinstance(args[0], ast.AST) else None
        self.found.append((self.messages[-1], node))


def check(path: str, text: Text, tree: ast.Module) -> Iterator[Diagnostic]:
    """What pyflakes has to say about a file that parses; all of it is advice."""
    try:
        found = _NodeChecker(tree, path).found
    except Exception as error:  # noqa: BLE001 - a checker's own bug is reported as what it is, and stops nothing
        yield _unchecked(path, error)
        return
    for message, node in found:
        where = _place(text, message, node)
        sentence = str(message.message % message.message_args)
        code = _WORD_START.sub("-", type(message).__name__).lower()
        yield Diagnostic(path, where, Severity.WARNING, Source.PYFLAKES, code, sentence[:1].upper() + sentence[1:])


def _unchecked(path: str, error: Exception) -> Diagnostic:
    message = f"pyflakes could not check this file ({type(error).__name__}); the other checks were made."
    return Diagnostic(path, FILE_START, Severity.INFORMATION, Source.PYFLAKES, "not-checked", message)


def _place(text: Text, message: Message, node: ast.AST | None) -> Range:
    if isinstance(message, UnusedImport) and isinstance(node, ast.Import | ast.ImportFrom):
        node = next((alias for alias in node.names if _label(node, alias) == message.message_args[0]), node)
    start = text.at_byte(message.lineno - 1, message.col)
    if isinstance(node, _DEFINITIONS):
        return _name_of(text, node, start)
    end_line, end_column = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    if isinstance(node, ast.alias):
        start = text.at_byte(node.lineno - 1, node.col_offset)
    line, index = text.index(start)
    quoted = _QUOTED.match(text.lines[line], index)
    if quoted is not None and isinstance(node, ast.Name):
        # A name in a string annotation: pyflakes counts its end from the start of the string.
        return Range(start, text.at_index(line, quoted.end()))
    end = start if end_line is None or end_column is None else text.at_byte(end_line - 1, end_column)
    return visible(text, start, end)


def _label(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """How pyflakes names what an alias imports."""
    full = alias.name
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        full = module + alias.name if module.endswith(".") else f"{module}.{alias.name}"
    renamed = alias.asname is not None and alias.asname != full.rpartition(".")[2]
    return f"{full} as {alias.asname}" if renamed else full


def _name_of(text: Text, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, start: Position) -> Range:
    line, index = text.index(start)
    match = re.compile(rf"\b{re.escape(node.name)}\b").search(text.lines[line], index)
    if match is None:
        return visible(text, start, text.line_range(line).end)
    return Range(text.at_index(line, match.start()), text.at_index(line, match.end()))
