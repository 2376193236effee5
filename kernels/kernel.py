"""One running kernel, as the server sees it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from podium.kernels.address import Address
from podium.kernels.clock import Clock
from podium.kernels.control import RunnerClient, RunnerUnavailable
from podium.kernels.environment import app_environment
from podium.kernels.environments.python import Python
from podium.kernels.exits import ExitReason, KernelExit, explain
from podium.kernels.limits import KernelLimits
from podium.kernels.memory import family_memory
from podium.kernels.race import race
from podium.runner.protocol import Claim, Health

if TYPE_CHECKING:
    from podium.kernels.channels import KernelChannels
    from podium.kernels.local import Endpoints, LocalProvisioner
    from podium.kernels.messaging import Connection

_PROBE_S = 2.0


class KernelSource(StrEnum):
    """Where a kernel's process came from: it waited ready, was forked from a warm one, or was started from nothing."""

    READY = "ready"
    FORKED = "forked"
    COLD = "cold"


class SessionKey(NamedTuple):
    """Whose kernel for which app."""

    owner: str
    app: str


class Kernel:
    """A kernel process with a runner in it.

    ``id`` is unique; ``source`` says where the process came from, and ``python`` which environment it runs in.
    ``app`` is where the app is served and ``runner`` speaks to the control port; both are there before the console is.
    ``connection`` reaches the kernel's ZeroMQ channels. ``exit`` is done when the process has ended.
    """

    def __init__(
        self,
        provisioner: LocalProvisioner,
        endpoints: Endpoints,
        connection: Connection,
        python: Python,
        limits: KernelLimits,
        clock: Clock,
    ) -> None:
        self.id = provisioner.kernel_id
        self.source = KernelSource.FORKED if provisioner.forked else KernelSource.COLD
        self.app: Address = endpoints.app
        self.runner = RunnerClient(endpoints.control, endpoints.token)
        self.connection = connection
        self.python = python
        self.exit: asyncio.Future[KernelExit] = asyncio.get_running_loop().create_future()
        self.exit.add_done_callback(lambda _: self.runner.close())
        self.last_used = clock.time()
        self._provisioner = provisioner
        self._limits = limits
        self._clock = clock
        self._asked: ExitReason | None = None
        self._ready = False
        self._console = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The kernel's process."""
        return self._provisioner.pid

    @property
    def ending(self) -> bool:
        """Whether it has been asked to end, or has ended."""
        return self._asked is not None or self.exit.done()

    def touch(self) -> None:
        """Note that somebody uses the kernel."""
        self.last_used = self._clock.time()

    async def become_ready(self) -> Health:
        """Return when the control port answers, so that a load can begin; waits for as long as that takes.

        Raises :class:`~podium.kernels.control.RunnerUnavailable` when it is no runner's.
        """
        health = await self.runner.health(timeout_s=None)
        self._ready = True
        return health

    async def console_is_up(self) -> None:
        """Return when the console answers."""
        await self._console.wait()

    async def claim(self, directory: Path, env: Mapping[str, str]) -> None:
        """Give a kernel that waits to the app in ``directory``.

        Raises :class:`~podium.kernels.control.RunnerUnavailable` when it is gone or cannot be had, and
        :class:`OSError` when the folder cannot be moved into its box.
        """
        await self._provisioner.move_to(directory)
        environment = app_environment(directory, env) | {"PODIUM_APP_DIR": str(directory)}
        await self.runner.claim(Claim(environment))
        self.source = KernelSource.READY
        self.touch()

    async def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the cell that the kernel executes."""
        self.touch()
        if not await race(self._console.wait(), self.exit, self._limits.interrupt_s):
            return  # no cell can have been begun, and a signal could end a process that does not expect it yet
        try:
            await self.connection.request("control", "interrupt_request", self._limits.interrupt_s)
        except TimeoutError:
            await self._provisioner.send_signal(signal.SIGINT)

    async def stop(self, reason: ExitReason = ExitReason.STOPPED) -> KernelExit:
        """End the kernel: ask, then SIGTERM, then SIGKILL; returns when it is gone, with the first reason given."""
        self._asked = self._asked or reason
        with contextlib.suppress(RunnerUnavailable):
            await self.runner.shutdown()
            await asyncio.wait([self.exit], timeout=self._limits.shutdown_s)
        if not self.exit.done():
            await self._provisioner.terminate()
            await asyncio.wait([self.exit], timeout=self._limits.terminate_s)
        return await self.kill(reason)

    async def retire(self) -> KernelExit:
        """Close WebSockets, and end the kernel when it has answered what it was asked, or after ``drain_s``."""
        with contextlib.suppress(RunnerUnavailable):
            await self.runner.drain(self._limits.drain_s)
        return await self.stop()

    async def kill(self, reason: ExitReason = ExitReason.STOPPED) -> KernelExit:
        """End the kernel without asking."""
        self._asked = self._asked or reason
        if not self.exit.done():
            await self._provisioner.kill()
        return await asyncio.shield(self.exit)

    async def give_up(self, why: str) -> KernelExit:
        """End a kernel that never became usable; if it has not ended by itself, ``why`` is what its user reads."""
        await self._provisioner.kill()
        exit_ = await asyncio.shield(self.exit)
        if exit_.signal != signal.SIGKILL.name:
            return exit_
        return replace(exit_, message=f"The kernel's process started, but could not be used: {why}.")

    async def busy(self) -> bool:
        """Whether requests are in flight or a cell is being executed."""
        try:
            health = await self.runner.health()
            await self.connection.request("shell", "kernel_info_request", _PROBE_S)
        except TimeoutError:
            return True
        except RunnerUnavailable:
            return False
        return health.in_flight > 0

    async def memory_bytes(self) -> int | None:
        """What the kernel and everything it started take now; ``None`` when it has ended."""
        pid = self._provisioner.pid
        return None if pid is None or self.exit.done() else await asyncio.to_thread(family_memory, pid)

    def channels(self, subprotocol: str | None = None) -> KernelChannels:
        """The kernel's channels for one WebSocket; ``subprotocol`` is what was agreed with its client."""
        from podium.kernels.channels import KernelChannels

        return KernelChannels(self, subprotocol)

    async def watch_console(self) -> None:
        """Wait until the kernel answers in its console, which is some time after the control port does.

        The control channel says so also when a cell is being executed already.
        """
        if await race(self.connection.request("control", "kernel_info_request"), self.exit):
            self._console.set()

    async def watch(self) -> None:
        """Wait for the process's end, clean up after it and settle :attr:`exit`."""
        ending = await self._provisioner.ended()
        await self._provisioner.cleanup()
        self.exit.set_result(explain(ending, asked=self._asked, ready=self._ready))
