"""Brings kernels up. This is where ``jupyter_client`` comes in, so it is imported late and in a thread."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec

from podium.kernels.clock import Clock
from podium.kernels.environment import base_environment
from podium.kernels.host import Host
from podium.kernels.kernel import Kernel, SessionKey
from podium.kernels.limits import KernelLimits
from podium.kernels.local import LocalProvisioner
from podium.kernels.messaging import Connection


@dataclass(frozen=True, slots=True)
class Launcher:
    """What all kernels of a server have in common."""

    host: Host
    command: list[str]
    limits: KernelLimits
    clock: Clock
    context: zmq.asyncio.Context

    async def launch(self, key: SessionKey, directory: Path, env: Mapping[str, str], *, cold: bool = False) -> Kernel:
        """Start a kernel's process, ``cold`` or in the quickest way; leaves nothing behind when that fails.

        Raises :class:`~podium.kernels.parent.client.ParentError` and :class:`OSError`.
        """
        provisioner = LocalProvisioner(
            self.host,
            cold=cold,
            kernel_id=uuid.uuid4().hex,
            kernel_spec=KernelSpec(argv=self.command, language="python"),
            memory_bytes=self.limits.memory_bytes,
            open_files=self.limits.open_files,
        )
        whole = base_environment() | {"HOME": str(directory)} | dict(env)
        try:
            arguments = await provisioner.pre_launch(env=whole, cwd=str(directory))
            info = await provisioner.launch_kernel(arguments.pop("cmd"), **arguments)
        except BaseException:
            await provisioner.kill()
            await provisioner.cleanup()
            raise
        assert provisioner.endpoints is not None  # noqa: S101 - launch_kernel made them
        return Kernel(key, provisioner, provisioner.endpoints, Connection(info, self.context), self.limits, self.clock)


def make_launcher(host: Host, command: list[str], limits: KernelLimits, clock: Clock) -> Launcher:
    """A launcher with a ZeroMQ context of its own, which is the caller's to destroy."""
    return Launcher(host, command, limits, clock, zmq.asyncio.Context())
