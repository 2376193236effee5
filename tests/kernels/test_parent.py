"""The kernel parent by itself, with children that are no kernels."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from podium.kernels.parent.client import Parent, ParentLostError, ParentRefusedError
from podium.kernels.parent.protocol import MAX_OUTPUT, Exited, Spawn
from podium.kernels.runtime import make_runtime_directory
from podium.tests.kernels.support import alive, environment, gone

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="needs what only Linux has")


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Parent]:
    """A kernel parent."""
    runtime = make_runtime_directory()
    parent = Parent.start(runtime)
    try:
        yield parent
    finally:
        await parent.close()
        shutil.rmtree(runtime, ignore_errors=True)


def python(code: str, kernel: str = "k", **changes: Any) -> Spawn:
    """A child that runs ``code``; ``changes`` are fields of the request."""
    argv = [sys.executable, "-c", code]
    spawn = Spawn(kernel, argv, env={}, cwd="/", memory_bytes=1 << 30, open_files=256, sockets=[])
    return replace(spawn, **changes)


async def run(parent: Parent, spawn: Spawn, sockets: list[socket.socket] | None = None) -> Exited:
    """Start a child and wait for its end."""
    _, _, ended = await parent.spawn(spawn, sockets or [])
    exited = await ended
    assert exited is not None
    return exited


async def test_reports_exit_code_and_the_output() -> None:
    async with running() as parent:
        exited = await run(parent, python("import os; os.write(1, b'out '); os.write(2, b'err'); os._exit(3)"))
        assert os.waitstatus_to_exitcode(exited.status) == 3
        assert exited.output == "out err"
        assert exited.peak_bytes > 1 << 20
        assert await parent.living() == {}


async def test_reports_the_signal() -> None:
    async with running() as parent:
        exited = await run(parent, python("import os; os.abort()"))
        assert os.waitstatus_to_exitcode(exited.status) == -signal.SIGABRT
        assert not exited.oom_kill


async def test_keeps_only_the_end_of_much_output() -> None:
    async with running() as parent:
        exited = await run(parent, python("print('x' * 5_000_000 + 'é' * 10_000 + 'end')", env={"LANG": "C.UTF-8"}))
        assert exited.status == 0
        assert exited.output.endswith("é" * 100 + "end\n")
        assert len(exited.output.encode()) <= MAX_OUTPUT + 2  # the first character may be cut, and be replaced


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"argv": ["/nowhere/python"]}, "No such file"),
        ({"cwd": "/nowhere"}, "No such file"),
        ({"argv": ["/"]}, "denied"),
    ],
)
async def test_says_why_there_is_no_program(changes: dict[str, Any], reason: str) -> None:
    async with running() as parent:
        exited = await run(parent, replace(python(""), **changes))
        assert os.waitstatus_to_exitcode(exited.status) == 127
        assert reason in exited.output


@LINUX_ONLY
async def test_refuses_when_no_more_files_can_be_opened() -> None:
    async with running() as parent:
        await parent.living()
        resource.prlimit(parent.pid, resource.RLIMIT_NOFILE, (6, 6))
        with pytest.raises(ParentRefusedError, match="Too many open files"):
            await parent.spawn(python(""), [])
        assert await parent.living() == {}


async def test_child_has_the_given_environment_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_TOKEN", "canary")
    async with running() as parent:
        code = "import os, json; print(json.dumps(dict(os.environ)))"
        exited = await run(parent, python(code, env={"GREETING": "hello", "LC_ALL": "C.UTF-8"}))
        environ = json.loads(exited.output)
        assert environ.pop("PODIUM_KERNEL").endswith("/k")
        assert environ == {"GREETING": "hello", "LC_ALL": "C.UTF-8"}


@LINUX_ONLY
async def test_parent_does_not_know_the_servers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_TOKEN", "canary")
    async with running() as parent:
        await parent.living()
        assert b"canary" not in environment(parent.pid)


async def test_child_has_the_given_sockets_and_no_other_descriptors() -> None:
    code = """
import os, socket
app = socket.socket(fileno=int(os.environ["APP"]))
print(app.getsockname()[1], [fd for fd in range(64) if fd != app.fileno() and os.path.exists(f"/dev/fd/{fd}")])
"""
    async with running() as parent:
        with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
            exited = await run(parent, python(code, sockets=["OTHER", "APP"]), [first, second])
            assert exited.output == f"{second.getsockname()[1]} [0, 1, 2, 3]\n"


async def test_child_leads_a_session_of_its_own_with_limits() -> None:
    code = """
import os, resource, signal
limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)]
handlers = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD)]
mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
print(os.getsid(0) == os.getpgid(0) == os.getpid(), limits, len(mask), os.getcwd(), handlers[0] == signal.SIG_DFL)
"""
    async with running() as parent:
        exited = await run(parent, python(code, open_files=99, cwd="/usr"))
        assert exited.output == "True [0, 99] 0 /usr True\n"


@LINUX_ONLY
async def test_child_cannot_take_more_memory_than_its_limit() -> None:
    async with running() as parent:
        exited = await run(parent, python("bytearray(400 << 20)", memory_bytes=300 << 20))
        assert os.waitstatus_to_exitcode(exited.status) == 1
        assert "MemoryError" in exited.output


async def test_signals_go_to_the_group_even_at_once() -> None:
    async with running() as parent:
        _, _, ended = await parent.spawn(python("import signal; signal.pause()"), [])
        await parent.signal("k", signal.SIGTERM)
        exited = await ended
        assert exited
        assert os.waitstatus_to_exitcode(exited.status) == -signal.SIGTERM
        await parent.signal("k", signal.SIGTERM)  # nobody is there any more, and that is fine


STAY = """
import os, signal, sys
with open(sys.argv[1], "w") as report:
    report.write(str(os.getpid()))
signal.pause()
"""
LEAVE = """
import os, subprocess, sys
child = [sys.executable, "-c", {stay!r}, sys.argv[1]]
subprocess.Popen(child, start_new_session=True, env={env})
"""


def has_daemon(report: Path, env: str = "None") -> list[str]:
    """A program that stays, after what it started has left an orphan which says its process id to ``report``."""
    code = "import signal, subprocess, sys; subprocess.run(sys.argv[1:]); signal.pause()"
    return [sys.executable, "-c", code, sys.executable, "-c", LEAVE.format(stay=STAY, env=env), str(report)]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A pipe to read something from that a process says."""
    path = tmp_path / "report"
    os.mkfifo(path)
    return path


@LINUX_ONLY
@pytest.mark.parametrize("env", ["None", "{}"], ids=["marked", "unmarked"])
async def test_what_a_child_leaves_behind_ends_with_it(report: Path, env: str) -> None:
    async with running() as parent:
        await parent.spawn(python("", argv=has_daemon(report, env)), [])
        daemon = int(await asyncio.to_thread(report.read_text))
        await parent.signal("k", signal.SIGTERM)
        await gone(daemon)


@LINUX_ONLY
async def test_daemons_of_a_living_child_stay_when_another_child_ends(report: Path) -> None:
    async with running() as parent:
        await parent.spawn(python("", "first", argv=has_daemon(report)), [])
        daemon = int(await asyncio.to_thread(report.read_text))
        await run(parent, python("", "second"))
        await parent.living()
        assert alive(daemon)
        await parent.signal("first", signal.SIGKILL)
        await gone(daemon)


@pytest.fixture
def small_machine() -> Iterator[Path]:
    """A control group with 150 MB of memory; only where the tests may make one."""
    for root, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        group = Path(root) / f"podium-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if (group / limit).exists():
                (group / limit).write_text(str(150 << 20))
                yield group
                return
        finally:
            group.rmdir()
    pytest.skip("control groups cannot be made here")


@LINUX_ONLY
async def test_tells_a_kill_for_want_of_memory_from_another_one(small_machine: Path) -> None:
    async with running() as parent:
        (small_machine / "cgroup.procs").write_text(str(parent.pid))
        starved = await run(parent, python("bytearray(400 << 20)"))
        killed = await run(parent, python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
        assert [os.WTERMSIG(each.status) for each in (starved, killed)] == [signal.SIGKILL] * 2
        assert (starved.oom_kill, killed.oom_kill) == (True, False)


async def test_closing_ends_everything() -> None:
    async with running() as parent:
        pids = [(await parent.spawn(python("import signal; signal.pause()", f"k{n}"), []))[0] for n in range(3)]
        assert await parent.living() == {f"k{n}": pid for n, pid in enumerate(pids)}
    await gone(*pids)


async def test_children_end_when_the_parent_is_killed() -> None:
    async with running() as parent:
        pid, _, ended = await parent.spawn(python("import signal; signal.pause()"), [])
        os.kill(parent.pid, signal.SIGKILL)
        assert await ended is None
        await gone(pid)
        with pytest.raises(ParentLostError):
            await parent.living()


async def test_parent_asked_to_end_takes_its_children_along() -> None:
    async with running() as parent:
        pid, _, ended = await parent.spawn(python("import signal; signal.pause()"), [])
        os.kill(parent.pid, signal.SIGTERM)
        assert await ended is None
        await gone(pid)


@LINUX_ONLY
async def test_next_parent_ends_what_a_killed_one_left_behind(report: Path) -> None:
    runtime = make_runtime_directory()
    first = Parent.start(runtime)
    await first.spawn(python("", argv=has_daemon(report)), [])
    daemon = int(await asyncio.to_thread(report.read_text))
    os.kill(first.pid, signal.SIGKILL)
    await first.close()
    assert alive(daemon)
    second = Parent.start(runtime)
    await gone(daemon)
    await second.close()


async def test_many_children_at_once() -> None:
    async with running() as parent:
        ends = await asyncio.gather(*(run(parent, python(f"print({n})", f"k{n}")) for n in range(20)))
        assert [exited.output for exited in ends] == [f"{n}\n" for n in range(20)]
