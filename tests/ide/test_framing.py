"""Frames and messages: what is well-formed, and how what is not is survived."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import ErrorCodes

from podium.ide.language.convert import structure
from podium.ide.language.framing import MAX_FRAME, FrameReader, FrameWriter, FramingError
from podium.ide.language.messages import Answer, Notification, Request, RpcError, decode, encode_notification
from podium.ide.language.methods import METHODS

FIELDS = ["textDocument", "uri", "version", "position", "line", "character", "range", "start", "end", "context"]


def frame(body: bytes) -> bytes:
    """A frame as a client writes it."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def read_all(data: bytes) -> list[bytes | str]:
    """Every frame of a stream, and what was said about what is none."""
    reader = FrameReader(io.BytesIO(data))
    found: list[bytes | str] = []
    while True:
        try:
            body = reader.read()
        except FramingError as error:
            found.append(str(error))
            continue
        if body is None:
            return found
        found.append(body)


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_what_is_written_is_read(bodies: list[bytes]) -> None:
    stream = io.BytesIO()
    writer = FrameWriter(stream)
    for body in bodies:
        writer.write(body)
    assert read_all(stream.getvalue()) == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\r\n\r\n",
        b"content-length:2\n\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2\r\nContent-Type: x\r\n\r\n",
        b"\r\n\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_headers_may_be_written_in_several_ways(header: bytes) -> None:
    assert read_all(header + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"nonsense\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"\x00" * 5000 + b"\n",
        b"{}\r\n",
    ],
)
def test_after_garbage_the_next_frame_is_found(garbage: bytes) -> None:
    assert read_all(garbage + frame(b"{}")) == ["expected a Content-Length header", b"{}"]


@pytest.mark.parametrize("data", [b"", b"Content-Length: 5\r\n", b"Content-Length: 5\r\n\r\nabc"])
def test_a_stream_that_ends_early_just_ends(data: bytes) -> None:
    assert read_all(data) == []


def test_garbage_at_the_end_is_said() -> None:
    assert read_all(b"nonsense") == ["expected a Content-Length header"]


def test_a_message_that_is_too_large_is_skipped() -> None:
    said, body = read_all(frame(b"x" * (MAX_FRAME + 1)) + frame(b"{}"))
    assert str(MAX_FRAME) in str(said)
    assert body == b"{}"


def test_writing_to_a_reader_that_is_gone_is_no_error() -> None:
    stream = io.BytesIO()
    stream.close()
    FrameWriter(stream).write(b"{}")


def test_messages_are_told_apart() -> None:
    assert decode(b'{"jsonrpc":"2.0","id":1,"method":"m","params":{}}') == Request(1, "m", {})
    assert decode(b'{"jsonrpc":"2.0","id":"a","method":"m"}') == Request("a", "m", None)
    assert decode(b'{"jsonrpc":"2.0","method":"m","params":[1]}') == Notification("m", [1])
    assert decode(b'{"jsonrpc":"2.0","id":1,"result":null}') == Answer(1, None)
    assert decode(b'{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}') == Answer(1, None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", ErrorCodes.ParseError),
        (b"\xff", ErrorCodes.ParseError),
        (b"[" * 100_000, ErrorCodes.ParseError),
        (b"[]", ErrorCodes.InvalidRequest),
        (b"1", ErrorCodes.InvalidRequest),
        (b'{"id":1,"method":"m"}', ErrorCodes.InvalidRequest),
        (b'{"jsonrpc":"2.0"}', ErrorCodes.InvalidRequest),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', ErrorCodes.InvalidRequest),
        (b'{"jsonrpc":"2.0","id":null,"method":"m"}', ErrorCodes.InvalidRequest),
        (b'{"jsonrpc":"2.0","id":true,"method":"m"}', ErrorCodes.InvalidRequest),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"m"}', ErrorCodes.InvalidRequest),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":"x"}', ErrorCodes.InvalidRequest),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, code: ErrorCodes) -> None:
    with pytest.raises(RpcError) as caught:
        decode(body)
    assert caught.value.code == code


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.sampled_from(sorted(METHODS)), json_values)
def test_params_fit_or_are_refused(method: str, params: object) -> None:
    """Nothing else may be raised, since it would end the thread that reads."""
    with contextlib.suppress(RpcError):
        structure(params, METHODS[method].params, method)


def test_half_a_surrogate_pair_can_be_sent() -> None:
    assert json.loads(encode_notification("m", {"text": "\ud83d"})) == {
        "jsonrpc": "2.0",
        "method": "m",
        "params": {"text": "\ud83d"},
    }
