"""Follows the event stream of a kernel's runner, across lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from podium.kernels.control import RunnerUnavailable
from podium.kernels.kernel import Kernel
from podium.runner.protocol import Event

log = structlog.get_logger("podium.runs")
_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0


async def follow(kernel: Kernel, take: Callable[[Event], None]) -> None:
    """Hand every event of the runner to ``take``, each once and in order, until the kernel ends."""
    read, pause = 0, _PAUSE_S
    while not kernel.exit.done():
        try:
            async for event in kernel.runner.events(read):
                read, pause = max(read, event.n), _PAUSE_S
                _hand_over(event, take)
        except RunnerUnavailable as error:
            log.debug("event stream lost", kernel=kernel.id, reason=str(error))
        await asyncio.wait([kernel.exit], timeout=pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)


def _hand_over(event: Event, take: Callable[[Event], None]) -> None:
    try:
        take(event)
    except Exception:
        # What user code managed to put into this one must not cost the app all events to come.
        log.exception("an event was lost", number=event.n, type=event.type)
