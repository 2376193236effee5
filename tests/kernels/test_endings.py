"""Kernels that do not work: each says why it ended, and the next one starts."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from podium.kernels.exits import ExitReason, KernelExit
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import Kernels, KernelStartFailed
from podium.tests.kernels.conftest import KEY, MakeKernels, StartKernel
from podium.tests.kernels.support import execute, gone, script

CRASH = "import ctypes; ctypes.string_at(0)"


@pytest.mark.parametrize(
    ("code", "reason", "code_or_signal", "words"),
    [
        (CRASH, ExitReason.SIGNAL, "SIGSEGV", "C extension"),
        ("import os; os._exit(3)", ExitReason.EXITED, 3, "exit code 3"),
        ("import os; os._exit(0)", ExitReason.EXITED, 0, "ended by itself"),
        ("import os; os.kill(os.getpid(), 9)", ExitReason.SIGNAL, "SIGKILL", "killed it"),
    ],
)
async def test_code_that_ends_its_kernel(
    kernels: Kernels, start: StartKernel, code: str, reason: ExitReason, code_or_signal: int | str, words: str
) -> None:
    kernel = await start()
    await execute(kernel, code)
    exit_ = await kernel.exit
    assert exit_.reason is reason
    assert code_or_signal in (exit_.code, exit_.signal)
    assert words in exit_.message
    assert "Run" in exit_.hint
    assert kernels.get(KEY) is None


async def test_after_a_crash_the_next_kernel_starts(start: StartKernel) -> None:
    crashed = await start()
    await execute(crashed, CRASH)
    assert (await crashed.exit).signal == "SIGSEGV"
    fresh = await start()
    assert (await execute(fresh, "1 + 1")).value == "2"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
async def test_too_much_memory_is_an_error_of_the_cell(start: StartKernel) -> None:
    kernel = await start()
    assert (await execute(kernel, "x = bytearray(2 << 30)")).error == "MemoryError"
    assert (await execute(kernel, "1 + 1")).value == "2"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
async def test_a_kernel_that_dies_for_want_of_memory(start: StartKernel) -> None:
    kernel = await start()
    # What a C library does that cannot do without the memory it asked for: complain and abort.
    await execute(
        kernel,
        "import os\ntry:\n    bytearray(2 << 30)\nexcept MemoryError:\n    os.write(2, b'std::bad_alloc'); os.abort()",
    )
    exit_ = await kernel.exit
    assert exit_.reason is ExitReason.OUT_OF_MEMORY
    assert "1024 MiB" in exit_.message


async def _failure(make_kernels: MakeKernels, directory: Path, code: str, **limits: float) -> KernelExit:
    kernels = await make_kernels(KernelLimits(max_kernels=1, **limits), command=script(code))  # type: ignore[arg-type]
    for _ in range(2):  # a failed start leaves room for the next one
        with pytest.raises(KernelStartFailed) as failed:
            await kernels.start(KEY, directory=directory, env={})
        assert kernels.get(KEY) is None
    return failed.value.exit


async def test_a_package_that_is_missing(make_kernels: MakeKernels, tmp_path: Path) -> None:
    exit_ = await _failure(make_kernels, tmp_path, "import no_such_package")
    assert exit_.reason is ExitReason.START_FAILED
    assert "No module named 'no_such_package'" in exit_.message
    assert "Install" in exit_.hint
    assert exit_.code == 1


async def test_a_kernel_that_ends_before_it_is_ready(make_kernels: MakeKernels, tmp_path: Path) -> None:
    exit_ = await _failure(make_kernels, tmp_path, "raise SystemExit('the settings are wrong')")
    assert exit_.reason is ExitReason.START_FAILED
    assert "the settings are wrong" in exit_.message


async def test_a_kernel_that_crashes_before_it_is_ready(make_kernels: MakeKernels, tmp_path: Path) -> None:
    exit_ = await _failure(make_kernels, tmp_path, CRASH)
    assert (exit_.reason, exit_.signal) == (ExitReason.START_FAILED, "SIGSEGV")


async def test_a_kernel_that_never_gets_ready(make_kernels: MakeKernels, tmp_path: Path) -> None:
    code = "import os, signal; os.write(1, b'still thinking'); signal.pause()"
    exit_ = await _failure(make_kernels, tmp_path, code, start_timeout_s=0.5)
    assert exit_.reason is ExitReason.TIMEOUT
    assert "in time" in exit_.message


async def test_a_kernel_whose_control_port_speaks_something_else(make_kernels: MakeKernels, tmp_path: Path) -> None:
    code = """
import os, socket
control = socket.socket(fileno=int(os.environ["PODIUM_CONTROL_FD"]))
while True:
    control.accept()[0].sendall(b"220 welcome to some mail server\\r\\n")
"""
    exit_ = await _failure(make_kernels, tmp_path, code)
    assert exit_.reason is ExitReason.START_FAILED
    assert "could not be used" in exit_.message


async def test_a_command_that_does_not_exist(make_kernels: MakeKernels, tmp_path: Path) -> None:
    kernels = await make_kernels(command=["/no/such/python", "{connection_file}"])
    with pytest.raises(KernelStartFailed, match="No such file or directory"):
        await kernels.start(KEY, directory=tmp_path, env={})


async def test_a_directory_that_does_not_exist(kernels: Kernels, tmp_path: Path) -> None:
    with pytest.raises(KernelStartFailed, match="No such file or directory"):
        await kernels.start(KEY, directory=tmp_path / "nowhere", env={})


async def test_losing_the_kernel_parent(make_kernels: MakeKernels, tmp_path: Path) -> None:
    kernels = await make_kernels()
    first = await kernels.start(KEY, directory=tmp_path, env={})
    pid = int((await execute(first, "import os; os.getpid()")).value or "0")
    parent = int((await execute(first, "os.getppid()")).value or "0")
    os.kill(parent, signal.SIGKILL)
    exit_ = await first.exit
    assert exit_.reason is ExitReason.LOST
    assert "by itself" in exit_.hint
    await gone(pid, parent)
    second = await kernels.start(KEY, directory=tmp_path, env={})
    assert (await execute(second, "1 + 1")).value == "2"


async def test_losing_the_kernel_parent_again_and_again(make_kernels: MakeKernels, tmp_path: Path) -> None:
    """Each time while a kernel starts, so that the start itself has to report it."""
    code = "import os, signal; os.kill(os.getppid(), signal.SIGKILL); signal.pause()"
    exit_ = await _failure(make_kernels, tmp_path, code)
    assert exit_.reason is ExitReason.LOST


async def test_stopping_everything_while_a_kernel_starts(tmp_path: Path) -> None:
    report = tmp_path / "report"
    os.mkfifo(report)
    code = f"import os, signal; open({str(report)!r}, 'w').write(str(os.getpid())); signal.pause()"
    async with Kernels(command=script(code)) as kernels:
        starting = asyncio.create_task(kernels.start(KEY, directory=tmp_path, env={}))
        pid = int(await asyncio.to_thread(report.read_text))
    with pytest.raises(KernelStartFailed):
        await starting
    await gone(pid)


async def test_output_is_bounded_and_kept(make_kernels: MakeKernels, tmp_path: Path) -> None:
    exit_ = await _failure(make_kernels, tmp_path, "print('x' * 1_000_000, 'the last words', flush=True); 1 / 0")
    assert "ZeroDivisionError" in exit_.message
    assert "the last words" in exit_.output
    assert len(exit_.output) < 10_000
