"""The documents that an editor has open, followed so that they can be opened again in another process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from podium.ide.text import Edit, Position, Range, Text

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Document:
    language: str
    version: int
    text: Text


class OpenDocuments:
    """Follows the editor's notifications; whatever does not fit the protocol is left to the process to complain of."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}

    def follow(self, method: str, params: Params) -> None:
        """Take note of a notification from the editor."""
        handler = _HANDLERS.get(method)
        if handler is not None:
            try:
                handler(self, params)
            except (KeyError, TypeError, AttributeError):
                return

    def opening(self) -> list[Params]:
        """Return the params of ``textDocument/didOpen`` that make another process know all of them."""
        return [
            {
                "textDocument": {
                    "uri": uri,
                    "languageId": document.language,
                    "version": document.version,
                    "text": document.text.value,
                }
            }
            for uri, document in self._documents.items()
        ]

    def _opened(self, params: Params) -> None:
        given = params["textDocument"]
        text = Text(given["text"].removeprefix("\ufeff"))
        self._documents[given["uri"]] = _Document(given.get("languageId", "python"), given["version"], text)

    def _changed(self, params: Params) -> None:
        given = params["textDocument"]
        document = self._documents[given["uri"]]
        text = document.text
        for change in params["contentChanges"]:
            text = text.replaced(_edit(change)) if "range" in change else Text(change["text"])
        self._documents[given["uri"]] = replace(document, version=given["version"], text=text)

    def _closed(self, params: Params) -> None:
        self._documents.pop(params["textDocument"]["uri"], None)


_HANDLERS = {
    "textDocument/didOpen": OpenDocuments._opened,
    "textDocument/didChange": OpenDocuments._changed,
    "textDocument/didClose": OpenDocuments._closed,
}


def _edit(change: Params) -> Edit:
    start, end = change["range"]["start"], change["range"]["end"]
    where = Range(Position(start["line"], start["character"]), Position(end["line"], end["character"]))
    return Edit(where, change["text"])
