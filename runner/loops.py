"""The loop that serves the app now, and what is done when user code has brought it to a stand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from podium.runner import stuck
from podium.runner.serving import Serving
from podium.runner.watchdog import Watchdog

T = TypeVar("T")

ANSWERS_WITHIN = 1.0
"""Seconds within which a loop that is not blocked comes round."""
_SECOND_LOOK = 0.1
RETIRED_GRACE = 5.0
"""Seconds that a blocked loop has after its retirement, before what blocks it is interrupted."""


class Loops:
    """Holds the loop that serves; used from the control thread's loop only."""

    def __init__(self, first: Serving, another: Callable[[], Serving], watchdog: Watchdog) -> None:
        self.serving = first
        self._another = another
        self._watchdog = watchdog
        self._seeing_off: set[asyncio.Task[None]] = set()

    async def run(self, coroutine: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
        """Run ``coroutine`` on the app's loop; cancels it and raises ``TimeoutError`` after so many seconds."""
        return await run_on(self.serving, coroutine, seconds)

    async def responds(self, seconds: float = ANSWERS_WITHIN) -> bool:
        """Tell whether the app's loop comes round, within so many seconds."""
        # A second look, since a process that was suspended meanwhile gave the loop no chance to answer the first.
        return await _comes_round(self.serving, seconds) or await _comes_round(self.serving, _SECOND_LOOK)

    async def replace_if_blocked(self) -> bool:
        """Start another loop when the present one stands still; tell whether that was so."""
        if await self.responds():
            return False
        self._replace()
        return True

    async def unblock(self, patience: float = ANSWERS_WITHIN) -> bool:
        """Get a loop going that is blocked for so many seconds, by raising an exception in what blocks it.

        Tells whether it turns.
        """
        if await self.responds(patience):
            return True
        stuck.interrupt(self.serving.ident)
        return await self.responds()

    async def unblock_or_replace(self) -> None:
        """Get a blocked loop going, or start another loop when it waits where no exception reaches it."""
        if not await self.unblock():
            self._replace()

    def _replace(self) -> None:
        retired, self.serving = self.serving, self._another()
        self._watchdog.watch(self.serving)
        retired.retire()
        task = asyncio.create_task(_see_off(retired), name="podium-retired-loop")
        self._seeing_off.add(task)
        task.add_done_callback(self._seeing_off.discard)


async def run_on(serving: Serving, coroutine: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
    """Run ``coroutine`` on the loop of ``serving`` and wait for it, at most so long."""
    return await asyncio.wait_for(asyncio.wrap_future(serving.submit(coroutine)), seconds)


async def _see_off(retired: Serving) -> None:
    """Let a retired loop finish; an endless computation would take processor time from everybody for ever."""
    if not await _comes_round(retired, RETIRED_GRACE):
        stuck.interrupt(retired.ident)


async def _comes_round(serving: Serving, seconds: float) -> bool:
    try:
        await run_on(serving, _nothing(), seconds)
    except TimeoutError:
        return False
    return True


async def _nothing() -> None:
    """Come round once."""
