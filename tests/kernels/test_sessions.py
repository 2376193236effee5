"""Kernels that work: starting, executing, interrupting, stopping, and what each has to itself."""

from __future__ import annotations

import ast
import asyncio
import os
import sys
from pathlib import Path

import pytest

from podium.kernels.exits import ExitReason
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import KernelLimitReached, Kernels, SessionKey
from podium.tests.kernels.conftest import KEY, MakeKernels, StartKernel
from podium.tests.kernels.support import alive, collect, environment, execute, gone, open_files, script, send_code


async def test_starts_executes_interrupts_and_restarts(kernels: Kernels, start: StartKernel, tmp_path: Path) -> None:
    kernel = await start()
    assert kernels.get(KEY) is kernel
    assert kernel.source == "cold"
    assert (await execute(kernel, "1 + 1")).value == "2"
    assert (await kernel.runner.health()).in_flight == 0
    assert list((tmp_path / "notes").iterdir()) == []

    async with kernel.channels() as channels:
        request = await send_code(channels, "print('begun', flush=True)\nwhile True: pass")
        async for frame in channels:
            if "begun" in str(frame) and '"stream"' in str(frame):
                break
        await kernel.interrupt()
        assert (await collect(channels, request)).error == "KeyboardInterrupt"
    assert (await execute(kernel, "40 + 2")).value == "42"

    pid = int((await execute(kernel, "import os; os.getpid()")).value or "0")
    await kernels.stop(KEY)
    assert kernel.exit.result().reason is ExitReason.STOPPED
    assert kernels.get(KEY) is None
    await gone(pid)
    again = await start()
    assert again.id != kernel.id
    assert (await execute(again, "'os' in dir()")).value == "False"


async def test_starting_a_running_session_gives_the_same_kernel(start: StartKernel) -> None:
    first, second = await asyncio.gather(start(), start())
    assert first is second


async def test_starting_while_the_old_one_stops_gives_a_fresh_one(kernels: Kernels, start: StartKernel) -> None:
    old = await start()
    _, fresh = await asyncio.gather(kernels.stop(KEY), start())
    assert fresh is not old
    assert old.exit.done()
    assert kernels.get(KEY) is fresh


async def test_five_at_once_and_no_more_than_the_limit(make_kernels: MakeKernels, tmp_path: Path) -> None:
    kernels = await make_kernels(KernelLimits(max_kernels=5))
    keys = [SessionKey("ada", f"app{n}") for n in range(5)]
    started = await asyncio.gather(*(kernels.start(key, directory=tmp_path, env={}) for key in keys))
    assert len({kernel.app.port for kernel in started}) == 5
    values = await asyncio.gather(*(execute(kernel, f"{n} * 10") for n, kernel in enumerate(started)))
    assert [each.value for each in values] == ["0", "10", "20", "30", "40"]
    with pytest.raises(KernelLimitReached) as reached:
        await kernels.start(SessionKey("ada", "one too many"), directory=tmp_path, env={})
    assert reached.value.limit == 5
    await kernels.stop(keys[0])
    assert await kernels.start(SessionKey("ada", "in its place"), directory=tmp_path, env={})


LOOK = """
import os, tempfile
os.getcwd(), os.environ["HOME"], tempfile.gettempdir(), os.environ["PODIUM_APP_DIR"], os.environ.get("GREETING")
"""


async def test_two_kernels_share_nothing(start: StartKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_TOKEN", "canary")
    monkeypatch.setenv("SOME_SECRET", "canary")
    first, second = await asyncio.gather(start("first", GREETING="hello"), start("second"))
    seen = [ast.literal_eval((await execute(kernel, LOOK)).value or "") for kernel in (first, second)]
    for name, (cwd, home, _, app_dir, _) in zip(("first", "second"), seen, strict=True):
        assert cwd == home == app_dir == str(tmp_path / name)
    assert seen[0][2] != seen[1][2]
    assert [each[4] for each in seen] == ["hello", None]
    environ = (await execute(second, "import os; dict(os.environ)")).value or ""
    assert "canary" not in environ
    assert "PATH" in environ


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are looked at in /proc")
async def test_two_kernels_have_no_descriptors_in_common(start: StartKernel) -> None:
    first, second = await asyncio.gather(start("first"), start("second"))
    pids = [int((await execute(each, "import os; os.getpid()")).value or "0") for each in (first, second)]
    common = open_files(pids[0]) & open_files(pids[1])
    assert {name for name in common if name.startswith(("socket:", "pipe:"))} == set()
    assert b"canary" not in environment(pids[0])


async def test_memory_counts_what_the_kernel_started(start: StartKernel) -> None:
    kernel = await start()
    before = await kernel.memory_bytes()
    assert before
    await execute(
        kernel,
        "import subprocess, sys\n"
        "code = 'x = bytearray(range(256)) * 400_000; print(1, flush=True); input()'\n"
        "child = subprocess.Popen([sys.executable, '-c', code], stdin=-1, stdout=-1)\n"
        "child.stdout.readline()",
    )
    after = await kernel.memory_bytes()
    assert after
    assert after > before + 90_000_000
    await kernel.stop()
    assert await kernel.memory_bytes() is None


async def test_a_kernel_that_ignores_every_request_to_end_is_killed(make_kernels: MakeKernels, tmp_path: Path) -> None:
    kernels = await make_kernels(KernelLimits(shutdown_s=0.1, terminate_s=0.1))
    kernel = await kernels.start(KEY, directory=tmp_path, env={"IGNORE_SHUTDOWN": "yes", "IGNORE_SIGTERM": "yes"})
    exit_ = await kernel.stop()
    assert (exit_.reason, exit_.signal) == (ExitReason.STOPPED, "SIGKILL")
    assert exit_ == await kernel.stop()


async def test_sigterm_ends_what_does_not_shut_down(make_kernels: MakeKernels, tmp_path: Path) -> None:
    kernels = await make_kernels(KernelLimits(shutdown_s=0.1))
    kernel = await kernels.start(KEY, directory=tmp_path, env={"IGNORE_SHUTDOWN": "yes"})
    assert (await kernel.stop()).signal == "SIGTERM"


async def test_a_start_that_is_cancelled_leaves_nothing(make_kernels: MakeKernels, tmp_path: Path) -> None:
    report = tmp_path / "pid"
    command = script(f"import os, signal; open({str(report)!r}, 'w').write(str(os.getpid())); signal.pause()")
    kernels = await make_kernels(KernelLimits(max_kernels=1), command=command)
    os.mkfifo(report)
    starting = asyncio.create_task(kernels.start(KEY, directory=tmp_path, env={}))
    pid = int(await asyncio.to_thread(report.read_text))
    assert alive(pid)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await gone(pid)
    assert kernels.get(KEY) is None
