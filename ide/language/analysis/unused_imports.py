"""Quick fixes: delete imports that nothing uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lsprotocol import types as lsp

from podium.ide.language.analysis.context import Source
from podium.ide.language.analysis.quick_fix import quick_fix
from podium.ide.text import Edit, Position, Range, Text
from podium.ide.validation.diagnostics import Diagnostic

CODE = "unused-import"
_Import = ast.Import | ast.ImportFrom


def actions(source: Source, touched: list[Diagnostic], unused: list[Diagnostic]) -> Iterator[lsp.CodeAction]:
    """One action for each unused import that is asked about, and one for all of the file."""
    for item in touched:
        yield _action(source, f"Delete unused import {item.message.split(' imported')[0]}", [item])
    if touched and len(unused) > 1:
        yield _action(source, "Delete all unused imports", unused)


def _action(source: Source, title: str, found: list[Diagnostic]) -> lsp.CodeAction:
    return quick_fix(source, title, without_imports(source.text, {item.range.start for item in found}), *found)


def without_imports(text: Text, places: set[Position]) -> list[Edit]:
    """Delete the imported names that start at ``places``, and the statements that are left with none."""
    edits: list[Edit] = []
    for parent in ast.walk(ast.parse(text.value)):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(parent, block, None)
            if isinstance(statements, list) and statements:
                edits += _of_block(text, statements, places, needs_one=not isinstance(parent, ast.Module))
    return edits


def _of_block(text: Text, statements: list[ast.stmt], places: set[Position], *, needs_one: bool) -> Iterator[Edit]:
    emptied = []
    for statement in statements:
        names = statement.names if isinstance(statement, _Import) else []
        doomed = [_range(text, name).start in places for name in names]
        emptied.append(bool(doomed) and all(doomed))
        if not emptied[-1]:
            yield from _deletions([_range(text, name) for name in names], doomed)
    if needs_one and all(emptied):
        yield Edit(Range(_range(text, statements[0]).start, _range(text, statements[-1]).end), "pass")
        return
    for line in _by_line(text, statements):
        ranges = [_range(text, statements[index]) for index in line]
        doomed = [emptied[index] for index in line]
        if all(doomed):
            yield Edit(_lines(text, ranges[0].start.line, ranges[-1].end.line), "")
        else:
            yield from _deletions(ranges, doomed)


def _deletions(ranges: list[Range], doomed: list[bool]) -> Iterator[Edit]:
    """Delete parts of a list, each with the separator before it or, while none before it stays, the one behind it."""
    kept = False
    for index, delete in enumerate(doomed):
        kept = kept or not delete
        if delete and kept:
            yield Edit(Range(ranges[index - 1].end, ranges[index].end), "")
        elif delete:
            yield Edit(Range(ranges[index].start, ranges[index + 1].start), "")


def _by_line(text: Text, statements: list[ast.stmt]) -> list[list[int]]:
    """The indices of statements, those together that semicolons hold on one line."""
    groups: list[list[int]] = []
    end = -1
    for index, statement in enumerate(statements):
        where = _range(text, statement)
        if where.start.line != end:
            groups.append([])
        groups[-1].append(index)
        end = where.end.line
    return groups


def _lines(text: Text, first: int, last: int) -> Range:
    end = Position(last + 1, 0) if last + 1 < len(text.lines) else text.end
    return Range(Position(first, 0), end)


def _range(text: Text, node: ast.stmt | ast.alias) -> Range:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Range(text.at_byte(node.lineno - 1, node.col_offset), text.at_byte(end_line - 1, end_column))
