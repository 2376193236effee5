"""WebSocket frames of Jupyter messages: both framings, and frames that break them."""

from __future__ import annotations

import contextlib
import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.kernels.framing import SUBPROTOCOL, DefaultFraming, FrameError, Message, V1Framing, framing

HEADER = {"msg_id": "1", "msg_type": "status"}
PARTS = [json.dumps(HEADER).encode(), b"{}", b'{"tags": []}', '{"text": "é"}'.encode()]

json_objects = st.dictionaries(st.text(), st.text() | st.integers() | st.none()).map(
    lambda value: json.dumps(value).encode()
)
messages = st.builds(
    Message,
    st.sampled_from(["shell", "iopub", "control", "stdin"]),
    st.tuples(st.lists(json_objects, min_size=4, max_size=4), st.lists(st.binary(), max_size=3)).map(
        lambda both: both[0] + both[1]
    ),
)


def test_the_subprotocol_chooses() -> None:
    assert isinstance(framing(SUBPROTOCOL), V1Framing)
    assert isinstance(framing(None), DefaultFraming)
    assert isinstance(framing("something else"), DefaultFraming)


@settings(max_examples=50)
@given(messages)
def test_v1_gives_back_what_it_was_given(message: Message) -> None:
    assert V1Framing().decode(V1Framing().encode(message)) == message


@settings(max_examples=50)
@given(messages)
def test_default_gives_back_what_it_was_given(message: Message) -> None:
    decoded = DefaultFraming().decode(DefaultFraming().encode(message))
    assert decoded.channel == message.channel
    assert [json.loads(part) for part in decoded.parts[:4]] == [json.loads(part) for part in message.parts[:4]]
    assert decoded.parts[4:] == message.parts[4:]


def test_v1_layout() -> None:
    frame = V1Framing().encode(Message("shell", [b"{h}", b"{p}", b"{m}", b"{c}", b"\x00\xff"]))
    numbers = struct.unpack_from("<8Q", frame)
    assert numbers[0] == 7
    assert numbers[1] == 8 * 8
    assert numbers[7] == len(frame)
    assert frame[numbers[1] :] == b"shell{h}{p}{m}{c}\x00\xff"
    assert frame[numbers[5] : numbers[6]] == b"{c}"


def test_default_text_layout() -> None:
    frame = DefaultFraming().encode(Message("iopub", PARTS))
    assert isinstance(frame, str)
    assert json.loads(frame) == {
        "header": HEADER,
        "parent_header": {},
        "metadata": {"tags": []},
        "content": {"text": "é"},
        "channel": "iopub",
        "msg_id": "1",
        "msg_type": "status",
        "buffers": [],
    }


def test_default_binary_layout() -> None:
    frame = DefaultFraming().encode(Message("iopub", [*PARTS, b"one", b"two!"]))
    assert isinstance(frame, bytes)
    count, *offsets = struct.unpack_from("!4I", frame)
    assert (count, offsets[0]) == (3, 16)
    assert json.loads(frame[offsets[0] : offsets[1]])["header"] == HEADER
    assert frame[offsets[1] :] == b"onetwo!"
    assert offsets[2] - offsets[1] == 3


def test_default_channel_is_shell() -> None:
    frame = json.dumps({"header": {}, "parent_header": {}, "metadata": {}, "content": {}})
    assert DefaultFraming().decode(frame).channel == "shell"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "not JSON",
        "[]",
        "null",
        '{"header": {}}',
        b"",
        b"\x00\x00",
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        struct.pack("!II", 1, 99),
        struct.pack("!III", 2, 12, 4) + b"{}",
        struct.pack("!II", 1, 8) + b"\xff\xfe",
    ],
)
def test_default_refuses(frame: str | bytes) -> None:
    with pytest.raises(FrameError):
        DefaultFraming().decode(frame)


@pytest.mark.parametrize(
    "frame",
    [
        "text",
        b"",
        b"\x01",
        struct.pack("<Q", 2**63),
        struct.pack("<2Q", 1, 16) + b"shell",
        struct.pack("<7Q", 6, 0, 0, 0, 0, 0, 0),
        struct.pack("<7Q", 6, 56, 61, 60, 61, 61, 61) + b"shell",
        struct.pack("<7Q", 6, 56, 61, 61, 61, 61, 2**40) + b"shell",
        struct.pack("<7Q", 6, 56, 58, 58, 58, 58, 58) + b"\xff\xfe",
    ],
)
def test_v1_refuses(frame: str | bytes) -> None:
    with pytest.raises(FrameError):
        V1Framing().decode(frame)


@settings(max_examples=50)
@given(st.binary() | st.text())
def test_nothing_else_is_ever_raised(frame: str | bytes) -> None:
    for each in (V1Framing(), DefaultFraming()):
        with contextlib.suppress(FrameError):
            each.decode(frame)
