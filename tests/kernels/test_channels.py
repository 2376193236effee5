"""The console: a kernel's channels as WebSocket frames, with real kernels."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from podium.kernels.channels import KernelChannels
from podium.kernels.framing import SUBPROTOCOL, FrameError, Message, V1Framing
from podium.kernels.sessions import Kernel, Kernels
from podium.tests.kernels.conftest import KEY
from podium.tests.kernels.support import PLAIN, collect, execute, message, send_code

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUFFERS = """
kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "custom", {}, parent=kernel.get_parent("shell"), buffers=[b"one", b"two!"])
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kernel]:
    """One kernel for all the tests that leave it alive."""
    async with Kernels(command=PLAIN) as kernels:
        yield await kernels.start(KEY, directory=tmp_path_factory.mktemp("app"), env={})


@pytest_asyncio.fixture(loop_scope="module")
async def mortal(tmp_path: Path) -> AsyncIterator[Kernel]:
    """A kernel to be ended."""
    async with Kernels(command=PLAIN) as kernels:
        yield await kernels.start(KEY, directory=tmp_path, env={})


def v1(kind: str, channel: str = "shell", **content: object) -> bytes:
    """A front end's message in the framing of the subprotocol."""
    whole = message(kind, channel, **content)
    parts = [json.dumps(whole[name]).encode() for name in ("header", "parent_header", "metadata", "content")]
    return V1Framing().encode(Message(channel, parts))


async def decoded(channels: KernelChannels) -> AsyncIterator[tuple[str, str, Message]]:
    """The kernel's messages in the framing of the subprotocol, each with its channel and type."""
    async for frame in channels:
        assert isinstance(frame, bytes)
        received = V1Framing().decode(frame)
        yield received.channel, json.loads(received.parts[0])["msg_type"], received


async def test_default_framing(kernel: Kernel) -> None:
    async with kernel.channels() as channels:
        request = message("execute_request", code="print('hello'); 6 * 7", silent=False)
        await channels.send(json.dumps(request))
        seen = {}
        async for frame in channels:
            received = json.loads(frame)
            seen[received["channel"], received["msg_type"]] = received
            if {("shell", "execute_reply"), ("iopub", "execute_result")} <= seen.keys():
                break
    reply = seen["shell", "execute_reply"]
    assert reply["content"]["status"] == "ok"
    assert reply["parent_header"]["msg_id"] == request["header"]["msg_id"]
    assert reply["buffers"] == []
    assert seen["iopub", "stream"]["content"] == {"name": "stdout", "text": "hello\n"}
    assert seen["iopub", "execute_result"]["content"]["data"] == {"text/plain": "42"}


async def test_default_framing_with_buffers(kernel: Kernel) -> None:
    async with kernel.channels() as channels:
        await send_code(channels, BUFFERS)
        binary = [frame async for frame in _until_idle(channels) if isinstance(frame, bytes)]
    assert len(binary) == 1
    assert binary[0].endswith(b"onetwo!")
    assert b'"msg_type": "custom"' in binary[0]


async def _until_idle(channels: KernelChannels) -> AsyncIterator[str | bytes]:
    """Frames up to the end of the cell: its reply and, on the other channel, the status idle."""
    left = {'"channel": "shell"', '"execution_state": "idle"'}
    async for frame in channels:
        yield frame
        left -= {mark for mark in left if mark in str(frame) and "execute_request" in str(frame)}
        if not left:
            return


async def test_v1_framing(kernel: Kernel) -> None:
    async with kernel.channels(SUBPROTOCOL) as channels:
        await channels.send(v1("execute_request", code=BUFFERS, silent=False))
        async for channel, kind, received in decoded(channels):
            if kind == "custom":
                assert channel == "iopub"
                assert received.parts[4:] == [b"one", b"two!"]
                break


async def test_a_cell_asks_for_input(kernel: Kernel) -> None:
    async with kernel.channels(SUBPROTOCOL) as channels:
        code = "name = input('Who? '); print('hello', name)"
        await channels.send(v1("execute_request", code=code, silent=False, allow_stdin=True))
        async for channel, kind, received in decoded(channels):
            if kind == "input_request":
                assert channel == "stdin"
                assert json.loads(received.parts[3])["prompt"] == "Who? "
                await channels.send(v1("input_reply", "stdin", value="Ada"))
            if kind == "stream":
                assert json.loads(received.parts[3])["text"] == "hello Ada\n"
                break


async def test_two_clients_see_the_same_output(kernel: Kernel) -> None:
    async with kernel.channels() as first, kernel.channels() as second:
        request = await send_code(first, "print('seen by both')")
        results = await asyncio.gather(collect(first, request), collect(second, request))
        assert [each.printed for each in results] == ["seen by both\n"] * 2


async def test_connecting_while_a_cell_is_executed(kernel: Kernel) -> None:
    async with kernel.channels() as first:
        request = await send_code(first, "import time\nwhile True:\n    time.sleep(0.01)")
        async with kernel.channels() as second:
            await kernel.interrupt()
            assert (await collect(second, request)).error == "KeyboardInterrupt"


async def test_the_control_channel(kernel: Kernel) -> None:
    async with kernel.channels() as channels:
        await channels.send(json.dumps(message("kernel_info_request", "control")))
        async for frame in channels:
            received = json.loads(frame)
            if received["msg_type"] == "kernel_info_reply":
                assert received["channel"] == "control"
                break


@pytest.mark.parametrize("subprotocol", [None, SUBPROTOCOL])
async def test_the_end_of_the_kernel_comes_after_its_last_words(mortal: Kernel, subprotocol: str | None) -> None:
    async with mortal.channels(subprotocol) as channels:
        code = "import os, sys, time; print('last words'); sys.stdout.flush(); time.sleep(0.3); os._exit(3)"
        request = message("execute_request", code=code, silent=False)
        await channels.send(json.dumps(request) if subprotocol is None else v1("execute_request", **request["content"]))
        frames = [str(frame) async for frame in channels]
    assert "last words" in "".join(frames)
    assert '"dead"' in frames[-1]
    assert mortal.exit.result().code == 3


async def test_connecting_to_a_kernel_that_has_ended(mortal: Kernel) -> None:
    await mortal.stop()
    async with mortal.channels() as channels:
        frames = [str(frame) async for frame in channels]
    assert len(frames) == 1
    assert '"dead"' in frames[0]


async def test_frames_that_cannot_be_sent(kernel: Kernel) -> None:
    async with kernel.channels() as channels:
        for frame in ("nonsense", json.dumps(message("status", "iopub")), json.dumps(message("x", "hb"))):
            with pytest.raises(FrameError):
                await channels.send(frame)
        request = message("execute_request", code="'still here'", silent=False)
        await channels.send(json.dumps(request | {"content": "not an object"}))  # the kernel ignores it
        assert (await collect(channels, await send_code(channels, "'still here'"))).value == "'still here'"


async def test_sending_is_use(kernel: Kernel) -> None:
    kernel.last_used = 0.0
    await execute(kernel, "1")
    assert kernel.last_used > 0.0


async def test_a_megabyte_of_output(kernel: Kernel) -> None:
    assert len((await execute(kernel, "print('x' * 1_000_000)")).printed) == 1_000_001
