"""The development body: the console sees the running app, and both keep their own output."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from podium.runner.protocol import EventType
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Runner
from podium.tests.runner.kernel_client import Cell, KernelClient

APP = """
import asyncio, os, subprocess, sys, threading
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

counter = 0
notes = ["first"]

async def home(request):
    print("from the app")
    return JSONResponse([counter, notes])

async def child(request):
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    return JSONResponse(None)

app = Starlette(routes=[Route("/", home), Route("/child", child)])
"""


@pytest.fixture
async def kernel(start_runner: StartRunner) -> AsyncIterator[tuple[Runner, KernelClient]]:
    """A kernel with the app above, and a client of its channels."""
    runner = await start_runner("kernel")
    await runner.loaded({"main.py": APP})
    async with KernelClient(runner.process.connection_file) as client:
        yield runner, client


async def test_the_console_works_on_the_running_app(kernel: tuple[Runner, KernelClient]) -> None:
    runner, client = kernel
    assert (await client.run("notes.append('by hand'); len(app.routes)")).result == "2"
    assert (await client.run("import main; main.counter = 7; main.app is app")).result == "True"
    assert (await runner.app.get("/")).json() == [7, ["first", "by hand"]]
    assert (await client.run("await asyncio.sleep(0, 'awaited')")).result == "'awaited'"
    await check_output(runner, client)
    await check_reload(runner, client)
    await check_end(runner, client)


async def check_output(runner: Runner, client: KernelClient) -> None:
    """What the console prints is the console's; what the app prints is the app's, and a child's the process's."""
    cell = await client.run("import sys\nprint('from the console')\nprint('oh', file=sys.stderr)")
    assert cell.printed == {"stdout": "from the console\n", "stderr": "oh\n"}
    await runner.app.get("/?out")
    assert [line.text for line in (await runner.record("/?out")).logs] == ["from the app"]
    await runner.app.get("/child")
    assert "from a child\n" in runner.process.output.read_text()
    cell = await client.run("import threading\nthreading.Thread(target=print, args=('from a thread',)).start()")
    line = await runner.event(EventType.LOG, lambda line: line["text"] == "from a thread")
    assert line["request"] is None
    async for event in runner.events():
        if event.type is EventType.LOG:
            assert "console" not in event.data["text"]
            if event.data["text"] == "from a thread":
                break
    assert (await client.run("1/0")).error == "ZeroDivisionError"


async def check_reload(runner: Runner, client: KernelClient) -> None:
    """After a reload the app's names are the new ones; those made in the console stay."""
    await client.run("mine = 1")
    await runner.loaded({"main.py": APP.replace('["first"]', '["second"]').replace("counter", "count")})
    assert (await client.run("[notes, mine, 'counter' in globals(), count]")).result == "[['second'], 1, False, 0]"


async def check_end(runner: Runner, client: KernelClient) -> None:
    """Jupyter's own shutdown request ends the process in order."""
    await client.shutdown()
    assert runner.process.wait() == 0


async def test_a_load_before_the_console_is_up_is_seen_by_it(start_runner: StartRunner) -> None:
    runner = await start_runner("kernel", PODIUM_LOAD_TIMEOUT="60")
    await runner.refused({"main.py": "1/0", "requests.py": "", "decorator.py": "1/0"})
    async with KernelClient(runner.process.connection_file) as client:
        assert (await client.run("'app' in globals()")).result == "False"
        await runner.loaded({"main.py": APP, "helper.py": "X = 1\n"})
        cell: Cell = await client.run("import helper; helper.X, notes")
        assert cell.result == "(1, ['first'])"
        await check_interrupt(runner, client)


async def check_interrupt(runner: Runner, client: KernelClient) -> None:
    """A cell that never ends holds the main thread only, and an interrupt reaches it."""
    import signal

    endless: Any = client.start("print('on')\nwhile True: pass")
    await client.printed("on")
    assert (await runner.app.get("/")).status_code == 200
    runner.process.process.send_signal(signal.SIGINT)
    assert (await client.finish(endless)).error == "KeyboardInterrupt"
    assert (await runner.app.get("/")).status_code == 200
