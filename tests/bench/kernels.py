"""Kernels beside those of ``jupyter_client``'s default provisioner: how soon they are ready, and what many take."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import start_new_async_kernel

from podium.kernels.kernel import Kernel, KernelSource
from podium.kernels.limits import KernelLimits
from podium.kernels.memory import family_memory
from podium.kernels.sessions import Kernels, SessionKey
from podium.tests.bench.commands import milliseconds_since
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.memory import MEGABYTE
from podium.tests.kernels.support import send_code

TRIES = 30
COUNTS = (1, 10, 50)
DEFAULT = "jupyter_client"
SUM = "1+1"
PATIENCE_S = 60.0


@dataclass
class Times:
    """Milliseconds until kernels were ready, and until they had answered the first cell."""

    ready: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    def add(self, started: float, ready: float) -> None:
        """Add one kernel that has just answered: readings of :func:`time.perf_counter`."""
        self.ready.append((ready - started) * 1000)
        self.answered.append(milliseconds_since(started))


def measure() -> list[Figure]:
    """Start kernels in turn in each way, then let many of them wait at once."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    pool, forked, default = Times(), Times(), Times()
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        async with _warm(ready=1) as kernels:
            for attempt in range(TRIES):
                await kernels.starter.pool.full()
                await _ours(kernels, Path(folder), f"pool-{attempt}", KernelSource.READY, pool)
                # The pool is empty now, and stays so until all has been quiet for a while.
                await _ours(kernels, Path(folder), f"fork-{attempt}", KernelSource.FORKED, forked)
                await _default(default)
        memory = [await _memory(count) for count in COUNTS]
    template = _size("memory of what kernels are forked from", memory[-1][1], {}, None)
    return [
        *_times("from the pool", pool, default, 1 / 20),
        *_times("forked", forked, default, 1 / 4),
        *(figure for figure, _ in memory),
        template,
    ]


def _times(how: str, ours: Times, default: Times, ratio: float) -> list[Figure]:
    ready = statistics.median(ours.ready)
    stages = {"until it is ready": ready, "the console's start and the sum": statistics.median(ours.answered) - ready}

    def figure(what: str, values: list[float], beside: list[float], note: str) -> Figure:
        peers, goal = {DEFAULT: Samples.of(beside)}, Goal(ratio=ratio, peer=DEFAULT)
        return Figure(f"kernel {how}: {what}", "ms", Samples.of(values), peers, goal, note, stages=stages)

    return [
        figure("ready", ours.ready, default.ready, "until it can load an app, or take a cell"),
        figure(f"{SUM} answered", ours.answered, default.answered, "from the start to the first result"),
    ]


@asynccontextmanager
async def _warm(ready: int) -> AsyncIterator[Kernels]:
    async with Kernels(KernelLimits(max_kernels=ready + 2, ready_kernels=ready)) as kernels:
        await kernels.warm_up()
        await kernels.starter.pool.full()
        yield kernels


async def _ours(kernels: Kernels, folder: Path, name: str, source: KernelSource, times: Times) -> None:
    directory = folder / name
    directory.mkdir()
    key = SessionKey("bench", name)
    started = time.perf_counter()
    kernel = await kernels.start(key, directory=directory, env={})
    ready = time.perf_counter()
    if kernel.source is not source:
        raise RuntimeError(f"the kernel of {name} was {kernel.source.value}, not {source.value}")
    await _add(kernel)
    times.add(started, ready)
    await kernels.stop(key)


async def _add(kernel: Kernel) -> None:
    async with kernel.channels() as channels:
        await send_code(channels, SUM)
        async for frame in channels:
            if json.loads(frame)["msg_type"] == "execute_result":
                return
    raise RuntimeError("the kernel ended before it had an answer")


@asynccontextmanager
async def _default_kernel() -> AsyncIterator[tuple[int, AsyncKernelClient]]:
    manager, client = await start_new_async_kernel(startup_timeout=PATIENCE_S, stderr=subprocess.DEVNULL)
    try:
        assert manager.provisioner is not None
        yield int((await manager.provisioner.get_provisioner_info())["pid"]), client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def _default(times: Times) -> None:
    started = time.perf_counter()
    async with _default_kernel() as (_, client):
        ready = time.perf_counter()
        await client.execute_interactive(SUM, timeout=PATIENCE_S, output_hook=lambda _: None)
        times.add(started, ready)


async def _memory(count: int) -> tuple[Figure, int]:
    """What so many kernels take, and what the processes take that they are forked from."""
    async with _warm(ready=count) as kernels:
        pids = [kernel.pid for kernel in kernels.starter.pool.waiting]
        ours, alone = await _sizes(pids), sum(psutil.Process(pid).memory_full_info().uss for pid in pids)
        everything = await _sizes([(await kernels.starter.parents.parent()).pid])
    if len(ours) != count:
        raise RuntimeError(f"{len(ours)} kernels wait, not {count}")
    async with AsyncExitStack() as stack:
        beside = await _sizes([(await stack.enter_async_context(_default_kernel()))[0] for _ in range(count)])
    name = f"memory of {count} idle kernel{'s' if count > 1 else ''}"
    stages = {
        "what they have written to since they were forked": alone / MEGABYTE,
        "their shares of what they have in common": (sum(ours) - alone) / MEGABYTE,
    }
    figure = _size(name, sum(ours), {DEFAULT: _megabytes(sum(beside))}, Goal(ratio=1 / 3, peer=DEFAULT), stages)
    return figure, everything[0] - sum(ours)


async def _sizes(pids: Sequence[int | None]) -> list[int]:
    return [await asyncio.to_thread(_proportional, pid) for pid in pids]


def _proportional(pid: int | None) -> int:
    size = None if pid is None else family_memory(pid)
    if size is None:
        raise RuntimeError(f"process {pid} has ended")
    return size


def _size(
    name: str, size: int, beside: dict[str, Samples], goal: Goal | None, stages: dict[str, float] | None = None
) -> Figure:
    return Figure(name, "MB", _megabytes(size), beside, goal, "proportional set size", stages=stages or {})


def _megabytes(size: int) -> Samples:
    return Samples.of([size / MEGABYTE])
