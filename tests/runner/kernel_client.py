"""A Jupyter client for one kernel, with what its tests ask."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient


@dataclass
class Cell:
    """What came of running some code."""

    result: str | None = None
    error: str | None = None
    printed: dict[str, str] = field(default_factory=dict)


class KernelClient:
    """Runs code in a kernel, one cell at a time."""

    def __init__(self, connection_file: Path) -> None:
        self._client: Any = AsyncKernelClient(connection_file=str(connection_file))

    async def __aenter__(self) -> KernelClient:
        self._client.load_connection_file()
        # Without heartbeats: on a busy machine they call a kernel dead that only takes its time.
        self._client.start_channels(hb=False)
        async with asyncio.timeout(60):
            while not await self._hears_itself():
                pass
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.stop_channels()

    async def run(self, code: str) -> Cell:
        """Run a cell and wait for its end."""
        return await self.finish(self.start(code))

    def start(self, code: str) -> str:
        """Start a cell and return the id of its message."""
        return str(self._client.execute(code))

    async def finish(self, message_id: str) -> Cell:
        """Wait for a cell's end."""
        cell = Cell()
        while True:
            message = await self._message(message_id)
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                cell.printed[content["name"]] = cell.printed.get(content["name"], "") + content["text"]
            elif kind == "execute_result":
                cell.result = content["data"]["text/plain"]
            elif kind == "error":
                cell.error = content["ename"]
            elif kind == "status" and content["execution_state"] == "idle":
                return cell

    async def printed(self, text: str) -> None:
        """Wait until a running cell has printed ``text``."""
        while True:
            message = await self._client.get_iopub_msg(timeout=60)
            if message["msg_type"] == "stream" and text in message["content"]["text"]:
                return

    async def shutdown(self) -> None:
        """Send Jupyter's shutdown request and wait for its answer."""
        await asyncio.wait_for(self._client.shutdown(reply=True), 60)

    async def _hears_itself(self) -> bool:
        """Ask for anything; what is broadcast about it shows that the subscription has arrived."""
        self._client.kernel_info()
        try:
            await self._client.get_iopub_msg(timeout=1)
        except Empty:
            return False
        return True

    async def _message(self, message_id: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = await self._client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == message_id:
                return message
