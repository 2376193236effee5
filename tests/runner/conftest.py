"""Fixtures: a runner of each kind, ended after its test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from podium.tests.runner.driver import Body, RunnerProcess

StartRunner = Callable[..., RunnerProcess]


@pytest.fixture
async def start_runner(tmp_path: Path) -> AsyncIterator[StartRunner]:
    """Start any number of runners in one test."""
    started: list[RunnerProcess] = []

    def start(body: Body = "live", **environment: str) -> RunnerProcess:
        folder = tmp_path / f"runner-{len(started)}"
        folder.mkdir()
        started.append(RunnerProcess(folder, body, **environment))
        return started[-1]

    yield start
    for runner in started:
        await runner.close()


@pytest.fixture
async def runner(start_runner: StartRunner) -> RunnerProcess:
    """A runner without a kernel."""
    return start_runner()
