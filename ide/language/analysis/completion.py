"""Completion: what may be typed here, the likeliest first."""

from __future__ import annotations

from collections.abc import Hashable
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
        self._last: dict[str, Completion] = {}
        self._known: dict[Hashable, dict[str, Any] | None] = {}

    def complete(self, context: Context, params: lsp.CompletionParams) -> dict[str, Any] | None:
        """All names that fit, as JSON; the editor narrows them down as the user types on."""
        source = context.source(params.text_document.uri)
        if source is None:
            return None
        line, column = place(source, params.position)
        dotted = live_names.before(source, line, column)
        asked = None if dotted is None else context.running.ask(source.path or "", dotted.path)
        script = context.script(source)
        found = [] if _in_comment(source, line, column) else script.complete(line, column)
        self._serial += 1
        items = [item for one in found if (item := self._item(context, one)) is not None]
        self._last = {item.name_with_symbols: item for item in found}
        if dotted is not None and asked is not None:
            seen = asked.within(RUNNING_APP_S if items else _ONLY_RUNNING_APP_S)
            items += live_names.items(seen, dotted.typed, self._last)
        typed = script.typed if found else len(dotted.typed) if dotted else 0
        # Said once for all items: there are many, and each hop of their way reads them anew.
        defaults = {"editRange": _replaced(source, typed, line, column), "data": self._serial}
        return {"isIncomplete": False, "itemDefaults": defaults, "items": items}

    def resolve(self, context: Context, item: lsp.CompletionItem) -> lsp.CompletionItem:
        """Add signature and documentation to an item of the last list; an older one stays as it is."""
        found = self._last.get(item.label) if item.data == self._serial else None
        if found is None:
            return item
        item.detail = docs.declaration(found).partition("\n")[0]
        item.documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, context.described(found))
        return item

    def _item(self, context: Context, item: Completion) -> dict[str, Any] | None:
        """An item as JSON; ``None`` for a file's name, which would list folders of the machine that this runs on."""
        identity = context.identity(item)
        if identity in self._known:
            return self._known[identity]
        kind = context.kind(item)
        made = None if kind == "path" else _item(item, kind)
        if identity is not None:
            self._known[identity] = made
        return made


def _replaced(source: Source, typed: int, line: int, column: int) -> dict[str, Any]:
    """The range of what is typed of a name already, the same for all that are offered."""
    start, end = source.text.at_index(line - 1, column - typed), source.text.at_index(line - 1, column)
    return {"start": asdict(start), "end": asdict(end)}


def _item(item: Completion, kind: str) -> dict[str, Any]:
    label = item.name_with_symbols
    return {
        "label": label,
        "kind": _KINDS.get(kind, lsp.CompletionItemKind.Text),
        "sortText": f"{_rank(item, kind, label)}{label.lower()}",
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
