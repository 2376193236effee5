"""Keeps a template of each environment warm that is in use, so that kernels can be forked from it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from podium.kernels.backoff import again_and_again
from podium.kernels.clock import Clock
from podium.kernels.environment import base_environment
from podium.kernels.environments.python import Python
from podium.kernels.parent.client import Parent, ParentError, ParentLostError, Started
from podium.kernels.parent.protocol import Warm
from podium.kernels.race import race

IDLE_S = 600.0
"""For how long a template of an app's own environment is kept after the last kernel that could be forked from it."""
LATER_S = 1.0
"""How long after such a kernel was started its template is begun, so that the first Run need not share the machine."""

logger = logging.getLogger(__name__)


class TemplateKeeper:
    """An async context manager; within it there is a template of an environment, or soon will be again.

    An environment is known by its interpreter. Where the system cannot fork warm processes safely there never is one
    (macOS: its own libraries start threads), and kernels are started cold. With ``own`` it is in a box in which only
    these folders can be written: those of the kernels that are to be forked from it.
    """

    def __init__(
        self,
        parent: Callable[[], Awaitable[Parent]],
        interpreter: str = sys.executable,
        own: Sequence[str] = (),
    ) -> None:
        self._parent = parent
        self._interpreter = interpreter
        self._own = own
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._warm = asyncio.Event()
        self._started: Started | None = None

    async def __aenter__(self) -> Self:
        if sys.platform == "linux":
            self._task = asyncio.create_task(again_and_again(self._run_one), name=f"template of {self._interpreter}")
        else:
            self._settled.set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def pid(self) -> int | None:
        """The template's process; ``None`` when it has ended."""
        return None if self._started is None or self._started.ended.done() else self._started.pid

    async def settled(self) -> None:
        """Wait until the template is warm, or has failed to become so; starting another one is not waited out."""
        await self._settled.wait()

    async def warm(self) -> int:
        """Wait until there is a warm template, and return its process id."""
        while (pid := self.pid) is None or not self._warm.is_set():
            self._warm.clear()
            await self._warm.wait()
        return pid

    async def _run_one(self) -> None:
        self._settled.clear()
        try:
            await self._keep_one(await self._parent())
        except ParentError as error:
            logger.warning("There is no template of kernels for %s: %s", self._interpreter, error)
        finally:
            self._settled.set()

    async def _keep_one(self, parent: Parent) -> None:
        environment = base_environment(self._interpreter)
        name, root = f"template-{uuid.uuid4().hex}", Path(self._interpreter).parents[1]
        request = Warm(name, self._interpreter, environment, own=[*self._own], reads=[str(root)])
        try:
            self._started, warmed = await parent.warm(request)
            ended = self._started.ended
            await race(asyncio.shield(warmed), ended)
            if warmed.done():
                self._warm.set()
                self._settled.set()
            exited = await asyncio.shield(ended)
        except asyncio.CancelledError:
            with contextlib.suppress(ParentLostError):
                await parent.signal(request.kernel, signal.SIGKILL)
            raise
        self._warm.clear()
        if exited:
            output = exited.output.strip()
            logger.warning("The template of kernels for %s has ended; starting another: %s", self._interpreter, output)


class Templates:
    """Templates of apps' own environments: begun when a kernel of one was started, and given up when idle.

    Their packages are whatever an app asked for, so they are boxed, as far as that goes: see :class:`TemplateKeeper`.
    """

    def __init__(
        self,
        parent: Callable[[], Awaitable[Parent]],
        clock: Clock,
        own: Sequence[str] = (),
        idle_s: float = IDLE_S,
    ) -> None:
        self._parent = parent
        self._own = own
        self._clock = clock
        self._idle_s = idle_s
        self._wanted_at: dict[Python, float] = {}
        self._tasks: dict[Python, asyncio.Task[None]] = {}
        self._kept: dict[Python, asyncio.Future[TemplateKeeper]] = {}

    @property
    def environments(self) -> set[Python]:
        """The environments that have a template, or soon will."""
        return set(self._tasks)

    async def warm(self, python: Python) -> int:
        """Wait until the template of an environment that is wanted is warm, and return its process id."""
        return await (await asyncio.shield(self._kept[python])).warm()

    def want(self, python: Python) -> None:
        """Keep a template of this environment from now on, for a while."""
        self._wanted_at[python] = self._clock.time()
        if python not in self._tasks:
            self._kept[python] = asyncio.get_running_loop().create_future()
            self._tasks[python] = asyncio.create_task(self._keep(python), name=f"warmth of {python.interpreter}")

    async def close(self) -> None:
        """Give up all."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, python: Python) -> None:
        try:
            await self._clock.sleep(LATER_S)
            async with TemplateKeeper(self._parent, python.interpreter, self._own) as keeper:
                self._kept[python].set_result(keeper)
                while (left := self._wanted_at[python] + self._idle_s - self._clock.time()) > 0:
                    await self._clock.sleep(left)
        finally:
            self._kept.pop(python).cancel()
            del self._tasks[python]
