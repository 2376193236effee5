"""Time as the idle logic sees it, so that tests need not wait for it."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A clock in seconds from an arbitrary start."""

    def time(self) -> float:
        """Now."""

    async def sleep(self, seconds: float) -> None:
        """Return after that much of this clock's time."""


class MonotonicClock:
    """The machine's own clock."""

    def time(self) -> float:
        """Now."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        await asyncio.sleep(seconds)
