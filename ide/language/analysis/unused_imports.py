"""Quick fixes: delete imports that nothing uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lsprotocol import types as lsp

from podium.ide.language.analysis.context import Context, Source, to_lsp
from podium.ide.text import Edit, Position, Range, Text
from podium.ide.validation import source as validation
from podium.ide.validation.diagnostics import Diagnostic

CODE = "unused-import"
_Import = ast.Import | ast.ImportFrom


def code_actions(context: Context, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """One action for the unused imports that the range touches, and one for all of the file."""
    source = context.source(params.text_document.uri)
    if source is None or source.path is None:
        return []
    unused = [item for item in validation.read(source.path, source.text.value).diagnostics if item.code == CODE]
    touched = [item for item in unused if _touches(item.range, params.range)]
    if not touched:
        return []
    actions = [
        _action(source, f"Delete unused import {item.message.split(' imported')[0]}", [item]) for item in touched
    ]
    if len(unused) > 1:
        actions.append(_action(source, "Delete all unused imports", unused))
    return actions


def _touches(found: Range, wanted: lsp.Range) -> bool:
    start, end = wanted.start, wanted.end
    return found.start <= Position(end.line, end.character) and Position(start.line, start.character) <= found.end


def _action(source: Source, title: str, found: list[Diagnostic]) -> lsp.CodeAction:
    edits = without_imports(source.text, {item.range.start for item in found})
    changes = [lsp.TextEdit(to_lsp(edit.range), edit.text) for edit in edits]
    return lsp.CodeAction(
        title=title,
        kind=lsp.CodeActionKind.QuickFix,
        edit=lsp.WorkspaceEdit(changes={source.uri: changes}),
        is_preferred=len(found) == 1,
    )


def without_imports(text: Text, places: set[Position]) -> list[Edit]:
    """Delete the imported names that start at ``places``, and the statements that are left with none."""
    edits: list[Edit] = []
    for parent in ast.walk(ast.parse(text.value)):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(parent, block, None)
            if isinstance(statements, list):
                edits += _of_block(text, statements, places)
    return edits


def _of_block(text: Text, statements: list[ast.stmt], places: set[Position]) -> Iterator[Edit]:
    doomed = {}
    for statement in statements:
        if isinstance(statement, _Import):
            doomed[statement] = [_range(text, alias).start in places for alias in statement.names]
    emptied = [statement for statement, marks in doomed.items() if all(marks)]
    for statement, marks in doomed.items():
        if not all(marks):
            yield from _of_statement(text, statement, marks)
    for statement in emptied:
        if len(emptied) == len(statements) and statement is statements[0] and statement.col_offset:
            yield Edit(_range(text, statement), "pass")
        else:
            yield Edit(_whole(text, statement, statements), "")


def _of_statement(text: Text, statement: _Import, doomed: list[bool]) -> Iterator[Edit]:
    """Delete a name with the comma before it or, when no name stays before it, with the one behind."""
    ranges = [_range(text, alias) for alias in statement.names]
    kept = False
    for index, delete in enumerate(doomed):
        kept = kept or not delete
        if delete and kept:
            yield Edit(Range(ranges[index - 1].end, ranges[index].end), "")
        elif delete:
            yield Edit(Range(ranges[index].start, ranges[index + 1].start), "")


def _range(text: Text, node: ast.stmt | ast.alias) -> Range:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Range(text.at_byte(node.lineno - 1, node.col_offset), text.at_byte(end_line - 1, end_column))


def _whole(text: Text, statement: ast.stmt, statements: list[ast.stmt]) -> Range:
    """A statement with its line, or up to its neighbour where it shares the line with one."""
    where = _range(text, statement)
    following = statements[statements.index(statement) + 1 :]
    if following and _range(text, following[0]).start.line == where.end.line:
        return Range(where.start, _range(text, following[0]).start)
    before = text.lines[where.start.line][: text.index(where.start)[1]]
    if before.strip():
        return Range(text.at_index(where.start.line, len(before.rstrip().rstrip(";").rstrip())), where.end)
    if where.end.line + 1 < len(text.lines):
        return Range(Position(where.start.line, 0), Position(where.end.line + 1, 0))
    return Range(Position(where.start.line, 0), text.end)
