"""Nothing is left behind by a server, however it ends."""

from __future__ import annotations

import ast
import asyncio
import signal
import sys
from pathlib import Path

import pytest

from podium.tests.kernels.support import PROGRAMS, alive, gone


def is_folder(path: str) -> bool:
    """Whether there is such a folder."""
    return Path(path).is_dir()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_ends_leaves_nothing_behind(number: int, tmp_path: Path) -> None:
    host = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAMS / "host.py"),
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert host.stdout
    said, _, runtime = (await host.stdout.readline()).decode().strip().partition("; ")
    pids = ast.literal_eval(said)
    assert all(alive(pid) for pid in pids)
    assert is_folder(runtime)
    host.send_signal(number)
    await host.wait()
    await gone(*pids)
    assert not is_folder(runtime)
