"""All kernels of one server: at most one for each session, a limited number in all, stopped when nobody uses them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from podium.kernels.box.plan import BoxPlan
from podium.kernels.clock import Clock, MonotonicClock
from podium.kernels.control import RunnerUnavailable
from podium.kernels.environments.python import OWN, Python
from podium.kernels.exits import ExitReason
from podium.kernels.kernel import Kernel, SessionKey
from podium.kernels.limits import KernelLimits
from podium.kernels.starting import KernelStartFailed, Starter
from podium.kernels.tasks import Tasks

__all__ = ["Kernel", "KernelLimitReached", "KernelLimits", "KernelStartFailed", "Kernels", "SessionKey"]

COMMAND = (sys.executable, "-P", "-m", "podium.runner.kernel", "-f", "{connection_file}")
"""What a kernel runs; ``-P`` keeps the app's folder from shadowing modules before the runner decides what may."""

_CULL_PAUSE_S = 1.0


class KernelLimitReached(Exception):  # noqa: N818 - the name in the contract between the rooms
    """There are as many kernels as there may be; ``limit`` is how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} kernels are running, which is the limit")
        self.limit = limit


class Kernels:
    """An async context manager; leaving it stops every kernel and waits until nothing is left of them.

    ``command`` is what each kernel runs, with ``{connection_file}`` in it; ``starter`` starts them. Without ``box``
    they may do all that this process may.
    """

    def __init__(
        self,
        limits: KernelLimits | None = None,
        *,
        command: Sequence[str] = COMMAND,
        clock: Clock | None = None,
        box: BoxPlan | None = None,
    ) -> None:
        self._limits = limits or KernelLimits()
        self._clock = clock or MonotonicClock()
        self._kernels: dict[SessionKey, Kernel] = {}
        self._besides: dict[Kernel, SessionKey] = {}
        self._locks: WeakValueDictionary[SessionKey, asyncio.Lock] = WeakValueDictionary()
        self._starting = 0
        self._tasks = Tasks()
        self._culling: asyncio.Task[None] | None = None
        self.starter = Starter(self._limits, command, self._clock, box)

    async def __aenter__(self) -> Self:
        await self.starter.__aenter__()
        if self._limits.idle_s:
            self._culling = self._tasks.start(self._cull(), "idle kernels")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._culling:
            self._culling.cancel()
        try:
            await asyncio.gather(*(kernel.stop() for kernel in (*self._kernels.values(), *self._besides)))
        finally:
            await self.starter.__aexit__(kind, error, trace)
        await self._tasks.wait()

    async def warm_up(self) -> None:
        """Prepare what makes starting a kernel quick; call it once, when nothing else hurries."""
        await self.starter.warm_up()

    async def start(
        self, key: SessionKey, *, directory: Path, env: Mapping[str, str], python: Python = OWN, cold: bool = False
    ) -> Kernel:
        """The session's kernel, ready to use; one that already runs is returned as it is.

        A fresh one works in ``directory``, which is its home too, sees ``env`` and little else, and runs in the
        environment ``python``; it is started in the quickest way there is, or ``cold``. Raises
        :class:`KernelStartFailed` and :class:`KernelLimitReached`.
        """
        async with self._locks.setdefault(key, asyncio.Lock()):
            current = self._kernels.get(key)
            if current and not current.ending:
                current.touch()
                return current
            if current:
                await asyncio.shield(current.exit)
            return await self._start_one(key, directory, env, python, cold=cold)

    @asynccontextmanager
    async def successor(
        self, key: SessionKey, *, directory: Path, env: Mapping[str, str], python: Python, cold: bool = False
    ) -> AsyncIterator[Kernel]:
        """A kernel beside the session's own and in the same folder, to load the app in and then to :meth:`succeed`.

        One that has not succeeded when the block ends is ended, and the session's own puts its files back. Both count
        as one kernel. Raises :class:`KernelStartFailed`.
        """
        kernel = await self.starter.start(directory, env, python, cold=cold, shared=True)
        self._keep_beside(key, kernel)
        try:
            yield kernel
        finally:
            if kernel in self._besides:
                await kernel.kill()
            if (own := self.get(key)) is not None and own is not kernel:
                with suppress(RunnerUnavailable):
                    await own.runner.restore()

    def succeed(self, key: SessionKey, successor: Kernel) -> None:
        """Make a successor the session's kernel. The one before answers what it was asked, and ends."""
        self._besides.pop(successor, None)
        earlier, former = self._beside(key), self._kernels.get(key)
        self._hold(key, successor)
        if former is not None:
            self._keep_beside(key, former)
            self._tasks.start(_retire(former, earlier), f"end of kernel {former.id}")

    def get(self, key: SessionKey) -> Kernel | None:
        """The session's kernel, unless there is none or it is about to end."""
        kernel = self._kernels.get(key)
        return None if kernel is None or kernel.ending else kernel

    async def stop(self, key: SessionKey, reason: ExitReason = ExitReason.STOPPED) -> None:
        """End the session's kernel, if there is one, and those beside it; wait until they are gone."""
        besides = asyncio.gather(*(kernel.stop(reason) for kernel in self._beside(key)))
        if kernel := self._kernels.get(key):
            await kernel.stop(reason)
        await besides

    @property
    def environments(self) -> set[Python]:
        """The environments that something runs in, whose files must stay."""
        kernels = (*self._kernels.values(), *self._besides)
        return {kernel.python for kernel in kernels} | self.starter.templates.environments

    async def _start_one(
        self, key: SessionKey, directory: Path, env: Mapping[str, str], python: Python, *, cold: bool
    ) -> Kernel:
        if len(self._kernels) + self._starting >= self._limits.max_kernels:
            raise KernelLimitReached(self._limits.max_kernels)
        self._starting += 1
        try:
            kernel = await self.starter.start(directory, env, python, cold=cold)
        finally:
            self._starting -= 1
        self._hold(key, kernel)
        return kernel

    def _hold(self, key: SessionKey, kernel: Kernel) -> None:
        self._kernels[key] = kernel
        kernel.exit.add_done_callback(lambda _: self._remove(key, kernel))

    def _keep_beside(self, key: SessionKey, kernel: Kernel) -> None:
        """Know of a kernel that a session has besides its own: it tries to succeed, or was replaced."""
        self._besides[kernel] = key
        kernel.exit.add_done_callback(lambda _: self._besides.pop(kernel, None))

    def _beside(self, key: SessionKey) -> list[Kernel]:
        return [kernel for kernel, whose in self._besides.items() if whose == key]

    def _remove(self, key: SessionKey, kernel: Kernel) -> None:
        if self._kernels.get(key) is kernel:
            del self._kernels[key]

    async def _cull(self) -> None:
        """Stop what has not been used for long; look again when the next kernel can be due at the earliest."""
        while True:
            now = self._clock.time()
            due = min((kernel.last_used for kernel in self._kernels.values()), default=now) + self._limits.idle_s
            await self._clock.sleep(max(due - now, _CULL_PAUSE_S))
            for kernel in list(self._kernels.values()):
                if self._clock.time() - kernel.last_used >= self._limits.idle_s and not kernel.ending:
                    self._tasks.start(self._stop_idle(kernel), f"kernel {kernel.id} is idle")

    async def _stop_idle(self, kernel: Kernel) -> None:
        if await kernel.busy():
            kernel.touch()
        else:
            await kernel.stop(ExitReason.IDLE)


async def _retire(former: Kernel, earlier: Sequence[Kernel]) -> None:
    """End a kernel that was replaced; those that were replaced before it have had their time."""
    await asyncio.gather(former.retire(), *(kernel.stop() for kernel in earlier))
