"""Background tasks: each has a name, is held, and reports how it failed; at the end they are cancelled and awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self

import structlog

log = structlog.get_logger("podium.background")
_PATIENCE_S = 5.0
_AGAIN_S = 1.0


class Background:
    """The tasks of one server."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work`` in a task; an exception that leaves it is logged under ``name``."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._tasks)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task failed", task=task.get_name(), exc_info=error)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended; those that do not are reported.

    They are cancelled more than once, because one that comes at the wrong moment can get lost on its way: PyMongo
    loses it while it opens a connection, and the task goes on as if nothing had been.
    """
    left = {task for task in tasks if not task.done()}
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while left and asyncio.get_running_loop().time() < deadline:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_S)
    for task in left:
        log.error("background task does not end", task=task.get_name())
