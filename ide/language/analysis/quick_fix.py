"""Quick fixes for what the checks find: which there are, and how an editor is told of them."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types as lsp

from podium.ide.language.analysis.context import Source, to_lsp
from podium.ide.text import Edit, Position, Range
from podium.ide.validation.diagnostics import Diagnostic


def is_wanted(only: Sequence[lsp.CodeActionKind | str] | None) -> bool:
    """Whether a client that asks for some kinds of actions alone asks for quick fixes."""
    return not only or lsp.CodeActionKind.QuickFix in only or lsp.CodeActionKind.Empty in only


def touches(found: Range, wanted: lsp.Range) -> bool:
    """Whether a place is in a range that is asked about."""
    start, end = wanted.start, wanted.end
    return found.start <= Position(end.line, end.character) and Position(start.line, start.character) <= found.end


def quick_fix(source: Source, title: str, edits: list[Edit], *fixed: Diagnostic) -> lsp.CodeAction:
    """An action that edits one file; one that fixes a single mistake is preferred."""
    changes = [lsp.TextEdit(to_lsp(edit.range), edit.text) for edit in edits]
    return lsp.CodeAction(
        title=title,
        kind=lsp.CodeActionKind.QuickFix,
        edit=lsp.WorkspaceEdit(changes={source.uri: changes}),
        is_preferred=len(fixed) == 1,
    )
