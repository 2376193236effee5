"""Fixtures of the kernels' tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from podium.kernels.sessions import Kernel, Kernels, SessionKey
from podium.tests.kernels.support import PLAIN

KEY = SessionKey("ada", "notes")
MakeKernels = Callable[..., Awaitable[Kernels]]
StartKernel = Callable[..., Awaitable[Kernel]]


@pytest.fixture
async def make_kernels() -> AsyncIterator[MakeKernels]:
    """Makes :class:`Kernels` that are left at the end of the test; takes its arguments."""
    async with AsyncExitStack() as stack:

        async def make(*arguments: object, **named: object) -> Kernels:
            named.setdefault("command", PLAIN)
            return await stack.enter_async_context(Kernels(*arguments, **named))  # type: ignore[arg-type]  # passed on

        yield make


@pytest.fixture
async def kernels(make_kernels: MakeKernels) -> Kernels:
    """Working kernels with the usual limits."""
    return await make_kernels()


@pytest.fixture
def start(kernels: Kernels, tmp_path: Path) -> StartKernel:
    """Starts a working kernel; takes its environment, and its app's name as ``app``."""

    async def start_one(app: str = "notes", **env: str) -> Kernel:
        directory = tmp_path / app
        directory.mkdir(exist_ok=True)
        return await kernels.start(SessionKey("ada", app), directory=directory, env=env)

    return start_one
