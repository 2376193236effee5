"""Frames of the Language Server Protocol: a ``Content-Length`` header, an empty line, that many bytes.

Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol
"""

from __future__ import annotations

import re
import threading
from typing import BinaryIO

MAX_FRAME = 32 * 1024 * 1024
"""Bytes of one message; an app has at most 500 KB of text, which JSON can make six times as long."""
_MAX_HEADER = 1024
_DISCARDED_AT_ONCE = 64 * 1024
_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,12})[ \t]*\r?\n", re.IGNORECASE)
_CONTENT_TYPE = b"content-type:"


class FramingError(Exception):
    """What was read is no frame. The next call of :meth:`FrameReader.read` goes on with the frame after it."""


class FrameReader:
    """Reads frames, and finds the next one when something else stands in between."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._length: int | None = None

    def read(self) -> bytes | None:
        """The body of the next frame, or ``None`` at the end of the stream."""
        if self._length is None:
            self._read_length()
        length, self._length = self._length, None
        if length is None or not self._skip_headers():
            return None
        if length > MAX_FRAME:
            self._discard(length)
            raise FramingError(f"a message of {length} bytes is over the limit of {MAX_FRAME}")
        body = self._stream.read(length)
        return body if len(body) == length else None

    def _read_length(self) -> None:
        garbage = False
        while line := self._stream.readline(_MAX_HEADER):
            match = _LENGTH.fullmatch(line)
            if match is not None:
                self._length = int(match[1])
                break
            garbage = garbage or not _harmless(line)
        if garbage:
            raise FramingError("expected a Content-Length header")

    def _skip_headers(self) -> bool:
        while line := self._stream.readline(_MAX_HEADER):
            if not line.strip():
                return True
        return False

    def _discard(self, length: int) -> None:
        while length > 0 and (chunk := self._stream.read(min(length, _DISCARDED_AT_ONCE))):
            length -= len(chunk)


def _harmless(line: bytes) -> bool:
    return not line.strip() or line.lower().startswith(_CONTENT_TYPE)


class FrameWriter:
    """Writes frames, from any thread. Once the reader at the other end is gone they are dropped."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, body: bytes) -> None:
        """Write one frame and flush it."""
        with self._lock:
            try:
                self._stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                # The end of stdin, which comes with it, is what ends the process.
                return
