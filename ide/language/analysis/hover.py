"""Hover: what the name under the pointer is."""

from __future__ import annotations

from lsprotocol import types as lsp

from podium.ide.language.analysis import docs
from podium.ide.language.analysis.context import Context, place


def hover(context: Context, params: lsp.HoverParams) -> lsp.Hover | None:
    """Signature and documentation of a name; keywords and operators go without saying."""
    source = context.source(params.text_document.uri)
    if source is None:
        return None
    found = context.script(source).help(*place(source, params.position))
    words = dict.fromkeys(filter(None, (docs.describe(name) for name in found if name.type != "keyword")))
    if not words:
        return None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n---\n\n".join(words)))
