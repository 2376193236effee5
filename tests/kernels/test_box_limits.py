"""What a kernel cannot use up: processes, threads, memory, the disk. Its neighbours go on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from podium.kernels.exits import ExitReason
from podium.kernels.kernel import Kernel
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import Kernels, SessionKey
from podium.runner.protocol import Load, LoadFailed
from podium.tests.kernels.support import GONE_S, execute

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="these limits are Linux's"),
]

MARK = "PODIUM_BOMB"
LIMITS = KernelLimits(max_kernels=8, tasks=100, file_bytes=1 << 20, memory_bytes=512 << 20)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernels() -> AsyncIterator[Kernels]:
    """Kernels that may have little, without anything kept warm."""
    async with Kernels(LIMITS) as kernels:
        yield kernels


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def neighbour(kernels: Kernels, tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    """A kernel that does nothing wrong."""
    return await kernels.start(SessionKey("ada", "good"), directory=tmp_path_factory.mktemp("good"), env={})


@pytest_asyncio.fixture(loop_scope="module")
async def kernel(kernels: Kernels, tmp_path: Path) -> AsyncIterator[Kernel]:
    """A kernel that may be ended by what it does."""
    key = SessionKey("ada", tmp_path.name)
    yield await kernels.start(key, directory=tmp_path, env={MARK: "1"})
    await kernels.stop(key)


BOMBS = {
    "processes": "while True:\n    if os.fork() == 0:\n        time.sleep(600)",
    "processes that multiply": "while True: os.fork()",
    "programs": "while True: subprocess.Popen(['sleep', '600'])",
    "processes that leave the family": """
while True:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        os._exit(0)
""",
    "threads": "threading.stack_size(1 << 18)\nwhile True: threading.Thread(target=time.sleep, args=(600,)).start()",
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_crowd_is_ended_with_its_kernel(kernel: Kernel, neighbour: Kernel, bomb: str) -> None:
    code = f"import os, subprocess, threading, time\n{BOMBS[bomb]}"
    exploding = asyncio.create_task(execute(kernel, code))
    async with asyncio.timeout(GONE_S):
        exit_ = await asyncio.shield(kernel.exit)
    await exploding
    assert exit_.reason is ExitReason.TOO_MANY_TASKS
    assert "more than 100 processes and threads" in exit_.message
    assert "Run" in exit_.hint
    assert (await execute(neighbour, "1 + 1")).value == "2"
    await asyncio.to_thread(_none_left)


def _none_left() -> None:
    """Wait until nothing of the bomb exists."""
    left = [process for process in psutil.process_iter() if _is_of_bomb(process)]
    _, alive = psutil.wait_procs(left, GONE_S)
    assert not alive


def _is_of_bomb(process: psutil.Process) -> bool:
    try:
        return process.environ().get(MARK) == "1"
    except psutil.Error:
        return False


async def test_many_that_come_and_go_are_no_crowd(kernel: Kernel) -> None:
    code = "import subprocess\nfor _ in range(300): subprocess.run(['true'])\n'done'"
    assert (await execute(kernel, code)).value == "'done'"


async def test_a_file_that_is_too_large_is_an_error_of_the_app(kernel: Kernel, tmp_path: Path) -> None:
    done = await execute(kernel, "open('large', 'wb').write(bytes(2 << 20))")
    assert done.error == "OSError"
    load = Load({"main.py": "open('large', 'wb').write(bytes(2 << 20))"}, "main.py", "1")
    answer = await kernel.runner.load(load, GONE_S)
    assert isinstance(answer, LoadFailed)
    assert "A file may have 1 MB here" in (answer.failure.hint or "")
    assert (tmp_path / "large").stat().st_size <= 1 << 20
    assert (await execute(kernel, "1 + 1")).value == "2"


async def test_memory_that_is_not_there_is_an_error_of_the_app(kernel: Kernel, neighbour: Kernel) -> None:
    assert (await execute(kernel, "x = [bytearray(64 << 20) for _ in range(100)]")).error == "MemoryError"
    assert (await execute(kernel, "1 + 1")).value == "2"
    assert (await execute(neighbour, "1 + 1")).value == "2"
