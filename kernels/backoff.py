"""Starting something anew whenever it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_HEALTHY_S = 30.0


async def again_and_again(run: Callable[[], Awaitable[None]]) -> None:
    """Call ``run`` for ever; the pauses grow while it does not last."""
    loop = asyncio.get_running_loop()
    pause = 0.0
    while True:
        started = loop.time()
        await run()
        healthy = loop.time() - started > _HEALTHY_S
        pause = 0.0 if healthy else min(max(pause * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
        await asyncio.sleep(pause)
