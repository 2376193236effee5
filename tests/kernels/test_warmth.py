"""Kernels that need not begin from nothing: forked from a template, with the real runner in them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from podium.kernels.kernel import Kernel, KernelSource
from podium.kernels.sessions import Kernels, SessionKey
from podium.runner.protocol import FailureKind, Load, Loaded, LoadFailed
from podium.tests.kernels.support import GONE_S, execute, gone

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="there are templates on Linux only"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernels() -> AsyncIterator[Kernels]:
    """Kernels that have been warmed up."""
    async with Kernels() as kernels:
        await kernels.warm_up()
        yield kernels


async def start(kernels: Kernels, folder: Path, *, cold: bool = False) -> Kernel:
    """Start the kernel of an app that is named after the test."""
    return await kernels.start(SessionKey("ada", folder.name), directory=folder, env={"GREETING": "hello"}, cold=cold)


async def load(kernel: Kernel, **files: str) -> Loaded | LoadFailed:
    """Load an app whose modules are given by their names."""
    texts = {f"{name}.py": text for name, text in files.items()}
    return await kernel.runner.load(Load(texts, "main.py", "1"), 30)


async def test_a_module_that_is_named_like_a_preloaded_library_needs_a_cold_kernel(
    kernels: Kernels, tmp_path: Path
) -> None:
    files = {"main": "from flask import app", "flask": "async def app(scope, receive, send): ..."}
    forked = await start(kernels, tmp_path)
    assert forked.source is KernelSource.FORKED
    refused = await load(forked, **files)
    assert isinstance(refused, LoadFailed)
    assert refused.failure.kind is FailureKind.RESTART
    await kernels.stop(forked.key)
    cold = await start(kernels, tmp_path, cold=True)
    assert cold.source is KernelSource.COLD
    assert isinstance(await load(cold, **files), Loaded)
    assert (await execute(cold, "import flask; flask.__file__")).value == repr(str(tmp_path / "flask.py"))
    await kernels.stop(cold.key)


async def test_a_template_that_dies_is_replaced_and_its_kernels_stay(kernels: Kernels, tmp_path: Path) -> None:
    kernel = await start(kernels, tmp_path)
    killed = await kernels.template.warm()
    os.kill(killed, signal.SIGKILL)
    await gone(killed)
    async with asyncio.timeout(GONE_S):
        while await kernels.template.warm() == killed:  # until its end has been noticed
            await (await kernels.parent()).living()
    assert (await execute(kernel, "1 + 1")).value == "2"
    await kernels.stop(kernel.key)
    again = await start(kernels, tmp_path)
    assert again.source is KernelSource.FORKED
    await kernels.stop(again.key)
