"""All kernels of one server: at most one for each session, a limited number in all, stopped when nobody uses them."""

from __future__ import annotations

import asyncio
import importlib
import logging
import shutil
import sys
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from weakref import WeakValueDictionary

from podium.kernels.clock import Clock, MonotonicClock
from podium.kernels.control import RunnerUnavailable
from podium.kernels.exits import Ending, ExitReason, KernelExit, explain
from podium.kernels.host import Host
from podium.kernels.kernel import Kernel, SessionKey
from podium.kernels.limits import KernelLimits
from podium.kernels.parent.client import Parent, ParentError, ParentLostError
from podium.kernels.parent.keeper import ParentKeeper
from podium.kernels.race import race
from podium.kernels.runtime import make_runtime_directory
from podium.kernels.warmth import TemplateKeeper

if TYPE_CHECKING:
    from podium.kernels.launch import Launcher

__all__ = ["Kernel", "KernelLimitReached", "KernelLimits", "KernelStartFailed", "Kernels", "SessionKey"]

COMMAND = (sys.executable, "-P", "-m", "podium.runner.kernel", "-f", "{connection_file}")
"""What a kernel runs; ``-P`` keeps the app's folder from shadowing modules before the runner decides what may."""

_CULL_PAUSE_S = 1.0
_LAUNCH = "podium.kernels.launch"
"""Takes long to import, so that happens in a thread."""

logger = logging.getLogger(__name__)


class KernelStartFailed(Exception):  # noqa: N818 - the name in the contract between the rooms
    """A kernel ended or was ended before it was ready; ``exit`` says why."""

    def __init__(self, exit_: KernelExit) -> None:
        super().__init__(exit_.message)
        self.exit = exit_


class KernelLimitReached(Exception):  # noqa: N818 - the name in the contract between the rooms
    """There are as many kernels as there may be; ``limit`` is how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} kernels are running, which is the limit")
        self.limit = limit


class Kernels:
    """An async context manager; leaving it stops every kernel and waits until nothing is left of them.

    ``command`` is what each kernel runs, with ``{connection_file}`` in it. ``template`` is what they are forked from
    after :meth:`warm_up`.
    """

    def __init__(
        self, limits: KernelLimits | None = None, *, command: Sequence[str] = COMMAND, clock: Clock | None = None
    ) -> None:
        self._limits = limits or KernelLimits()
        self._command = list(command)
        self._clock = clock or MonotonicClock()
        self._kernels: dict[SessionKey, Kernel] = {}
        self._locks: WeakValueDictionary[SessionKey, asyncio.Lock] = WeakValueDictionary()
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._launcher: Launcher | None = None
        self._runtime: Path
        self._keeper: ParentKeeper
        self.template: TemplateKeeper

    async def parent(self) -> Parent:
        """The kernel parent that runs now."""
        return await self._keeper.parent()

    async def __aenter__(self) -> Self:
        self._runtime = make_runtime_directory()
        self._keeper = await ParentKeeper(self._runtime).__aenter__()
        self.template = TemplateKeeper(self.parent)
        if self._limits.idle_s:
            self._culling = self._background(self._cull(), "idle kernels")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._limits.idle_s:
            self._culling.cancel()
        try:
            await asyncio.gather(*(kernel.stop() for kernel in self._kernels.values()))
        finally:
            await self.template.__aexit__(kind, error, trace)
            await self._keeper.__aexit__(kind, error, trace)
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._launcher:
            self._launcher.context.destroy(linger=0)
        await asyncio.to_thread(shutil.rmtree, self._runtime, ignore_errors=True)

    async def warm_up(self) -> None:
        """Prepare what makes starting a kernel quick; call it once, when nothing else hurries."""
        await asyncio.to_thread(importlib.import_module, _LAUNCH)
        await self.template.__aenter__()
        await self.template.settled()

    async def start(self, key: SessionKey, *, directory: Path, env: Mapping[str, str], cold: bool = False) -> Kernel:
        """The session's kernel, ready to use; one that already runs is returned as it is.

        A fresh one works in ``directory``, which is its home too, and sees ``env`` and little else; it is started in
        the quickest way there is, or ``cold``. Raises :class:`KernelStartFailed` and :class:`KernelLimitReached`.
        """
        async with self._locks.setdefault(key, asyncio.Lock()):
            current = self._kernels.get(key)
            if current and not current.ending:
                current.touch()
                return current
            if current:
                await asyncio.shield(current.exit)
            return await self._start_one(key, directory, env, cold=cold)

    def get(self, key: SessionKey) -> Kernel | None:
        """The session's kernel, unless there is none or it is about to end."""
        kernel = self._kernels.get(key)
        return None if kernel is None or kernel.ending else kernel

    async def stop(self, key: SessionKey, reason: ExitReason = ExitReason.STOPPED) -> None:
        """End the session's kernel, if there is one, and wait until it is gone."""
        if kernel := self._kernels.get(key):
            await kernel.stop(reason)

    async def _start_one(self, key: SessionKey, directory: Path, env: Mapping[str, str], *, cold: bool) -> Kernel:
        if len(self._kernels) + self._starting >= self._limits.max_kernels:
            raise KernelLimitReached(self._limits.max_kernels)
        self._starting += 1
        deadline = asyncio.get_running_loop().time() + self._limits.start_timeout_s
        try:
            async with asyncio.timeout_at(deadline):
                kernel = await self._launch(key, directory, env, cold=cold)
            await self._wait_until_ready(kernel, deadline)
        except TimeoutError as error:
            raise KernelStartFailed(explain(Ending(), asked=ExitReason.TIMEOUT)) from error
        except (ParentError, OSError) as error:
            raise KernelStartFailed(_not_started(error)) from error
        finally:
            self._starting -= 1
        self._kernels[key] = kernel
        return kernel

    async def _launch(self, key: SessionKey, directory: Path, env: Mapping[str, str], *, cold: bool) -> Kernel:
        if self._launcher is None:
            await asyncio.to_thread(importlib.import_module, _LAUNCH)
            from podium.kernels.launch import make_launcher

            host = Host(self._runtime, self.parent)
            self._launcher = self._launcher or make_launcher(host, self._command, self._limits, self._clock)
        kernel = await self._launcher.launch(key, directory, env, cold=cold)
        self._background(self._watch(kernel), f"kernel {kernel.id}")
        self._background(kernel.watch_console(), f"console of kernel {kernel.id}")
        return kernel

    async def _wait_until_ready(self, kernel: Kernel, deadline: float) -> None:
        """Raises :class:`KernelStartFailed` when the kernel ends first, or has to be ended."""
        try:
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            health = await race(kernel.become_ready(), kernel.exit, left)
            if kernel.exit.done():
                raise KernelStartFailed(kernel.exit.result())
            if health is None:
                raise KernelStartFailed(await kernel.kill(ExitReason.TIMEOUT))
        except RunnerUnavailable as error:
            raise KernelStartFailed(await kernel.give_up(str(error))) from error
        except BaseException:
            await kernel.kill()
            raise

    async def _watch(self, kernel: Kernel) -> None:
        await kernel.watch()
        if self._kernels.get(kernel.key) is kernel:
            del self._kernels[kernel.key]

    async def _cull(self) -> None:
        """Stop what has not been used for long; look again when the next kernel can be due at the earliest."""
        while True:
            now = self._clock.time()
            due = min((kernel.last_used for kernel in self._kernels.values()), default=now) + self._limits.idle_s
            await self._clock.sleep(max(due - now, _CULL_PAUSE_S))
            for kernel in list(self._kernels.values()):
                if self._clock.time() - kernel.last_used >= self._limits.idle_s and not kernel.ending:
                    self._background(self._stop_idle(kernel), f"kernel {kernel.id} is idle")

    async def _stop_idle(self, kernel: Kernel) -> None:
        if await kernel.busy():
            kernel.touch()
        else:
            await kernel.stop(ExitReason.IDLE)

    def _background(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("background task %r failed", task.get_name(), exc_info=error)


def _not_started(error: Exception) -> KernelExit:
    if isinstance(error, ParentLostError):
        return explain(Ending())
    message = f"The kernel's process could not be started: {error}."
    hint = "The machine may be short of memory, processes or disk space. Free some and press Run again."
    return KernelExit(ExitReason.START_FAILED, message, hint)
