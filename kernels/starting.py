"""Starting kernels in the quickest way there is: one that waits ready, one forked from a template, or one from nothing.

This holds everything that kernels have in common: the runtime directory, the kernel parent, the templates, the pool.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import shutil
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from podium.kernels.backoff import again_and_again
from podium.kernels.box.plan import BoxPlan
from podium.kernels.clock import Clock
from podium.kernels.control import RunnerUnavailable
from podium.kernels.environment import needs_fresh_start
from podium.kernels.environments.python import OWN, Python
from podium.kernels.exits import Ending, ExitReason, KernelExit, explain
from podium.kernels.host import Host
from podium.kernels.kernel import Kernel
from podium.kernels.limits import KernelLimits
from podium.kernels.parent.client import ParentError, ParentLostError
from podium.kernels.parent.keeper import ParentKeeper
from podium.kernels.pool import Pool
from podium.kernels.race import race
from podium.kernels.runtime import make_runtime_directory
from podium.kernels.tasks import Tasks
from podium.kernels.warmth import TemplateKeeper, Templates

if TYPE_CHECKING:
    from podium.kernels.launch import Launcher

_LAUNCH = "podium.kernels.launch"
"""Takes long to import, so that happens in a thread."""

logger = logging.getLogger(__name__)


class KernelStartFailed(Exception):  # noqa: N818 - the name in the contract between the rooms
    """A kernel ended or was ended before it was ready; ``exit`` says why."""

    def __init__(self, exit_: KernelExit) -> None:
        super().__init__(exit_.message)
        self.exit = exit_


class Starter:
    """An async context manager; leaving it ends every process that was started, and waits until nothing is left."""

    def __init__(self, limits: KernelLimits, command: Sequence[str], clock: Clock, box: BoxPlan | None) -> None:
        self._limits = limits
        self._box = box
        self._command = list(command)
        self._clock = clock
        self._tasks = Tasks()
        self._filling: asyncio.Task[None] | None = None
        self._launcher: Launcher | None = None
        self._runtime: Path
        self.parents: ParentKeeper
        self.template: TemplateKeeper
        self.templates: Templates
        self.pool: Pool

    async def __aenter__(self) -> Self:
        self._runtime = make_runtime_directory()
        self.parents = await ParentKeeper(self._runtime, self._box).__aenter__()
        self.template = TemplateKeeper(self.parents.parent)
        folders = [self._box.work, str(self._runtime)] if self._box else []
        self.templates = Templates(self.parents.parent, self._clock, folders)
        self.pool = Pool(self._limits.ready_kernels, self._make_waiting, self._clock)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._filling:
            self._filling.cancel()
            await asyncio.wait([self._filling])
        try:
            await self.pool.close()
        finally:
            await self.templates.close()
            await self.template.__aexit__(kind, error, trace)
            await self.parents.__aexit__(kind, error, trace)
        await self._tasks.wait()
        if self._launcher:
            self._launcher.context.destroy(linger=0)
        await asyncio.to_thread(shutil.rmtree, self._runtime, ignore_errors=True)

    async def warm_up(self) -> None:
        """Prepare what makes starting quick: the modules, the template, the pool. Call it once."""
        if self._box:  # what a killed server left
            await asyncio.to_thread(shutil.rmtree, self._box.seats, ignore_errors=True)
        await self._get_launcher()
        if self._limits.ready_kernels:
            await self.template.__aenter__()
            await self.template.settled()
            self._filling = self._tasks.start(again_and_again(self._fill), "pool of kernels")

    async def start(
        self, directory: Path, env: Mapping[str, str], python: Python, *, cold: bool, shared: bool = False
    ) -> Kernel:
        """A kernel for the app in ``directory`` which is ready to load it; raises :class:`KernelStartFailed`.

        In a ``shared`` folder another kernel works. One that waits would take the folder away from it, into its box.
        """
        if not cold and not shared and python == OWN and (ready := await self._take_ready(directory, env)):
            return ready
        self.pool.disturb()
        launcher = await self._get_launcher()
        kernel = await self._bring_up(launcher.launch(directory, env, python, cold=cold))
        if python != OWN and self._limits.ready_kernels:
            self.templates.want(python)
        return kernel

    async def _take_ready(self, directory: Path, env: Mapping[str, str]) -> Kernel | None:
        if needs_fresh_start(env):
            return None
        while kernel := self.pool.take():
            try:
                await kernel.claim(directory, env)
            except (RunnerUnavailable, OSError) as error:
                logger.warning("Kernel %s waited and could not be had: %s", kernel.id, error)
                await kernel.kill()
            except BaseException:
                await kernel.kill()
                raise
            else:
                return kernel
        return None

    async def _fill(self) -> None:
        try:
            await self.pool.fill()
        except KernelStartFailed as error:
            logger.warning("No kernel can be made to wait: %s", error)

    async def _make_waiting(self) -> Kernel:
        launcher = await self._get_launcher()
        kernel = await self._bring_up(launcher.launch_waiting())
        await race(kernel.console_is_up(), kernel.exit)
        return kernel

    async def _get_launcher(self) -> Launcher:
        if self._launcher is None:
            await asyncio.to_thread(importlib.import_module, _LAUNCH)
            from podium.kernels.launch import make_launcher

            host = Host(self._runtime, self.parents.parent, self._box)
            self._launcher = self._launcher or make_launcher(host, self._command, self._limits, self._clock)
        return self._launcher

    async def _bring_up(self, launching: Awaitable[Kernel]) -> Kernel:
        """Wait until a kernel is there and its control port answers; raises :class:`KernelStartFailed`."""
        deadline = asyncio.get_running_loop().time() + self._limits.start_timeout_s
        try:
            async with asyncio.timeout_at(deadline):
                kernel = await launching
            self._tasks.start(kernel.watch(), f"kernel {kernel.id}")
            self._tasks.start(kernel.watch_console(), f"console of kernel {kernel.id}")
            await self._wait_until_ready(kernel, deadline)
        except TimeoutError as error:
            raise KernelStartFailed(explain(Ending(), asked=ExitReason.TIMEOUT)) from error
        except (ParentError, OSError) as error:
            raise KernelStartFailed(_not_started(error)) from error
        return kernel

    async def _wait_until_ready(self, kernel: Kernel, deadline: float) -> None:
        """Raises :class:`KernelStartFailed` when the kernel ends first, or has to be ended."""
        try:
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            health = await race(kernel.become_ready(), kernel.exit, left)
            if kernel.exit.done():
                raise KernelStartFailed(kernel.exit.result())
            if health is None:
                raise KernelStartFailed(await kernel.kill(ExitReason.TIMEOUT))
        except RunnerUnavailable as error:
            raise KernelStartFailed(await kernel.give_up(str(error))) from error
        except BaseException:
            await kernel.kill()
            raise


def _not_started(error: Exception) -> KernelExit:
    if isinstance(error, ParentLostError):
        return explain(Ending())
    message = f"The kernel's process could not be started: {error}."
    hint = "The machine may be short of memory, processes or disk space. Free some and press Run again."
    return KernelExit(ExitReason.START_FAILED, message, hint)
