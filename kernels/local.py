"""Kernels on this machine: a ``jupyter_client`` provisioner whose kernels are children of the kernel parent.

Any Jupyter front end can use it: name ``podium-local`` in a kernel specification or as the default provisioner. Each
kernel then has a kernel parent of its own; Podium's server gives the one that all its kernels share.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.connect import KernelConnectionInfo, write_connection_file
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Integer

from podium.kernels.address import Address
from podium.kernels.box.seats import take_seat
from podium.kernels.environment import base_environment, needs_fresh_start, without_private
from podium.kernels.exits import Ending
from podium.kernels.folder import KernelFolder
from podium.kernels.host import Host
from podium.kernels.parent.client import Parent, ParentLostError
from podium.kernels.parent.protocol import Exited, Spawn
from podium.kernels.runtime import make_runtime_directory

if TYPE_CHECKING:
    from jupyter_client.manager import KernelManager

DEFAULT_MEMORY_BYTES = 1024**3
DEFAULT_OPEN_FILES = 4096
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a kernel's runner listens, and the token for its control port."""

    app: Address
    control: Address
    token: str


class LocalProvisioner(KernelProvisionerBase):
    """Starts one kernel, and starts it again after a restart.

    ZeroMQ goes over Unix sockets in a directory that only this user can enter. Each kernel inherits two listening
    TCP sockets of its own, for the app and for control (:mod:`podium.runner.protocol`), has a private ``TMPDIR`` and
    sees exactly the environment that it is given. What a front end passes on is rid of the platform's own variables.
    Where the kernel parent has a template it is ``forked``, unless it has to be started ``cold``. The runner in a
    ``waiting`` kernel is not told any app's folder. Where the host has a box, the kernel is in it, and may write to its
    own folder and to the one that it works in; ``reads`` are further folders that it may read.
    """

    memory_bytes = Integer(DEFAULT_MEMORY_BYTES, config=True, help="Limit of the kernel's data segment (Linux).")
    open_files = Integer(DEFAULT_OPEN_FILES, config=True, help="How many file descriptors the kernel may have.")
    file_bytes = Integer(0, config=True, help="How large the files are that the kernel may write; 0 sets no limit.")
    tasks = Integer(0, config=True, help="How many processes and threads the kernel may have (Linux); 0 sets no limit.")

    def __init__(
        self,
        host: Host | None = None,
        *,
        cold: bool = False,
        waiting: bool = False,
        reads: Sequence[Path] = (),
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        self._host = host
        self._reads = [str(path) for path in reads]
        self._cold = cold
        self._waiting = waiting
        self._own_runtime: Path | None = None
        self._parent: Parent | None = None
        self._name = self.kernel_id or uuid.uuid4().hex
        self._cwd = Path.cwd()
        self._exited: asyncio.Future[Exited | None] | None = None
        self._folder: KernelFolder | None = None
        self._seat: Path | None = None
        self.pid: int | None = None
        self.forked = False
        self.endpoints: Endpoints | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel whose end has not been waited for."""
        return self._exited is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the kernel's folder, write its connection file, and put its command and environment together.

        Without a kernel manager the command is the specification's, and the environment is taken as it is.
        """
        if self.parent and self.parent.transport_encryption == "required":
            raise RuntimeError("podium-local speaks over private Unix sockets and does not encrypt what goes over them")
        host = self._host = self._host or self._own_host()
        folder = self._folder = KernelFolder(host.runtime / self._name)
        await asyncio.to_thread(folder.make)
        if self._waiting and host.box:
            self._seat = host.box.seat(self._name)
            await asyncio.to_thread(self._seat.mkdir, mode=0o700, parents=True, exist_ok=True)
        extra: list[str] = kwargs.pop("extra_arguments", [])
        passed = kwargs.pop("env", None)
        env = dict(passed) if passed is not None else base_environment() | {"HOME": str(Path.home())}
        if self.parent is None:
            cmd = self._write_connection_file(folder) + extra
        else:
            cmd = self._configure_manager(self.parent, folder, extra)
            env = without_private(env)
        env |= {"TMPDIR": str(folder.temporary), "IPYTHONDIR": str(folder.ipython)}
        return await super().pre_launch(cmd=cmd, env=env, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the process. Raises :class:`~podium.kernels.parent.client.ParentError` when that cannot be done."""
        assert self._host is not None  # noqa: S101 - pre_launch comes first
        self._cwd = self._seat or Path(kwargs.get("cwd") or Path.cwd())
        with _listen() as app, _listen() as control:
            self.endpoints = Endpoints(_address(app), _address(control), secrets.token_urlsafe())
            parent = self._parent = await self._host.parent()
            self.pid, self.forked, self._exited = await parent.spawn(self._spawn(cmd, kwargs["env"]), [app, control])
        return self.connection_info

    async def move_to(self, directory: Path) -> None:
        """Make ``directory`` the folder that a waiting kernel works in; raises :class:`OSError` when that cannot be."""
        if self._seat:
            take_seat(self._seat, directory)  # not in a thread: it takes less time than one needs to begin
        self._cwd = directory

    async def poll(self) -> int | None:
        """``None`` while the kernel lives, else its exit code, negative for a signal."""
        if self._exited is None:
            return 0
        if not self._exited.done() and self._parent:
            with contextlib.suppress(ParentLostError):
                await self._parent.living()  # the loop of a blocking kernel manager runs only while it is called
        return _exit_code(self._exited.result()) if self._exited.done() else None

    async def wait(self) -> int | None:
        """Wait for the kernel's end; its exit code, negative for a signal."""
        if self._exited is None:
            return 0
        code = _exit_code(await asyncio.shield(self._exited))
        self._exited = None
        return code

    async def ended(self) -> Ending:
        """Wait for the kernel's end, and say what is known of it. Only after :meth:`launch_kernel`."""
        assert self._exited is not None  # noqa: S101 - see above
        exited = await asyncio.shield(self._exited)
        if exited is None:
            return Ending(memory_bytes=self.memory_bytes)
        crowd = self.tasks if exited.crowded else 0
        return Ending(exited.status, exited.peak_bytes, self.memory_bytes, exited.oom_kill, exited.output, crowd)

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel's process group; nothing happens when it has ended."""
        if self._parent:
            with contextlib.suppress(ParentLostError):
                await self._parent.signal(self._name, signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once. Its descendants are ended with it, wherever they are."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder and, if it is ours alone, the kernel parent; not before a restart."""
        if restart:
            return
        if self._folder:
            await asyncio.to_thread(self._folder.remove)
        if self._seat:  # which is no longer there when an app has been moved into it
            await asyncio.to_thread(shutil.rmtree, self._seat, ignore_errors=True)
        if self._own_runtime:
            if self._parent:
                await self._parent.close()
            await asyncio.to_thread(shutil.rmtree, self._own_runtime, ignore_errors=True)
            self._own_runtime = self._host = self._parent = None

    async def get_provisioner_info(self) -> dict[str, Any]:
        """The base information, the process id and where the runner listens."""
        endpoints = asdict(self.endpoints) if self.endpoints else None
        return await super().get_provisioner_info() | {"pid": self.pid, "endpoints": endpoints}

    async def load_provisioner_info(self, provisioner_info: dict[str, Any]) -> None:
        """Take over what :meth:`get_provisioner_info` gave: enough to talk to the kernel, which stays its parent's."""
        await super().load_provisioner_info(provisioner_info)
        self.pid = provisioner_info["pid"]
        if endpoints := provisioner_info["endpoints"]:
            self.endpoints = Endpoints(Address(*endpoints["app"]), Address(*endpoints["control"]), endpoints["token"])

    def resolve_path(self, path: str) -> str | None:
        """The absolute path of a file as the kernel sees it, if it exists."""
        resolved = (self._cwd / Path(path).expanduser()).resolve()
        return str(resolved) if resolved.exists() else None

    def _own_host(self) -> Host:
        runtime = self._own_runtime = make_runtime_directory()

        async def parent() -> Parent:
            if self._parent and not self._parent.lost.done():
                return self._parent
            if self._parent:
                await self._parent.close()
            return Parent.start(runtime)

        return Host(runtime, parent)

    def _write_connection_file(self, folder: KernelFolder) -> list[str]:
        key = secrets.token_hex().encode()
        path, info = write_connection_file(
            str(folder.connection_file), ip=str(folder.sockets), key=key, transport="ipc"
        )
        info["key"] = key  # type: ignore[typeddict-item]  # managers hand it out as bytes, and compare it
        self.connection_info = info
        return [argument.replace("{connection_file}", path) for argument in self.kernel_spec.argv]

    def _configure_manager(self, manager: KernelManager, folder: KernelFolder, extra: list[str]) -> list[str]:
        manager.transport, manager.ip = "ipc", str(folder.sockets)
        manager.connection_file = manager.connection_file or str(folder.connection_file)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return manager.format_kernel_cmd(extra_arguments=extra)

    def _told(self) -> dict[str, str]:
        """What the runner is told in its environment."""
        directory = {} if self._waiting else {"PODIUM_APP_DIR": str(self._cwd)}
        return directory | ({"PODIUM_BOXED": "1"} if self._boxed else {})

    @property
    def _boxed(self) -> bool:
        return self._host is not None and self._host.box is not None

    def _spawn(self, cmd: list[str], env: dict[str, str]) -> Spawn:
        assert self.endpoints is not None  # noqa: S101 - launch_kernel has just made them
        return Spawn(
            kernel=self._name,
            argv=[shutil.which(cmd[0], path=env.get("PATH")) or cmd[0], *cmd[1:]],
            env=env | self._told() | {"PODIUM_CONTROL_TOKEN": self.endpoints.token},
            cwd=str(self._cwd),
            memory_bytes=self.memory_bytes,
            open_files=self.open_files,
            sockets=["PODIUM_APP_FD", "PODIUM_CONTROL_FD"],
            cold=self._cold or needs_fresh_start(env),
            file_bytes=self.file_bytes,
            tasks=self.tasks,
            boxed=self._boxed,
            own=[str(self._cwd), str(self._folder.path)] if self._folder else [],
            reads=self._reads,
        )


def _listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)


def _address(listening: socket.socket) -> Address:
    return Address(*listening.getsockname())


def _exit_code(exited: Exited | None) -> int:
    return -signal.SIGKILL if exited is None else os.waitstatus_to_exitcode(exited.status)
