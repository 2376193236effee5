"""Fixtures: a runner that the tests of a module share, and runners that a test may break."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from podium.tests.runner.driver import Body, Runner, RunnerProcess

StartRunner = Callable[..., Awaitable[Runner]]


@pytest.fixture(scope="module")
def shared_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunnerProcess]:
    """Start one process without a kernel for all tests of a module."""
    process = RunnerProcess(tmp_path_factory.mktemp("runner"))
    yield process
    process.kill()


@pytest.fixture
async def runner(shared_process: RunnerProcess) -> AsyncIterator[Runner]:
    """Speak to the module's runner."""
    async with Runner(shared_process) as client:
        yield client


@pytest.fixture
async def start_runner(tmp_path: Path) -> AsyncIterator[StartRunner]:
    """Start any number of runners that belong to one test."""
    async with AsyncExitStack() as stack:
        count = 0

        async def start(body: Body = "live", **environment: str) -> Runner:
            nonlocal count
            count += 1
            process = RunnerProcess(tmp_path / f"runner-{count}", body, **environment)
            stack.callback(process.kill)
            return await stack.enter_async_context(Runner(process))

        yield start
