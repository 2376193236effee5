"""Keeps a kernel parent running: starts it anew, with growing pauses, whenever it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from types import TracebackType
from typing import Self

from podium.kernels.backoff import again_and_again
from podium.kernels.box.plan import BoxPlan
from podium.kernels.parent.client import Parent

logger = logging.getLogger(__name__)


class ParentKeeper:
    """An async context manager; within it there is a kernel parent, or soon will be again.

    Its arguments are those of :meth:`~podium.kernels.parent.client.Parent.start`.
    """

    def __init__(self, runtime: Path, box: BoxPlan | None = None) -> None:
        self._runtime = runtime
        self._box = box
        self._parent: asyncio.Future[Parent]
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        self._parent = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(again_and_again(self._run_one), name="kernel parent")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if self._parent.done():
            await self._parent.result().close()

    async def parent(self) -> Parent:
        """The parent that runs now; waits for the next one while there is none."""
        return await asyncio.shield(self._parent)

    async def _run_one(self) -> None:
        try:
            parent = Parent.start(self._runtime, self._box)
        except OSError as error:
            logger.error("The kernel parent could not be started: %s", error)
            return
        self._parent.set_result(parent)
        await asyncio.shield(parent.lost)
        self._parent = asyncio.get_running_loop().create_future()
        logger.warning("The kernel parent (process %d) ended unexpectedly; starting another", parent.pid)
        await parent.close()
