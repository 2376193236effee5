"""Signature help: which argument is being typed."""

from __future__ import annotations

from jedi.api.classes import Signature as JediSignature
from lsprotocol import types as lsp

from podium.ide.language.analysis import docs, signatures
from podium.ide.language.analysis.context import Context, place


def signature_help(context: Context, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    """The signatures of the call around the cursor."""
    source = context.source(params.text_document.uri)
    if source is None:
        return None
    found = context.script(source).get_signatures(*place(source, params.position))
    if not found:
        return None
    items = [_information(item) for item in found]
    return lsp.SignatureHelp(items, active_signature=0, active_parameter=items[0].active_parameter)


def _information(item: JediSignature) -> lsp.SignatureInformation:
    signature = signatures.read(item)
    parameters = [
        lsp.ParameterInformation(label=offsets, documentation=_words(parameter.doc))
        for parameter, offsets in zip(signature.parameters, signature.offsets(), strict=True)
    ]
    return lsp.SignatureInformation(
        label=signature.label,
        documentation=_words(item.docstring(raw=True)),
        parameters=parameters,
        active_parameter=_active(item, signature),
    )


def _active(item: JediSignature, signature: signatures.Signature) -> int:
    """The parameter's place among those shown, which ``/`` and ``*`` are counted among; past the end marks none."""
    index = item.index
    if index is None or index >= len(item.params):
        return len(signature.parameters)
    name = item.params[index].name
    shown = (parameter.label.lstrip("*").partition(":")[0].partition("=")[0] for parameter in signature.parameters)
    return next((place for place, label in enumerate(shown) if label == name), index)


def _words(doc: str | None) -> lsp.MarkupContent | None:
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, docs.markdown(doc)) if doc else None
