"""Kernels that wait ready for the apps to come."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections import deque
from collections.abc import Awaitable, Callable

from podium.kernels.clock import Clock
from podium.kernels.kernel import Kernel

QUIET_S = 1.0
"""For how long no kernel must have been started or taken before another one is made to wait: runs go before."""


class Pool:
    """Keeps ``size`` kernels waiting, which ``make`` starts."""

    def __init__(self, size: int, make: Callable[[], Awaitable[Kernel]], clock: Clock) -> None:
        self._size = size
        self._make = make
        self._clock = clock
        self._waiting: deque[Kernel] = deque()
        self._wanted = asyncio.Event()
        self._full = asyncio.Event()
        self._disturbed_at = clock.time() - QUIET_S

    @property
    def waiting(self) -> tuple[Kernel, ...]:
        """The kernels that wait, the one that will be taken first at the front."""
        return tuple(self._waiting)

    def take(self) -> Kernel | None:
        """A kernel that waits, or ``None``; it is the caller's now."""
        self.disturb()
        while self._waiting:
            kernel = self._waiting.popleft()
            self._count()
            if not kernel.ending:
                return kernel
        return None

    def disturb(self) -> None:
        """Put off making more kernels: something more important goes on."""
        self._disturbed_at = self._clock.time()

    async def full(self) -> None:
        """Wait until as many kernels wait as should."""
        await self._full.wait()

    async def fill(self) -> None:
        """Keep the pool full, for ever; raises what ``make`` raises, and may be called again."""
        while True:
            self._count()
            await self._wanted.wait()
            await self._quiet()
            kernel = await self._make()
            self._waiting.append(kernel)
            kernel.exit.add_done_callback(functools.partial(self._forget, kernel))

    async def close(self) -> None:
        """End all that wait."""
        await asyncio.gather(*(kernel.kill() for kernel in self._waiting))

    async def _quiet(self) -> None:
        while (left := self._disturbed_at + QUIET_S - self._clock.time()) > 0:
            await self._clock.sleep(left)

    def _forget(self, kernel: Kernel, _exit: object) -> None:
        with contextlib.suppress(ValueError):  # it has been taken
            self._waiting.remove(kernel)
            self._count()

    def _count(self) -> None:
        if len(self._waiting) < self._size:
            self._full.clear()
            self._wanted.set()
        else:
            self._full.set()
            self._wanted.clear()
