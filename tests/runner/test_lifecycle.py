"""How a runner ends: requests in flight, the lifespan, the exit status; and what its environment means."""

from __future__ import annotations

import asyncio
import signal

import httpx
import pytest
import websockets

from podium.runner.protocol import EventType
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Body, Runner

APP = """
import asyncio, sys
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute

@asynccontextmanager
async def lifespan(app):
    yield
    print("the end", file=sys.__stdout__, flush=True)

async def slow(request):
    print("waiting")
    await asyncio.sleep(0.5)
    return PlainTextResponse("finished")

async def socket(ws):
    await ws.accept()
    await ws.receive_text()

async def home(request):
    return PlainTextResponse("home")

app = Starlette(routes=[Route("/", home), Route("/slow", slow), WebSocketRoute("/socket", socket)], lifespan=lifespan)
"""


async def begin_to_end(runner: Runner, how: str) -> None:
    if how == "shutdown":
        assert (await runner.control.post("/shutdown")).status_code == 202
    else:
        runner.process.process.send_signal(getattr(signal, how))


@pytest.mark.parametrize(
    ("body", "how"),
    [("live", "shutdown"), ("live", "SIGTERM"), ("live", "SIGINT"), ("kernel", "shutdown"), ("kernel", "SIGTERM")],
)
async def test_the_end_waits_for_requests_and_runs_the_lifespan(
    start_runner: StartRunner, body: Body, how: str
) -> None:
    runner = await start_runner(body)
    await runner.loaded({"main.py": APP})
    async with runner.websocket("/socket") as socket:
        slow = asyncio.create_task(runner.app.get("/slow"))
        await runner.event(EventType.LOG, lambda line: line["text"] == "waiting")
        if body == "kernel":
            await runner.process.console_is_up()
        await begin_to_end(runner, how)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.reason == "The app is shutting down"
        assert (await slow).text == "finished"
    assert await asyncio.to_thread(runner.process.wait) == 0
    assert "the end" in runner.process.output.read_text()
    with pytest.raises(httpx.ConnectError):
        await runner.app.get("/")


async def test_an_app_that_blocks_for_ever_does_not_stop_the_end(start_runner: StartRunner) -> None:
    runner = await start_runner(PODIUM_SHUTDOWN_GRACE="1")
    source = "import time\nasync def app(scope, receive, send):\n    print('blocking')\n    time.sleep(3600)\n"
    lifespan = "    if scope['type'] == 'lifespan':\n        return\n"
    await runner.loaded({"main.py": source.replace("    print", lifespan + "    print")})
    stuck = asyncio.create_task(runner.app.get("/"))
    await runner.event(EventType.LOG, lambda line: line["text"] == "blocking")
    await begin_to_end(runner, "shutdown")
    assert await asyncio.to_thread(runner.process.wait) == 1
    with pytest.raises(httpx.HTTPError):
        await stuck


async def test_the_end_without_an_app(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await begin_to_end(runner, "SIGTERM")
    assert await asyncio.to_thread(runner.process.wait) == 0


async def test_threads_of_the_app_do_not_hold_the_process(start_runner: StartRunner) -> None:
    runner = await start_runner()
    source = APP + "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,)).start()\n"
    await runner.loaded({"main.py": source})
    await begin_to_end(runner, "shutdown")
    assert await asyncio.to_thread(runner.process.wait) == 0


async def test_what_the_live_body_prints_is_on_its_output_too(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded({"main.py": "print('to both')\n" + APP})
    await runner.event(EventType.LOG, lambda line: line["text"] == "to both")
    assert runner.process.output.read_text() == "to both\n"


async def test_files_of_an_earlier_process_are_removed(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded({"main.py": APP, "old.py": "", "data.txt": "as shipped"})
    (runner.app_dir / "data.txt").write_text("changed by the app")
    runner.process.kill()
    runner.process.restart()
    async with Runner(runner.process) as again:
        await again.loaded({"main.py": APP, "data.txt": "as shipped"})
    assert not (runner.app_dir / "old.py").exists()
    assert (runner.app_dir / "data.txt").read_text() == "changed by the app"
