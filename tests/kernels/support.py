"""What the kernels' tests share: programs that stand for kernels, and a client of the console."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from podium.kernels.channels import KernelChannels
from podium.kernels.kernel import Kernel

PROGRAMS = Path(__file__).parent / "programs"
PLAIN = (sys.executable, "-P", str(PROGRAMS / "plain.py"), "-f", "{connection_file}")
"""A kernel that works: ipykernel with a small control port."""
GONE_S = 20.0


def script(code: str) -> tuple[str, ...]:
    """A command that is no kernel at all but runs ``code``."""
    return (sys.executable, "-P", "-c", code, "{connection_file}")


async def gone(*pids: int) -> None:
    """Wait until none of these processes exists."""
    await asyncio.gather(*(asyncio.to_thread(_gone, pid) for pid in pids))


def _gone(pid: int) -> None:
    try:
        if sys.platform != "linux":
            psutil.Process(pid).wait(GONE_S)
            return
        end = os.pidfd_open(pid)  # readable when it has ended, also when nobody reaps it
    except (ProcessLookupError, psutil.NoSuchProcess):
        return
    try:
        assert select.select([end], [], [], GONE_S)[0], f"process {pid} is still there"
    finally:
        os.close(end)


def alive(pid: int) -> bool:
    """Whether a process exists and is not merely waiting to be reaped."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def message(kind: str, channel: str = "shell", **content: Any) -> dict[str, Any]:
    """A Jupyter message as a front end makes it."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "username": "test",
        "session": "front end",
        "date": "2026-01-01T00:00:00Z",
        "version": "5.4",
    }
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}


@dataclass
class Executed:
    """What a cell did: its printed text, its value as text, and the name of its error."""

    printed: str = ""
    value: str | None = None
    error: str | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)


async def send_code(channels: KernelChannels, code: str) -> str:
    """Ask for an execution; the id of the request."""
    request = message("execute_request", code=code, silent=False, store_history=False, allow_stdin=False)
    await channels.send(json.dumps(request))
    return str(request["header"]["msg_id"])


async def collect(channels: KernelChannels, request: str) -> Executed:
    """Read until the kernel says that it has finished ``request``, or is dead."""
    result = Executed()
    async for frame in channels:
        received = json.loads(frame)
        kind, content = received["msg_type"], received["content"]
        if kind == "status" and content["execution_state"] == "dead":
            break
        if received["parent_header"].get("msg_id") != request or received["channel"] != "iopub":
            continue
        result.messages.append(received)
        if kind == "stream":
            result.printed += content["text"]
        elif kind == "execute_result":
            result.value = content["data"]["text/plain"]
        elif kind == "error":
            result.error = content["ename"]
        elif kind == "status" and content["execution_state"] == "idle":
            break
    return result


async def execute(kernel: Kernel, code: str) -> Executed:
    """Execute a cell in the kernel and wait for its end."""
    async with kernel.channels() as channels:
        return await collect(channels, await send_code(channels, code))


def open_files(pid: int) -> set[str]:
    """Where the descriptors of a process lead (Linux); those that it closes meanwhile are left out."""
    found = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    return found


def environment(pid: int) -> bytes:
    """The environment with which a process was started (Linux)."""
    return Path(f"/proc/{pid}/environ").read_bytes()
