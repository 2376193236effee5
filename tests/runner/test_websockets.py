"""WebSockets: records, failures, and what a reload means to them."""

from __future__ import annotations

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from podium.runner.protocol import FailureKind
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Runner

APP = """
import asyncio
from fastapi import FastAPI, WebSocket

app = FastAPI()

@app.websocket("/socket")
async def socket(ws: WebSocket):
    await ws.accept()
    while True:
        text = await ws.receive_text()
        print("got", text)
        if text == "fail":
            raise RuntimeError("in a socket")
        await ws.send_text(text.upper())

@app.websocket("/refuse")
async def refuse(ws: WebSocket):
    await ws.close()

@app.websocket("/patient")
async def patient(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            text = await asyncio.wait_for(ws.receive_text(), 0.01)
        except TimeoutError:
            continue
        await ws.send_text(text)

@app.websocket("/talkative")
async def talkative(ws: WebSocket):
    await ws.accept()
    while True:
        await ws.send_bytes(b"tick")
        await asyncio.sleep(0.001)
"""


@pytest.fixture
async def served(runner: Runner) -> Runner:
    """The module's runner with the app above."""
    await runner.loaded({"main.py": APP}, version="sockets")
    return runner


async def test_a_websocket_speaks_and_is_recorded(served: Runner) -> None:
    async with served.websocket("/socket?one") as socket:
        await socket.send("hello")
        assert await socket.recv() == "HELLO"
    record = await served.record("/socket?one")
    assert (record.failure, [line.text for line in record.logs]) == (None, ["got hello"])
    assert record.response is not None
    assert (record.response.status, record.request.body.size, record.response.body.size) == (101, 5, 5)


async def test_an_error_in_a_websocket_is_located(served: Runner) -> None:
    async with served.websocket("/socket?two") as socket:
        await socket.send("fail")
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    failure = (await served.record("/socket?two")).failure
    assert failure is not None
    assert (failure.kind, failure.message) == (FailureKind.HANDLER, "RuntimeError: in a socket")


async def test_a_websocket_that_is_refused(served: Runner) -> None:
    with pytest.raises(websockets.InvalidStatus):
        async with served.websocket("/refuse"):
            pass
    record = await served.record("/refuse")
    assert record.response is not None
    assert (record.response.status, record.failure) == (403, None)


async def test_no_message_is_lost_when_an_app_stops_waiting_for_it(served: Runner) -> None:
    async with served.websocket("/patient") as socket:
        for number in range(100):
            await socket.send(str(number))
        assert [await socket.recv() for _ in range(100)] == [str(number) for number in range(100)]


async def drain(socket: ClientConnection) -> None:
    while True:
        assert await socket.recv() == b"tick"


async def test_a_reload_closes_a_socket_that_only_sends(served: Runner) -> None:
    async with served.websocket("/talkative") as socket:
        assert await socket.recv() == b"tick"
        await served.loaded({"main.py": APP + "# edited\n"}, version="edited")
        with pytest.raises(websockets.ConnectionClosed):
            await drain(socket)
        assert (socket.close_code, socket.close_reason) == (1012, "The app was reloaded")
    record = await served.record("/talkative")
    assert record.failure is None
    assert record.response is not None
    assert record.response.body.size >= 4


async def test_a_socket_while_nothing_is_loaded_is_refused(start_runner: StartRunner) -> None:
    runner = await start_runner()
    with pytest.raises(websockets.InvalidStatus):
        async with runner.websocket("/"):
            pass
