"""``podium/source``: a library's file, to be read and not to be edited."""

from __future__ import annotations

from lsprotocol.types import LSPErrorCodes

from podium.ide.language.analysis.context import Context
from podium.ide.language.messages import RpcError
from podium.ide.language.params import SourceParams


def source_text(context: Context, params: SourceParams) -> dict[str, str]:
    """The text of a ``library:///`` document. Raises :class:`RpcError` for any other."""
    source = context.source(params.uri)
    if source is None or source.path is not None:
        raise RpcError(LSPErrorCodes.RequestFailed, f"{params.uri} is not the source of an installed library.")
    return {"text": source.text.value}
