"""The methods that this server answers: their params, how they wait, and what it tells clients it can do.

A new feature is one line in :data:`METHODS`, one in :func:`_capabilities` and one in ``analysis.table``.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from lsprotocol import types as lsp

from podium.ide.language.convert import structure, unstructure
from podium.ide.language.messages import RpcError
from podium.ide.language.params import SourceParams, ValidateParams
from podium.ide.language.scheduling import Policy, Priority, Staleness


@dataclass(frozen=True, slots=True)
class Method:
    """One request method."""

    params: type
    policy: Policy


_TYPING = Policy(Priority.TYPING, Staleness.EDIT_BEFORE)
_POINTING = Policy(Priority.POINTING)
_COMMAND = Policy(Priority.COMMAND, replaces=False)
_VIEW = Policy(Priority.VIEW)
_UNBOUND = Policy(Priority.COMMAND, Staleness.NEVER, replaces=False)

METHODS: dict[str, Method] = {
    lsp.TEXT_DOCUMENT_COMPLETION: Method(lsp.CompletionParams, _TYPING),
    lsp.COMPLETION_ITEM_RESOLVE: Method(lsp.CompletionItem, Policy(Priority.POINTING, Staleness.NEVER, replaces=False)),
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP: Method(lsp.SignatureHelpParams, _TYPING),
    lsp.TEXT_DOCUMENT_HOVER: Method(lsp.HoverParams, _POINTING),
    lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: Method(lsp.DocumentHighlightParams, _POINTING),
    lsp.TEXT_DOCUMENT_DEFINITION: Method(lsp.DefinitionParams, _COMMAND),
    lsp.TEXT_DOCUMENT_REFERENCES: Method(lsp.ReferenceParams, _COMMAND),
    lsp.TEXT_DOCUMENT_PREPARE_RENAME: Method(lsp.PrepareRenameParams, _COMMAND),
    lsp.TEXT_DOCUMENT_RENAME: Method(lsp.RenameParams, _COMMAND),
    lsp.TEXT_DOCUMENT_FORMATTING: Method(lsp.DocumentFormattingParams, _COMMAND),
    lsp.TEXT_DOCUMENT_CODE_ACTION: Method(lsp.CodeActionParams, _VIEW),
    lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: Method(lsp.DocumentSymbolParams, _VIEW),
    lsp.TEXT_DOCUMENT_FOLDING_RANGE: Method(lsp.FoldingRangeParams, _VIEW),
    "podium/source": Method(SourceParams, _UNBOUND),
    "podium/validate": Method(ValidateParams, _UNBOUND),
}


@cache
def initialized() -> Any:
    """What ``initialize`` answers, as JSON."""
    return unstructure(lsp.InitializeResult(_capabilities(), lsp.ServerInfo("podium")))


def prepare() -> None:
    """Make what turns JSON into params, which takes long for the first time."""
    initialized()
    for method in METHODS.values():
        with suppress(RpcError):
            structure({}, method.params, "")


def _capabilities() -> lsp.ServerCapabilities:
    return lsp.ServerCapabilities(
        position_encoding=lsp.PositionEncodingKind.Utf16,
        text_document_sync=lsp.TextDocumentSyncOptions(open_close=True, change=lsp.TextDocumentSyncKind.Incremental),
        completion_provider=lsp.CompletionOptions(trigger_characters=["."], resolve_provider=True),
        signature_help_provider=lsp.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[")"]),
        hover_provider=True,
        document_highlight_provider=True,
        definition_provider=True,
        references_provider=True,
        rename_provider=lsp.RenameOptions(prepare_provider=True),
        document_formatting_provider=True,
        code_action_provider=lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
        document_symbol_provider=True,
        folding_range_provider=True,
    )
