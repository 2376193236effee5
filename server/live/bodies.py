"""Bodies as JSON: text where they are UTF-8, else base64."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterator
from typing import NamedTuple

from podium.runner.protocol import Body


def body_of(data: bytes, size: int) -> Body:
    """Describe a body of ``size`` bytes of which ``data`` was kept."""
    truncated = len(data) < size
    try:
        # What was cut off may have split the last character.
        text = codecs.getincrementaldecoder("utf-8")().decode(data, final=not truncated)
    except UnicodeDecodeError:
        return Body(size, base64=base64.b64encode(data).decode(), truncated=truncated)
    return Body(size, text=text, truncated=truncated)


class Piece(NamedTuple):
    """Some bytes of a body, as one of the two."""

    text: str | None = None
    base64: str | None = None


class ChunkEncoder:
    """Turns one body into pieces as it arrives. Their bytes, in order, are the body's.

    A character that is split between two pieces waits for its rest, so that text stays text.
    """

    def __init__(self) -> None:
        self._rest = b""

    def encode(self, piece: bytes) -> Iterator[Piece]:
        """Encode the next piece; yields nothing when it ends within its only character."""
        data = self._rest + piece
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            text = decoder.decode(data)
        except UnicodeDecodeError:
            self._rest = b""
            yield Piece(base64=base64.b64encode(data).decode())
            return
        self._rest = decoder.getstate()[0]
        if text:
            yield Piece(text=text)

    def finish(self) -> Iterator[Piece]:
        """Encode what still waits for its rest."""
        if self._rest:
            yield Piece(base64=base64.b64encode(self._rest).decode())
            self._rest = b""
