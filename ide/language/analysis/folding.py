"""What of a file can be folded. Files with mistakes fold as well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types as lsp
from parso.tree import BaseNode, NodeOrLeaf

from podium.ide.language.analysis.context import Context, Source, tree

_Fold = tuple[int, int, lsp.FoldingRangeKind | None]
_IMPORTS = frozenset({"import_name", "import_from"})
_HEADS = frozenset({"keyword", "except_clause"})
_FOLDED = frozenset({"atom", "atom_expr", "import_from", "parameters", "string", "trailer"})
_REGION = re.compile(r"#\s*(region|endregion)\b")


def foldings(context: Context, params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    """Blocks, brackets, long strings, groups of imports and of comments."""
    source = context.source(params.text_document.uri)
    if source is None:
        return []
    module = tree(source)
    found: dict[int, lsp.FoldingRange] = {}
    for start, end, kind in (*_blocks(module), *_import_groups(module), *_comments(source)):
        if end > max(start, found[start].end_line if start in found else 0):
            found[start] = lsp.FoldingRange(start_line=start, end_line=end, kind=kind)
    return list(found.values())


def _blocks(node: NodeOrLeaf) -> Iterator[_Fold]:
    """Blocks from the line of the keyword that they belong to, and whatever else has several lines."""
    if node.type in _FOLDED:
        yield node.start_pos[0] - 1, _last_line(node), None
    head = node
    for child in node.children if isinstance(node, BaseNode) else ():
        if child.type in _HEADS:
            head = child
        elif child.type == "suite":
            yield head.start_pos[0] - 1, _last_line(child), None
        yield from _blocks(child)


def _last_line(node: NodeOrLeaf) -> int:
    """A block's last line with text; its node ends on the line after it."""
    line, column = node.end_pos
    return line - 2 if column == 0 else line - 1


def _import_groups(tree: BaseNode) -> Iterator[_Fold]:
    group: list[NodeOrLeaf] = []
    for statement in tree.children:
        first = statement.children[0] if isinstance(statement, BaseNode) and statement.children else statement
        if first.type in _IMPORTS:
            group.append(first)
            continue
        if group:
            yield group[0].start_pos[0] - 1, group[-1].end_pos[0] - 1, lsp.FoldingRangeKind.Imports
        group = []


def _comments(source: Source) -> Iterator[_Fold]:
    start = None
    for number, line in enumerate([*source.text.lines, ""]):
        comment = line.lstrip().startswith("#") and not _REGION.search(line)
        if comment and start is None:
            start = number
        elif not comment and start is not None:
            yield start, number - 1, lsp.FoldingRangeKind.Comment
            start = None
