"""Formatting, by ruff."""

from __future__ import annotations

import subprocess

from lsprotocol import types as lsp
from ruff import find_ruff_bin

from podium.ide.language.analysis.context import Context, to_lsp
from podium.ide.language.messages import RpcError
from podium.ide.text import Position, Range

_DEADLINE_S = 10


def formatting(context: Context, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
    """The whole file as ruff writes it. Raises :class:`RpcError` for a file that does not parse."""
    source = context.source(params.text_document.uri)
    if source is None or source.path is None:
        return None
    command = [find_ruff_bin(), "format", "--isolated", "--quiet", "--stdin-filename", source.file.name, "-"]
    try:
        text = source.text.value.encode("utf-8", "surrogatepass")
        done = subprocess.run(command, input=text, capture_output=True, timeout=_DEADLINE_S, check=True)  # noqa: S603
    except subprocess.CalledProcessError:
        message = f"{source.path} cannot be formatted while it has a syntax error."
        raise RpcError(lsp.LSPErrorCodes.RequestFailed, message) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RpcError(lsp.LSPErrorCodes.RequestFailed, f"ruff could not format {source.path}: {error}") from error
    formatted = done.stdout.decode()
    if formatted == source.text.value:
        return []
    return [lsp.TextEdit(to_lsp(Range(Position(0, 0), source.text.end)), formatted)]
