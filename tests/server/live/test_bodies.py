"""Bodies as JSON."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from podium.server.live.bodies import ChunkEncoder, Piece, body_of


def decoded(pieces: list[Piece]) -> bytes:
    return b"".join(
        piece.text.encode() if piece.text is not None else base64.b64decode(piece.base64 or "") for piece in pieces
    )


def encoded(chunks: list[bytes]) -> list[Piece]:
    encoder = ChunkEncoder()
    return [piece for chunk in chunks for piece in encoder.encode(chunk)] + list(encoder.finish())


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_pieces_hold_exactly_the_bytes(chunks: list[bytes]) -> None:
    assert decoded(encoded(chunks)) == b"".join(chunks)


@given(st.text(max_size=50), st.data())
def test_text_stays_text_wherever_it_is_cut(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    cut = data.draw(st.integers(0, len(raw)))
    pieces = encoded([raw[:cut], raw[cut:]])
    assert "".join(piece.text or "" for piece in pieces) == text
    assert all(piece.base64 is None for piece in pieces)


def test_a_whole_body() -> None:
    body = body_of(b"gr\xc3\xbc\xc3\x9f", 6)
    assert (body.size, body.text, body.base64, body.truncated) == (6, "gr\u00fc\u00df", None, False)


def test_a_body_that_is_no_text() -> None:
    body = body_of(b"\xff\x00", 2)
    assert (body.text, body.base64) == (None, "/wA=")


def test_a_body_that_was_cut_in_a_character_is_still_text() -> None:
    body = body_of(b"gr\xc3", 6)
    assert (body.text, body.truncated) == ("gr", True)


def test_a_whole_body_that_ends_in_half_a_character_is_not() -> None:
    assert body_of(b"gr\xc3", 3).text is None
