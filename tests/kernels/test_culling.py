"""Kernels that nobody uses are stopped, by a clock that the test winds."""

from __future__ import annotations

import asyncio
import heapq
from pathlib import Path

import pytest

from podium.kernels.exits import ExitReason
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import Kernel, SessionKey
from podium.tests.kernels.conftest import MakeKernels
from podium.tests.kernels.support import collect, send_code

IDLE_S = 100.0
LIMITS = KernelLimits(idle_s=IDLE_S, shutdown_s=1.0)


class ManualClock:
    """A clock that stands still until it is wound; sleepers wake in order."""

    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def time(self) -> float:
        """Now."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been wound that far."""
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self._now + seconds, id(woken), woken))
        await woken.wait()

    async def wind(self, seconds: float) -> None:
        """Let time pass; whoever sleeps wakes on the way, and may go to sleep again."""
        end = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            self._now, _, woken = heapq.heappop(self._sleepers)
            woken.set()
            for _ in range(5):
                await asyncio.sleep(0)
        self._now = end


async def probed() -> None:
    """Wait until the kernels that seem idle have been asked whether they are, and stopped if so."""
    probes = [task for task in asyncio.all_tasks() if task.get_name().endswith("is idle")]
    if probes:
        await asyncio.wait(probes)


async def wound_until_ended(clock: ManualClock, kernel: Kernel) -> ExitReason:
    """Let time pass until the kernel has been stopped; the reason."""
    while not kernel.ending:
        await clock.wind(IDLE_S)
        await probed()
    return (await kernel.exit).reason


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


async def test_the_idle_one_is_stopped_and_the_used_one_stays(
    make_kernels: MakeKernels, clock: ManualClock, tmp_path: Path
) -> None:
    kernels = await make_kernels(LIMITS, clock=clock)
    await clock.wind(IDLE_S / 2)
    idle, used = await asyncio.gather(
        *(kernels.start(SessionKey("ada", app), directory=tmp_path, env={}) for app in ("idle", "used"))
    )
    await clock.wind(IDLE_S - 1)
    assert not idle.ending
    while not idle.ending:  # more than once where its console takes long to come up, for then it seems busy
        used.touch()
        await clock.wind(IDLE_S / 2)
        await probed()
    assert (await idle.exit).reason is ExitReason.IDLE
    assert not used.ending
    assert kernels.get(SessionKey("ada", "used")) is used
    assert await wound_until_ended(clock, used) is ExitReason.IDLE


async def test_a_busy_one_stays_until_it_is_idle(make_kernels: MakeKernels, clock: ManualClock, tmp_path: Path) -> None:
    kernels = await make_kernels(LIMITS, clock=clock)
    kernel = await kernels.start(SessionKey("ada", "busy"), directory=tmp_path, env={})
    async with kernel.channels() as channels:
        request = await send_code(channels, "import time; time.sleep(600)")
        async for frame in channels:
            if "execute_input" in str(frame):
                break
        await clock.wind(IDLE_S)
        await probed()
        assert not kernel.ending
        await kernel.interrupt()
        assert (await collect(channels, request)).error == "KeyboardInterrupt"
    assert await wound_until_ended(clock, kernel) is ExitReason.IDLE


async def test_requests_in_flight_keep_it(make_kernels: MakeKernels, clock: ManualClock, tmp_path: Path) -> None:
    kernels = await make_kernels(LIMITS, clock=clock)
    kernel = await kernels.start(SessionKey("ada", "busy"), directory=tmp_path, env={"IN_FLIGHT": "1"})
    await clock.wind(IDLE_S)
    await probed()
    assert not kernel.ending
    assert kernel.last_used == IDLE_S


async def test_without_a_time_limit_nothing_is_stopped(
    make_kernels: MakeKernels, clock: ManualClock, tmp_path: Path
) -> None:
    kernels = await make_kernels(KernelLimits(idle_s=0), clock=clock)
    kernel = await kernels.start(SessionKey("ada", "old"), directory=tmp_path, env={})
    await clock.wind(1e9)
    assert not kernel.ending
