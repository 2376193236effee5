"""How Jupyter messages travel in WebSocket frames: the default JSON framing, and ``v1.kernel.websocket.jupyter.org``.

Both are described in Jupyter Server's documentation ("WebSocket kernel wire protocols"). Messages stay the bytes that
the kernel wrote and signed; only as much is decoded as the framing itself needs.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"
"""The WebSocket subprotocol that stands for :class:`V1Framing`; without one it is :class:`DefaultFraming`."""
FIELDS = ("header", "parent_header", "metadata", "content")

_V1_NUMBER = struct.Struct("<Q")


class FrameError(ValueError):
    """A frame that breaks the protocol; the message says how."""


@dataclass(frozen=True, slots=True)
class Message:
    """A Jupyter message and the channel it belongs to.

    ``parts`` are the JSON texts of header, parent header, metadata and content, then any number of binary buffers.
    """

    channel: str
    parts: list[bytes]


class Framing(Protocol):
    """Turns messages into WebSocket frames and back; text frames are ``str``, binary ones ``bytes``."""

    def encode(self, message: Message) -> str | bytes:
        """The frame that carries ``message``."""

    def decode(self, frame: str | bytes) -> Message:
        """The message in ``frame``. Raises :class:`FrameError`."""


def framing(subprotocol: str | None) -> Framing:
    """The framing that a WebSocket's subprotocol stands for."""
    return V1Framing() if subprotocol == SUBPROTOCOL else DefaultFraming()


class V1Framing:
    """Binary frames: little-endian 64-bit numbers (how many offsets, then the offsets), then channel and parts.

    The offsets count from the frame's first byte; the last one is the frame's end.
    """

    def encode(self, message: Message) -> bytes:
        """The frame that carries ``message``."""
        pieces = [message.channel.encode(), *message.parts]
        offsets = _offsets(_V1_NUMBER.size * (len(pieces) + 2), pieces)
        return b"".join([struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets), *pieces])

    def decode(self, frame: str | bytes) -> Message:
        """The message in ``frame``."""
        if isinstance(frame, str) or len(frame) < _V1_NUMBER.size:
            raise FrameError(f"a frame of {SUBPROTOCOL} is binary and begins with the number of its offsets")
        (count,) = _V1_NUMBER.unpack_from(frame)
        start = _V1_NUMBER.size * (count + 1)
        if count < len(FIELDS) + 2 or start > len(frame):
            raise FrameError("the frame does not have as many offsets as it says, or too few for a message")
        offsets = struct.unpack_from(f"<{count}Q", frame, _V1_NUMBER.size)
        channel, *parts = _slices(frame, start, offsets)
        return Message(_text(channel), parts)


class DefaultFraming:
    """JSON: a text frame, or a binary one when there are buffers.

    A binary frame begins with big-endian 32-bit numbers (how many parts, then their offsets); the first part is the
    JSON, the others are the buffers.
    """

    def encode(self, message: Message) -> str | bytes:
        """The frame that carries ``message``."""
        count = len(FIELDS)
        fields, buffers = message.parts[:count], message.parts[count:]
        header = json.loads(fields[0])
        extra = {"channel": message.channel, "msg_id": header.get("msg_id"), "msg_type": header.get("msg_type")}
        members = [f'"{name}": {_text(part)}' for name, part in zip(FIELDS, fields, strict=True)]
        members += [f'"{name}": {json.dumps(value)}' for name, value in extra.items()]
        if not buffers:
            return "{" + ", ".join([*members, '"buffers": []']) + "}"
        pieces = [("{" + ", ".join(members) + "}").encode(), *buffers]
        offsets = _offsets(4 * (len(pieces) + 1), pieces)[:-1]
        return b"".join([struct.pack(f"!{len(offsets) + 1}I", len(offsets), *offsets), *pieces])

    def decode(self, frame: str | bytes) -> Message:
        """The message in ``frame``."""
        text, buffers = (frame, []) if isinstance(frame, str) else self._split(frame)
        try:
            message = json.loads(text)
            fields = [json.dumps(message[name]).encode() for name in FIELDS]
            channel = message.get("channel", "shell")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FrameError(f"the frame is not a JSON object with {', '.join(FIELDS)}: {error!r}") from error
        return Message(str(channel), fields + buffers)

    def _split(self, frame: bytes) -> tuple[bytes, list[bytes]]:
        (count,) = struct.unpack_from("!I", frame) if len(frame) >= 4 else (0,)
        start = 4 * (count + 1)
        if not count or start > len(frame):
            raise FrameError("the frame does not have as many offsets as it says, or none")
        text, *buffers = _slices(frame, start, [*struct.unpack_from(f"!{count}I", frame, 4), len(frame)])
        return text, buffers


def _offsets(start: int, pieces: Sequence[bytes]) -> list[int]:
    """Where each piece begins when the first does at ``start``, and where the last one ends."""
    offsets = [start]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return offsets


def _slices(frame: bytes, start: int, offsets: Sequence[int]) -> list[bytes]:
    if offsets[0] < start or offsets[-1] > len(frame) or list(offsets) != sorted(offsets):
        raise FrameError("the frame's offsets do not rise, or point outside of it")
    return [frame[begin:end] for begin, end in itertools.pairwise(offsets)]


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FrameError(f"the frame holds text that is not UTF-8: {error}") from error
