"""``podium-local`` in the hands of any Jupyter front end: jupyter_client's own managers and clients."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager

from podium.kernels.local import LocalProvisioner
from podium.tests.kernels.support import gone

ARGV = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


@pytest.fixture
def specifications(tmp_path: Path) -> KernelSpecManager:
    """Kernel specifications with one kernel, ``podium``, which names our provisioner."""
    stanza = {"provisioner_name": "podium-local", "config": {"memory_bytes": 700 << 20}}
    spec = {
        "argv": ARGV,
        "display_name": "Podium",
        "language": "python",
        "metadata": {"kernel_provisioner": stanza, "debugger": True},
    }
    folder = tmp_path / "kernels" / "podium"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    return KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")], ensure_native_kernel=False)


@pytest.fixture
async def manager(specifications: KernelSpecManager, tmp_path: Path) -> AsyncIterator[AsyncKernelManager]:
    """A manager whose kernel runs."""
    manager = AsyncKernelManager(kernel_name="podium", kernel_spec_manager=specifications)
    await manager.start_kernel(cwd=str(tmp_path))
    yield manager
    if manager.has_kernel:
        await manager.shutdown_kernel(now=True)


def provisioner(manager: KernelManager) -> LocalProvisioner:
    """The manager's provisioner, which has to be ours."""
    assert isinstance(manager.provisioner, LocalProvisioner)
    return manager.provisioner


@contextlib.asynccontextmanager
async def connected(manager: AsyncKernelManager) -> AsyncIterator[AsyncKernelClient]:
    """A client of the manager's kernel, which is ready."""
    client = manager.client()
    assert isinstance(client, AsyncKernelClient)
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=30)
        yield client
    finally:
        client.stop_channels()


async def value(manager: AsyncKernelManager, expression: str) -> str:
    """What an expression evaluates to in the kernel, as text."""
    async with connected(manager) as client:
        reply = await client.execute_interactive("", user_expressions={"it": expression}, timeout=30)
    shown: str = reply["content"]["user_expressions"]["it"]["data"]["text/plain"]
    return shown


async def test_runs_restarts_and_shuts_down(manager: AsyncKernelManager, tmp_path: Path) -> None:
    ours = provisioner(manager)
    assert manager.transport == "ipc"
    folder = Path(manager.ip).parent
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert await value(manager, "6 * 7") == "42"
    assert await value(manager, "__import__('os').getcwd()") == repr(str(tmp_path))
    assert ours.resolve_path("kernels") == str(tmp_path / "kernels")
    assert ours.resolve_path("nowhere") is None
    first = ours.pid
    await manager.restart_kernel()
    assert ours.pid != first
    assert await value(manager, "1 + 1") == "2"
    assert await manager.is_alive()
    pid, own_parent = ours.pid, int(await value(manager, "__import__('os').getppid()"))
    assert pid
    await manager.shutdown_kernel()
    assert not await manager.is_alive()
    await gone(pid, own_parent)
    assert not folder.parent.exists()


async def test_interrupts(manager: AsyncKernelManager) -> None:
    async with connected(manager) as client:
        client.execute("print('begun', flush=True)\nwhile True: pass")
        while (await client.get_iopub_msg(timeout=30))["msg_type"] != "stream":
            pass
        await manager.interrupt_kernel()
        while (reply := await client.get_shell_msg(timeout=30))["msg_type"] != "execute_reply":
            pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"


async def test_notices_that_the_kernel_died(manager: AsyncKernelManager) -> None:
    ours = provisioner(manager)
    await manager.signal_kernel(signal.SIGKILL)
    assert await ours.wait() == -signal.SIGKILL
    assert await ours.poll() == 0
    assert not manager.has_kernel
    await ours.send_signal(signal.SIGTERM)  # nobody is there, and that is fine
    await manager.cleanup_resources()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
async def test_limits_come_from_the_specification_and_the_environment_is_plain(manager: AsyncKernelManager) -> None:
    resource = "__import__('resource')"
    limit = await value(manager, f"{resource}.getrlimit({resource}.RLIMIT_DATA)[0]")
    assert int(limit) == 700 << 20
    environ = await value(manager, "sorted(__import__('os').environ)")
    assert "'PATH'" in environ
    assert "PYTEST_CURRENT_TEST" not in environ


async def test_passes_on_only_what_it_is_given(
    specifications: KernelSpecManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODIUM_MONGO_URI", "canary")
    manager = AsyncKernelManager(kernel_name="podium", kernel_spec_manager=specifications)
    await manager.start_kernel(cwd=str(tmp_path), env={"GREETING": "hello", "PODIUM_TOKEN": "canary"})
    environ = await value(manager, "dict(__import__('os').environ)")
    await manager.shutdown_kernel(now=True)
    assert "canary" not in environ
    assert "'GREETING': 'hello'" in environ


async def test_tells_and_takes_over_what_it_knows(manager: AsyncKernelManager) -> None:
    ours = provisioner(manager)
    told = await ours.get_provisioner_info()
    other = LocalProvisioner(kernel_id="other", kernel_spec=ours.kernel_spec)
    await other.load_provisioner_info(json.loads(json.dumps(told, default=bytes.decode)))
    assert other.kernel_id == ours.kernel_id
    assert other.endpoints == ours.endpoints
    assert other.pid == ours.pid
    assert not other.has_process


async def test_does_not_claim_to_encrypt(specifications: KernelSpecManager) -> None:
    specifications.get_kernel_spec("podium")
    manager = AsyncKernelManager(kernel_name="podium", kernel_spec_manager=specifications)
    assert manager.kernel_spec
    manager.kernel_spec.metadata["supported_encryption"] = "curve"
    manager.transport_encryption = "required"
    with pytest.raises(RuntimeError, match="does not encrypt"):
        await manager.start_kernel()


@pytest.fixture
def blocking(specifications: KernelSpecManager) -> Iterator[KernelManager]:
    """A manager for programs without an event loop."""
    manager = KernelManager(kernel_name="podium", kernel_spec_manager=specifications)
    yield manager
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


def test_blocking_manager(blocking: KernelManager) -> None:
    blocking.start_kernel()
    client = blocking.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    reply = client.execute_interactive("", user_expressions={"it": "6 * 7"}, timeout=30)
    assert reply["content"]["user_expressions"]["it"]["data"]["text/plain"] == "42"
    assert blocking.is_alive()
    client.stop_channels()
    blocking.signal_kernel(signal.SIGKILL)
    asyncio.run(gone(provisioner(blocking).pid or 0))
    assert not blocking.is_alive()
