"""Hover: what the name under the pointer is."""

from __future__ import annotations

from jedi.api.classes import Name
from lsprotocol import types as lsp

from podium.ide.language.analysis import live_names
from podium.ide.language.analysis.context import Context, Source, place

_RUNNING_APP_S = 0.2


def hover(context: Context, params: lsp.HoverParams) -> lsp.Hover | None:
    """Signature and documentation of a name; keywords and operators go without saying."""
    source = context.source(params.text_document.uri)
    if source is None:
        return None
    line, column = place(source, params.position)
    found = [name for name in context.script(source).help(line, column) if name.type != "keyword"]
    seen = _seen(context, source, line, column) if all(map(_is_unknown, found)) else ""
    words = dict.fromkeys(filter(None, [seen] if seen else map(context.described, found)))
    if not words:
        return None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n---\n\n".join(words)))


def _is_unknown(name: Name) -> bool:
    """Whether the code does not tell what kind of value a name has."""
    return name.type == "statement" and not name.infer()


def _seen(context: Context, source: Source, line: int, column: int) -> str:
    """What a name is in the running app."""
    path = live_names.around(source, line, column)
    if path is None or source.path is None:
        return ""
    return live_names.describe(".".join(path), context.running.ask(source.path, path).within(_RUNNING_APP_S))
