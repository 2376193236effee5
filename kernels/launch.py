"""Brings kernels up. This is where ``jupyter_client`` comes in, so it is imported late and in a thread."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec

from podium.kernels.box.seats import recover
from podium.kernels.clock import Clock
from podium.kernels.environment import app_environment, base_environment
from podium.kernels.environments.python import OWN, Python
from podium.kernels.host import Host
from podium.kernels.kernel import Kernel
from podium.kernels.limits import KernelLimits
from podium.kernels.local import LocalProvisioner
from podium.kernels.messaging import Connection


@dataclass(frozen=True, slots=True)
class Launcher:
    """What all kernels of a server have in common. ``command`` begins with the interpreter of Podium's environment."""

    host: Host
    command: list[str]
    limits: KernelLimits
    clock: Clock
    context: zmq.asyncio.Context

    async def launch(self, directory: Path, env: Mapping[str, str], python: Python, *, cold: bool) -> Kernel:
        """Start the process of a kernel for the app in ``directory``, ``cold`` or in the quickest way.

        Leaves nothing behind when that fails, as :meth:`launch_waiting`. Both raise
        :class:`~podium.kernels.parent.client.ParentError` and :class:`OSError`.
        """
        await asyncio.to_thread(recover, directory)
        return await self._launch(
            self._provisioner(python, cold=cold), app_environment(directory, env), directory, python
        )

    async def launch_waiting(self) -> Kernel:
        """Start the process of a kernel that waits for an app."""
        return await self._launch(self._provisioner(OWN, waiting=True), {}, self.host.runtime, OWN)

    def _provisioner(self, python: Python, **how: bool) -> LocalProvisioner:
        command = self.command if python == OWN else [python.interpreter, *self.command[1:]]
        return LocalProvisioner(
            self.host,
            kernel_id=uuid.uuid4().hex,
            kernel_spec=KernelSpec(argv=command, language="python"),
            reads=[python.root] if python.root else [],
            memory_bytes=self.limits.memory_bytes,
            open_files=self.limits.open_files,
            file_bytes=self.limits.file_bytes,
            tasks=self.limits.tasks,
            **how,
        )

    async def _launch(
        self, provisioner: LocalProvisioner, env: Mapping[str, str], directory: Path, python: Python
    ) -> Kernel:
        complete = base_environment(python.interpreter) | dict(env)
        try:
            arguments = await provisioner.pre_launch(env=complete, cwd=str(directory))
            info = await provisioner.launch_kernel(arguments.pop("cmd"), **arguments)
        except BaseException:
            await provisioner.kill()
            await provisioner.cleanup()
            raise
        assert provisioner.endpoints is not None  # noqa: S101 - launch_kernel made them
        connection = Connection(info, self.context)
        return Kernel(provisioner, provisioner.endpoints, connection, python, self.limits, self.clock)


def make_launcher(host: Host, command: list[str], limits: KernelLimits, clock: Clock) -> Launcher:
    """A launcher with a ZeroMQ context of its own, which is the caller's to destroy."""
    return Launcher(host, command, limits, clock, zmq.asyncio.Context())
