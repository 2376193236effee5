"""The console: the app's own kernel over a WebSocket."""

from __future__ import annotations

import contextlib
import json
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from podium.tests.server.live.bench import Bench, Json
from podium.tests.server.live.test_runs import HELLO


class Console:
    """A page's console: JSON frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, kind: str, content: Json, channel: str = "shell") -> str:
        id = uuid.uuid4().hex
        header = {"msg_id": id, "msg_type": kind, "username": "", "session": "test", "date": "", "version": "5.4"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}
        await self._socket.send(json.dumps({**message, "buffers": []}))
        return id

    async def execute(self, code: str) -> list[Json]:
        """Run code and return what the kernel says about it, up to its being idle again."""
        return await self.answers(await self.send("execute_request", {"code": code, "silent": False}))

    async def answers(self, id: str) -> list[Json]:
        found: list[Json] = []
        while not (found and found[-1]["content"].get("execution_state") == "idle"):
            message = json.loads(await self._socket.recv())
            if message["parent_header"].get("msg_id") == id and message["channel"] == "iopub":
                found.append(message)
        return found


@asynccontextmanager
async def console(bench: Bench) -> AsyncIterator[Console]:
    async with bench.socket("console") as socket:
        yield Console(socket)


async def frames(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    """Read until the server closes, however it does."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield await socket.recv()


def output(messages: list[Json], kind: str) -> Json:
    found: Json = next(message["content"] for message in messages if message["msg_type"] == kind)
    return found


async def test_code_runs_in_the_apps_own_process(bench: Bench) -> None:
    await bench.start(HELLO)
    pid = (await bench.send("/pid"))["body"]["text"]
    async with console(bench) as page:
        assert output(await page.execute("import os; os.getpid()"), "execute_result")["data"]["text/plain"] == pid
        assert output(await page.execute("print('hi')"), "stream")["text"] == "hi\n"
        assert output(await page.execute("1/0"), "error")["ename"] == "ZeroDivisionError"
        top_level_await = "import asyncio; await asyncio.sleep(0, 'awaited')"
        result = output(await page.execute(top_level_await), "execute_result")
        assert result["data"]["text/plain"] == "'awaited'"


async def test_two_pages_share_a_kernel(bench: Bench) -> None:
    await bench.start(HELLO)
    async with console(bench) as one, console(bench) as two:
        await one.execute("shared = 5")
        assert output(await two.execute("shared + 1"), "execute_result")["data"]["text/plain"] == "6"


async def test_an_interrupt_ends_what_is_executed(bench: Bench) -> None:
    await bench.start(HELLO)
    async with console(bench) as page:
        id = await page.send("execute_request", {"code": "import time\ntime.sleep(60)", "silent": False})
        await page.answers(await page.send("kernel_info_request", {}, "control"))
        assert (await bench.api.post(f"{bench.path}/run/interrupt")).status_code == 200
        assert output(await page.answers(id), "error")["ename"] == "KeyboardInterrupt"
        assert (await bench.send("/pid"))["status"] == 200


async def test_without_a_kernel_the_socket_closes_with_a_reason(bench: Bench) -> None:
    async with bench.socket("console") as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert socket.close_code == 4409
    assert "Press Run" in (socket.close_reason or "")


@pytest.mark.parametrize("way", ["kill", "restart", "stop"])
async def test_when_the_kernel_ends_the_socket_closes_with_a_reason(bench: Bench, way: str) -> None:
    await bench.start(HELLO)
    kernel = await bench.kernel()
    async with bench.socket("console") as socket:
        await Console(socket).execute("1")
        if way == "kill":
            kernel.send_signal(signal.SIGKILL)
        elif way == "stop":
            await bench.api.delete(f"{bench.path}/run")
        else:
            await bench.api.post(f"{bench.path}/run/restart")
        messages: list[Json] = [json.loads(frame) async for frame in frames(socket)]
    assert messages[-1]["content"] == {"execution_state": "dead"}
    assert socket.close_code == 4410
    assert ("SIGKILL" in (socket.close_reason or "")) == (way == "kill")
    if way == "restart":
        async with console(bench) as page:
            assert output(await page.execute("1 + 1"), "execute_result")["data"]["text/plain"] == "2"


async def test_a_frame_that_is_none_closes_the_socket_with_a_reason(bench: Bench) -> None:
    await bench.start(HELLO)
    async with bench.socket("console") as socket:
        await socket.send("not a message")
        _ = [frame async for frame in frames(socket)]
    assert socket.close_code == 1003
    assert socket.close_reason


async def test_the_binary_subprotocol_is_taken_when_offered(bench: Bench) -> None:
    await bench.start(HELLO)
    async with bench.socket("console", subprotocols=["v1.kernel.websocket.jupyter.org"]) as socket:
        assert socket.subprotocol == "v1.kernel.websocket.jupyter.org"
