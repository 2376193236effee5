"""Code actions: what pyflakes complains about and an edit can mend."""

from __future__ import annotations

from lsprotocol import types as lsp

from podium.ide.language.analysis import missing_imports, unused_imports
from podium.ide.language.analysis.context import Context
from podium.ide.language.analysis.quick_fix import is_wanted, touches
from podium.ide.validation import source as validation


def code_actions(context: Context, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """The quick fixes for the mistakes that a range touches."""
    source = context.source(params.text_document.uri)
    if source is None or source.path is None or not is_wanted(params.context.only):
        return []
    found = validation.read(source.path, source.text.value).diagnostics
    unused = [item for item in found if item.code == unused_imports.CODE]
    touched = [item for item in found if touches(item.range, params.range)]
    undefined = [item for item in touched if item.code == missing_imports.CODE]
    return [
        *unused_imports.actions(source, [item for item in touched if item.code == unused_imports.CODE], unused),
        *missing_imports.actions(context, source, undefined),
    ]
