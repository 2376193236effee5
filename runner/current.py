"""Which request the running code belongs to.

A context variable: tasks, ``asyncio.to_thread`` and the thread pools of the frameworks carry it along. Threads that an
app starts itself do not inherit it before Python 3.14, so what they print belongs to no request.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from podium.runner.protocol import LogLine


class BoundedText:
    """Text that grows in pieces and keeps its first ``limit`` characters; the rest is counted."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = ""
        self._length = 0

    def add(self, piece: str) -> None:
        """Take the next piece."""
        self._length += len(piece)
        self._kept += piece[: self._limit - len(self._kept)]

    def __str__(self) -> str:
        lost = self._length - len(self._kept)
        return f"{self._kept}… ({lost:,} more characters)" if lost else self._kept


class Cause(Protocol):
    """What the capture needs to know of a request."""

    @property
    def id(self) -> str:
        """The request's id."""

    @property
    def unfinished(self) -> dict[str, BoundedText]:
        """The beginnings of lines that the request has printed without their end, by stream."""

    def note_line(self, line: LogLine) -> None:
        """Keep a line that the request caused."""

    def note_error(self, error: BaseException) -> None:
        """Keep an exception that was reported while the request ran; it matters if the answer says 5xx."""


current: ContextVar[Cause | None] = ContextVar("podium_request", default=None)
