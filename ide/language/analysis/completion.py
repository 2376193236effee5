"""Completion: what may be typed here, the likeliest first."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jedi.api.classes import Completion
from lsprotocol import types as lsp

from podium.ide.language.analysis import docs, live_names
from podium.ide.language.analysis.context import Context, Source, place, tree

_KINDS = {
    "module": lsp.CompletionItemKind.Module,
    "namespace": lsp.CompletionItemKind.Module,
    "class": lsp.CompletionItemKind.Class,
    "instance": lsp.CompletionItemKind.Variable,
    "function": lsp.CompletionItemKind.Function,
    "param": lsp.CompletionItemKind.Variable,
    "keyword": lsp.CompletionItemKind.Keyword,
    "property": lsp.CompletionItemKind.Property,
    "statement": lsp.CompletionItemKind.Variable,
}


RUNNING_APP_S = 0.02
"""How long after the question the running app may take to say what it knows, which is not much to wait for: what can be
read in the code is there after half of that."""
_ONLY_RUNNING_APP_S = 0.2


class Completions:
    """Answers completions and remembers the last list, whose items the editor asks about one by one."""

    def __init__(self) -> None:
        self._serial = 0
        self._last: list[Completion] = []

    def complete(self, context: Context, params: lsp.CompletionParams) -> dict[str, Any] | None:
        """All names that fit, as JSON; the editor narrows them down as the user types on."""
        source = context.source(params.text_document.uri)
        if source is None:
            return None
        line, column = place(source, params.position)
        dotted = live_names.before(source, line, column)
        asked = None if dotted is None else context.running.ask(source.path or "", dotted.path)
        found = [] if _in_comment(source, line, column) else context.script(source).complete(line, column)
        self._serial += 1
        # A file's name in a string would list folders of the machine that this server runs on.
        kinds = [(item, kind) for item in found if (kind := context.kind(item)) != "path"]
        self._last = [item for item, _ in kinds]
        where = _replaced(source, found, dotted, line, column)
        items = [_item(item, kind, where) | {"data": [self._serial, index]} for index, (item, kind) in enumerate(kinds)]
        if dotted is not None and asked is not None:
            seen = asked.within(RUNNING_APP_S if items else _ONLY_RUNNING_APP_S)
            items += live_names.items(seen, dotted.typed, {item["label"] for item in items}, where)
        return {"isIncomplete": False, "items": items}

    def resolve(self, _context: Context, item: lsp.CompletionItem) -> lsp.CompletionItem:
        """Add signature and documentation to an item of the last list; an older one stays as it is."""
        match item.data:
            case [self._serial, int(index)] if 0 <= index < len(self._last):
                found = self._last[index]
            case _:
                return item
        item.detail = docs.declaration(found).partition("\n")[0]
        item.documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, docs.describe(found))
        return item


def _replaced(
    source: Source, found: list[Completion], dotted: live_names.Dotted | None, line: int, column: int
) -> dict[str, Any]:
    """The range of what is typed of a name already, the same for all that are offered."""
    typed = found[0].get_completion_prefix_length() if found else len(dotted.typed) if dotted else 0
    start, end = source.text.at_index(line - 1, column - typed), source.text.at_index(line - 1, column)
    return {"start": asdict(start), "end": asdict(end)}


def _item(item: Completion, kind: str, where: dict[str, Any]) -> dict[str, Any]:
    label = item.name_with_symbols
    return {
        "label": label,
        "kind": _KINDS.get(kind, lsp.CompletionItemKind.Text),
        "sortText": f"{_rank(item, kind, label)}{label.lower()}",
        "filterText": label,
        "insertTextFormat": lsp.InsertTextFormat.PlainText,
        "textEdit": {"range": where, "newText": label},
    }


def _in_comment(source: Source, line: int, column: int) -> bool:
    """Whether a place is behind a ``#`` that begins a comment: what stands before a token is blank but for those."""
    leaf = tree(source).get_leaf_for_position(  # type: ignore[no-untyped-call]  # parso is typed by halves
        (line, column), include_prefixes=True
    )
    if leaf is None or (line, column) > leaf.start_pos:
        return False
    prefix_line, prefix_column = leaf.get_start_pos_of_prefix()
    start = prefix_column if prefix_line == line else 0
    return "#" in source.text.lines[line - 1][start:column]


def _rank(item: Completion, kind: str, label: str) -> int:
    """Keyword arguments first, then the user's own names, others, builtins and keywords, private names last."""
    if label.endswith("="):
        return 0
    if label.startswith("_"):
        return 9 if label.startswith("__") else 8
    if kind == "keyword" or item.in_builtin_module():
        return 5
    return 2
