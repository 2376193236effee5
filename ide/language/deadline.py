"""No request computes for ever: a timer of the operating system interrupts the main thread."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTimeError(BaseException):
    """Raised wherever the code is. It is no :class:`Exception`, so that no library takes it for one of its own."""


class Deadline:
    """Interrupts what runs under :meth:`limit`. To be made and used in the main thread."""

    def __init__(self) -> None:
        self._running = False
        self._expired = False
        signal.signal(signal.SIGALRM, self._interrupt)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._running:
            self._running = False
            raise OutOfTimeError

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise :class:`OutOfTimeError` in the body once ``seconds`` have passed."""
        signal.setitimer(signal.ITIMER_REAL, seconds)
        self._running = True
        try:
            if self._expired:
                raise OutOfTimeError
            yield
        except SystemError as error:
            if self._running:
                raise
            # Python's parser says this when it meets an exception that it has not raised itself.
            raise OutOfTimeError from error
        finally:
            self._running = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def expire(self) -> None:
        """Interrupt what runs under a limit, and whatever will: no more time is left. From any thread."""
        self._expired = True
        if self._running:
            signal.setitimer(signal.ITIMER_REAL, 1e-6)
