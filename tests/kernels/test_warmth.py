"""Kernels that need not begin from nothing: forked from a template, or waiting ready. With the real runner in them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from podium.kernels.control import RunnerUnavailable
from podium.kernels.environments.python import OWN
from podium.kernels.exits import ExitReason
from podium.kernels.kernel import Kernel, KernelSource
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import KernelLimitReached, Kernels, SessionKey
from podium.kernels.warmth import IDLE_S, LATER_S, Templates
from podium.runner.protocol import FailureKind, Load, Loaded, LoadFailed
from podium.tests.kernels.support import GONE_S, execute, gone, open_files
from podium.tests.kernels.test_culling import ManualClock

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="there are templates on Linux only"),
]

APP = """
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernels() -> AsyncIterator[Kernels]:
    """Kernels of which two wait ready."""
    async with Kernels(KernelLimits(max_kernels=3, ready_kernels=2)) as kernels:
        await kernels.warm_up()
        yield kernels


class Apps:
    """Starts kernels of apps in folders of their own."""

    def __init__(self, kernels: Kernels, folder: Path) -> None:
        self._kernels = kernels
        self._folder = folder

    async def start(self, app: str, *, cold: bool = False, **env: str) -> Kernel:
        """Start an app's kernel."""
        folder = self._folder / app
        folder.mkdir(exist_ok=True)
        return await self._kernels.start(SessionKey("ada", app), directory=folder, env=env, cold=cold)

    async def stop(self, *apps: str) -> None:
        """Stop the kernels of apps."""
        await asyncio.gather(*(self._kernels.stop(SessionKey("ada", app)) for app in apps))


@pytest.fixture
def apps(kernels: Kernels, tmp_path: Path) -> Apps:
    """Starts kernels below the test's folder."""
    return Apps(kernels, tmp_path)


async def load(kernel: Kernel, **files: str) -> Loaded | LoadFailed:
    """Load an app whose modules are given by their names."""
    texts = {f"{name}.py": text for name, text in files.items()}
    return await kernel.runner.load(Load(texts, "main.py", "1"), 30)


async def look(kernel: Kernel, code: str) -> Any:
    """What a cell prints, as JSON."""
    return json.loads((await execute(kernel, f"import json, os\n{code}")).printed)


LOOK = """
import random, secrets, ssl, sys, tempfile, uuid
from multiprocessing.process import current_process
from bson import ObjectId
from ipykernel.kernelapp import IPKernelApp
kernel = IPKernelApp.instance()
print(json.dumps({
    "random": [random.random(), random.Random().random(), secrets.token_hex(), ssl.RAND_bytes(8).hex()],
    "names": [str(uuid.uuid4()), str(uuid.uuid1()), str(ObjectId())[8:18], next(tempfile._get_candidate_names())],
    "folders": [os.getcwd(), os.environ["HOME"], tempfile.gettempdir(), tempfile.mkdtemp(), sys.path[-1], str(_dh[0])],
    "keys": [kernel.session.key.decode(), kernel.session.session, kernel.ip, kernel.connection_file],
    "process": [os.getpid(), os.getsid(0), current_process().authkey.hex(), os.environ["PODIUM_KERNEL"]],
    "given": [os.environ["GREETING"]],
}))
"""


async def test_kernels_that_waited_share_nothing(kernels: Kernels, apps: Apps) -> None:
    await kernels.starter.pool.full()
    first, second = [await apps.start(name, GREETING=name) for name in ("first", "second")]
    assert (first.source, second.source) == (KernelSource.READY, KernelSource.READY)
    ours, theirs = [await look(kernel, LOOK) for kernel in (first, second)]
    for subject, told in ours.items():
        assert not set(told) & set(theirs[subject]), subject
    pids = [ours["process"][0], theirs["process"][0], await kernels.starter.template.warm()]
    opened = [{name for name in open_files(pid) if name.startswith(("socket:", "pipe:"))} for pid in pids]
    assert not opened[0] & opened[1]
    assert not opened[2] & (opened[0] | opened[1])
    await check_that_both_serve(first, second)
    os.kill(pids[0], signal.SIGTERM)
    assert (await first.exit).reason is ExitReason.EXITED
    assert (await execute(second, "1 + 1")).value == "2"
    await apps.stop("second")


async def check_that_both_serve(first: Kernel, second: Kernel) -> None:
    """What one app does to its process is not seen by the other, and its console sees the app."""
    changed = "import os, asyncio, logging, random\nrandom.seed(1); os.environ['X'] = '1'; os.umask(0o77)\n"
    rehearsed = await first.runner.health()
    assert (rehearsed.generation, rehearsed.last_event) == (0, 0)
    assert isinstance(await load(first, main=changed + APP), Loaded)
    assert isinstance(await load(second, main=APP), Loaded)
    assert await look(first, "print(json.dumps(['X' in os.environ, app is main.app]))") == [True, True]
    assert await look(second, "print(json.dumps(['X' in os.environ, os.umask(0o22) == 0o77]))") == [False, False]


async def test_where_none_waits_they_are_forked_and_only_those_with_an_app_count(kernels: Kernels, apps: Apps) -> None:
    await kernels.starter.pool.full()
    started = [await apps.start(name) for name in ("a", "b", "c")]
    assert [kernel.source for kernel in started] == [KernelSource.READY, KernelSource.READY, KernelSource.FORKED]
    with pytest.raises(KernelLimitReached):
        await apps.start("d")
    await kernels.starter.pool.full()
    await apps.stop("a", "b", "c")
    assert (await apps.start("e", PYTHONSTARTUP="")).source is KernelSource.COLD
    await apps.stop("e")


async def test_one_that_died_waiting_is_replaced(kernels: Kernels, apps: Apps, tmp_path: Path) -> None:
    pool = kernels.starter.pool
    await pool.full()
    dead, stopped = pool.waiting
    assert dead.pid
    assert stopped.pid
    os.kill(dead.pid, signal.SIGKILL)
    await dead.exit
    await pool.full()
    assert dead not in pool.waiting
    with pytest.raises(RunnerUnavailable, match="409"):
        await load(stopped, main=APP)
    assert (await apps.start("a")) is stopped
    with pytest.raises(RunnerUnavailable, match="409"):
        await stopped.claim(tmp_path, {})
    assert isinstance(await load(stopped, main=APP), Loaded)
    await apps.stop("a")


async def test_a_module_that_is_named_like_a_preloaded_library_needs_a_cold_kernel(apps: Apps, tmp_path: Path) -> None:
    files = {"main": "from flask import app", "flask": APP}
    refused = await load(await apps.start("a"), **files)
    assert isinstance(refused, LoadFailed)
    assert refused.failure.kind is FailureKind.RESTART
    await apps.stop("a")
    cold = await apps.start("a", cold=True)
    assert cold.source is KernelSource.COLD
    assert isinstance(await load(cold, **files), Loaded)
    assert await look(cold, "import flask; print(json.dumps(flask.__file__))") == str(tmp_path / "a" / "flask.py")
    await apps.stop("a")


async def test_a_template_that_dies_is_replaced_and_its_kernels_stay(kernels: Kernels, apps: Apps) -> None:
    await kernels.starter.pool.full()
    kernel = await apps.start("a")
    killed = await kernels.starter.template.warm()
    os.kill(killed, signal.SIGKILL)
    await gone(killed)
    async with asyncio.timeout(GONE_S):
        while await kernels.starter.template.warm() == killed:  # until its end has been noticed
            await (await kernels.starter.parents.parent()).living()
    assert (await execute(kernel, "1 + 1")).value == "2"
    await apps.stop("a")


async def test_a_template_of_another_environment_goes_when_nobody_has_wanted_it_for_long(kernels: Kernels) -> None:
    clock = ManualClock()
    templates = Templates(kernels.starter.parents.parent, clock)
    templates.want(OWN)
    await asyncio.sleep(0)
    await clock.wind(LATER_S)
    pid = await templates.warm(OWN)
    await clock.wind(IDLE_S / 2)
    templates.want(OWN)
    await clock.wind(IDLE_S - 1)
    assert templates.environments == {OWN}
    await clock.wind(1)
    await gone(pid)
    await templates.close()
    assert templates.environments == set()
