"""The outline of a file."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp
from parso.python.tree import Class, ExprStmt, Function, Name
from parso.tree import BaseNode, NodeOrLeaf

from podium.ide.language.analysis.context import Context, to_lsp, tree
from podium.ide.text import Range, Text

_Parent = type[Class] | type[Function] | None


def symbols(context: Context, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    """Classes, functions, and the variables of the module and of classes, nested as they are in the text."""
    source = context.source(params.text_document.uri)
    return [] if source is None else list(_below(source.text, tree(source), None))


def _below(text: Text, node: NodeOrLeaf, parent: _Parent) -> Iterator[lsp.DocumentSymbol]:
    for child in node.children if isinstance(node, BaseNode) else ():
        if isinstance(child, Class):
            yield _symbol(text, child, child.name, lsp.SymbolKind.Class, list(_below(text, child, Class)))
        elif isinstance(child, Function):
            kind = _function_kind(child.name.value, parent)
            yield _symbol(text, child, child.name, kind, list(_below(text, child, Function)))
        elif isinstance(child, ExprStmt):
            kind = lsp.SymbolKind.Field if parent is Class else lsp.SymbolKind.Variable
            yield from (_symbol(text, child, name, kind, []) for name in _variables(child) if parent is not Function)
        else:
            yield from _below(text, child, parent)


def _variables(statement: ExprStmt) -> list[Name]:
    names: list[Name] = statement.get_defined_names()  # type: ignore[no-untyped-call]  # parso is typed by halves
    return [name for name in names if name.parent is None or name.parent.type != "trailer"]


def _function_kind(name: str, parent: _Parent) -> lsp.SymbolKind:
    if parent is not Class:
        return lsp.SymbolKind.Function
    return lsp.SymbolKind.Constructor if name == "__init__" else lsp.SymbolKind.Method


def _symbol(
    text: Text, node: NodeOrLeaf, name: Name, kind: lsp.SymbolKind, children: list[lsp.DocumentSymbol]
) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(name.value, kind, _range(text, node), _range(text, name), children=children)


def _range(text: Text, node: NodeOrLeaf) -> lsp.Range:
    (start_line, start_column), (end_line, end_column) = node.start_pos, node.end_pos
    return to_lsp(Range(text.at_index(start_line - 1, start_column), text.at_index(end_line - 1, end_column)))
