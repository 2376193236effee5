"""Keeps a template of one environment warm, so that kernels can be forked from it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import uuid
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from podium.kernels.backoff import again_and_again
from podium.kernels.environment import base_environment
from podium.kernels.parent.client import Parent, ParentError, Started
from podium.kernels.parent.protocol import Warm
from podium.kernels.race import race

logger = logging.getLogger(__name__)


class TemplateKeeper:
    """An async context manager; within it there is a template of an environment, or soon will be again.

    An environment is known by its interpreter. Where the system cannot fork warm processes safely there never is one
    (macOS: its own libraries start threads), and kernels are started cold.
    """

    def __init__(self, parent: Callable[[], Awaitable[Parent]], interpreter: str = sys.executable) -> None:
        self._parent = parent
        self._interpreter = interpreter
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._warm = asyncio.Event()
        self._started: Started | None = None

    async def __aenter__(self) -> Self:
        if sys.platform == "linux":
            self._task = asyncio.create_task(again_and_again(self._run_one), name=f"template of {self._interpreter}")
        else:
            self._settled.set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop keeping it; the process itself ends with the kernel parent."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def pid(self) -> int | None:
        """The template's process; ``None`` when it has ended."""
        return None if self._started is None or self._started.ended.done() else self._started.pid

    async def settled(self) -> None:
        """Wait until the template is warm, or has failed to become so; starting another one is not waited out."""
        await self._settled.wait()

    async def warm(self) -> int:
        """Wait until there is a warm template, and return its process id."""
        while (pid := self.pid) is None or not self._warm.is_set():
            self._warm.clear()
            await self._warm.wait()
        return pid

    async def _run_one(self) -> None:
        self._settled.clear()
        try:
            await self._keep_one(await self._parent())
        except ParentError as error:
            logger.warning("There is no template of kernels for %s: %s", self._interpreter, error)
        finally:
            self._settled.set()

    async def _keep_one(self, parent: Parent) -> None:
        request = Warm(f"template-{uuid.uuid4().hex}", self._interpreter, base_environment())
        self._started, warmed = await parent.warm(request)
        ended = self._started.ended
        await race(asyncio.shield(warmed), ended)
        if warmed.done():
            self._warm.set()
            self._settled.set()
        exited = await asyncio.shield(ended)
        self._warm.clear()
        if exited:
            output = exited.output.strip()
            logger.warning("The template of kernels for %s has ended; starting another: %s", self._interpreter, output)
