"""Environments of apps, made by the real uv; what is not Podium's own comes from wheels that the tests make."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from packaging.requirements import Requirement

from podium.kernels.environments.basis import Wish, Wishes, version
from podium.kernels.environments.environments import Environments
from podium.kernels.environments.failure import EnvironmentFailed, disk_failure, explain
from podium.kernels.environments.python import OWN, Python
from podium.kernels.kernel import KernelSource
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import Kernels, SessionKey
from podium.runner.protocol import Load, Loaded
from podium.tests.kernels.support import execute, gone
from podium.tests.support.wheels import make_wheel

APP = """
import podium_greeting

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": podium_greeting.TEXT.encode()})
"""


def wishes(*lines: str) -> Wishes:
    return tuple(Wish(number, Requirement(line)) for number, line in enumerate(lines))


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Wheels that uv finds beside those of the index."""
    folder = tmp_path / "wheels"
    make_wheel(folder, "podium_greeting", "1.0", podium_greeting="TEXT = 'hello'")
    make_wheel(folder, "podium_greeting", "2.0", podium_greeting="TEXT = 'good evening'")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    return Environments(tmp_path / "environments")


def quiet(_line: str) -> None:
    """Nobody listens."""


async def failure(environments: Environments, *lines: str) -> EnvironmentFailed:
    with pytest.raises(EnvironmentFailed) as caught:
        await environments.make(wishes(*lines), quiet)
    return caught.value


def run(python: Python, code: str) -> str:
    """What a program prints in an environment."""
    command = [python.interpreter, "-c", code]
    return subprocess.run(command, capture_output=True, check=True, text=True, cwd="/").stdout.strip()


def test_what_podium_has_needs_no_other_environment(environments: Environments) -> None:
    has = ("fastapi", "httpx>=0.20", f"django=={version('django')}", "anyio; python_version < '3'", "httpx[http2]>999")
    assert environments.known(wishes(*has[:4])) is OWN
    assert [environments.known(wishes(line)) for line in (has[4], "fastapi<0.1", "podium_greeting")] == [None] * 3
    assert environments.known(()) is OWN


async def test_two_at_once_build_one_that_kernels_run_in_until_nobody_wants_it(
    environments: Environments, tmp_path: Path
) -> None:
    lines: list[str] = []
    first, second = await asyncio.gather(
        environments.make(wishes("podium_greeting", "fastapi"), lines.append),
        environments.make(wishes("podium-greeting>=2"), lines.append),
    )
    assert first == second == environments.known(wishes("podium_greeting", "fastapi"))
    assert Environments(tmp_path / "environments").known(wishes("podium-greeting>=2")) == first
    assert [entry.name[0] for entry in (tmp_path / "environments").iterdir() if entry.name != "asked"] != ["."]
    assert " + podium-greeting==2.0" in lines
    assert run(first, "import fastapi, podium.runner.kernel; print(fastapi.__version__)") == version("fastapi")
    for unseen in ("structlog", "podium.server"):
        with pytest.raises(subprocess.CalledProcessError):
            run(first, f"import {unseen}")
    folder = tmp_path / "app"
    folder.mkdir()
    async with Kernels(KernelLimits(ready_kernels=1)) as kernels:
        key = SessionKey("ada", "notes")
        cold = await kernels.start(key, directory=folder, env={}, python=first)
        assert cold.source is KernelSource.COLD
        loaded = await cold.runner.load(Load({"main.py": APP}, "main.py", "1"), 30)
        assert isinstance(loaded, Loaded)
        assert (await execute(cold, "import sys; sys.prefix")).value == repr(str(first.root))
        assert (await execute(cold, "main.podium_greeting.TEXT")).value == "'good evening'"
        assert kernels.environments == {first}
        await kernels.stop(key)
        if sys.platform == "linux":
            await check_forked(kernels, first, folder)
    check_collection(tmp_path / "environments", first, wishes("podium-greeting>=2"))


async def check_forked(kernels: Kernels, python: Python, folder: Path) -> None:
    """A second kernel comes from the environment's own template."""
    await kernels.starter.templates.warm(python)
    forked = await kernels.start(SessionKey("ada", "other"), directory=folder, env={}, python=python)
    assert forked.source is KernelSource.FORKED
    assert (await execute(forked, "import podium_greeting, sys; sys.executable")).value == repr(python.interpreter)


async def test_failures_name_the_requirement_and_its_line(environments: Environments, wheels: Path) -> None:
    unknown = await failure(environments, "fastapi", "podium-has-no-such-package")
    assert unknown.wish == Wish(1, Requirement("podium-has-no-such-package"))
    assert "no package 'podium-has-no-such-package'" in unknown.message
    impossible = await failure(environments, "podium_greeting==9")
    assert (impossible.wish, impossible.passing) == (Wish(0, Requirement("podium_greeting==9")), False)
    assert "podium_greeting has no version ==9" in impossible.message
    make_wheel(wheels, "podium_picky", "1.0", requires="podium_greeting<2", podium_picky="")
    conflict = await failure(environments, "podium_picky", "podium_greeting>=2")
    assert conflict.wish is not None
    assert "podium-picky depend on podium-greeting<2" in conflict.message
    runner = await failure(environments, "uvicorn==0.29.0")
    assert "needs uvicorn>=" in runner.message


async def test_an_index_that_refuses(
    environments: Environments, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    refused = await failure(environments, "podium_greeting")
    assert refused.passing
    assert refused.message == "The package index cannot be reached: Connection refused (os error 111)."


def test_a_full_disk_is_named() -> None:
    said = explain("error: Failed to install\n  cause: No space left on device (os error 28)", wishes("httpx"))
    written = disk_failure(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert said.message == written.message == "The disk is full, so the packages could not be installed."


async def test_one_that_is_given_up_leaves_nothing(environments: Environments, tmp_path: Path) -> None:
    begun = asyncio.Event()
    making = asyncio.create_task(environments.make(wishes("podium_greeting"), lambda _: begun.set()))
    await begun.wait()
    making.cancel()
    await asyncio.wait([making])
    assert making.cancelled()
    assert not list((tmp_path / "environments").glob(".*"))
    assert not [child for child in psutil.Process().children(recursive=True) if "uv" in child.name()]
    slow = Environments(tmp_path / "environments", limit_s=0.01)
    assert "not complete after 0.01 s" in (await failure(slow, "podium_greeting")).message


async def test_what_a_server_was_making_when_it_was_killed_ends_and_is_never_used(tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    code = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from podium.kernels.environments.uv import run_leashed\n"
        "(Path(sys.argv[1]) / '.making-1' / 'environment').mkdir(parents=True)\n"
        "print('ready', flush=True)\n"
        "program = (sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(1000)')\n"
        "asyncio.run(run_leashed(*program, folder=Path('/'), tell=lambda line: print(line, flush=True)))"
    )
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(folder)), stdout=asyncio.subprocess.PIPE, cwd="/"
    )
    assert server.stdout is not None
    assert [await server.stdout.readline() for _ in range(2)] == [b"ready\n", b"1\n"]
    (working,) = psutil.Process(server.pid).children()
    server.kill()
    await server.wait()
    if sys.platform == "linux":
        await gone(working.pid)
    environments = Environments(folder)
    assert environments.known(wishes("podium_greeting")) is None
    environments.clear_leftovers()
    assert os.listdir(folder) == []


def pretend(folder: Path, *keys: str) -> list[Python]:
    """Environments of which only the folders are there."""
    for key in keys:
        (folder / key).mkdir(parents=True)
    return [Python(folder / key) for key in keys]


def check_collection(folder: Path, wanted: Python, asked: Wishes) -> None:
    """Only what nobody wants, uses or has just asked for goes."""
    environments = Environments(folder)
    used, unused = pretend(folder, "used", "unused")
    assert environments.collect({asked}, {used}, 3600) == []
    assert environments.collect({asked}, {used}, 0) == ["unused"]
    assert [os.path.exists(python.interpreter) for python in (wanted, used)] == [True, False]
    assert [os.path.isdir(str(python.root)) for python in (used, unused)] == [True, False]
    assert sorted(environments.collect((), (), 0)) == sorted(["used", str(wanted.root).rpartition("/")[2]])
    assert environments.known(asked) is None
    assert os.listdir(folder) == ["asked"]
    assert os.listdir(folder / "asked") == []
