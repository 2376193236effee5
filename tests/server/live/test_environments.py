"""Apps with requirements of their own: from requirements.txt to an app that imports them, and an editor that knows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from podium.server.models.common import AppId, UserId
from podium.server.store.client import Store
from podium.server.store.files import Files
from podium.tests.server.live.bench import Bench, Json, new_bench
from podium.tests.server.live.test_language import Editor
from podium.tests.support.server import Podium, running
from podium.tests.support.wheels import make_wheel

APP = """
from fastapi import FastAPI
import podium_greeting

app = FastAPI()

@app.get("/")
def read() -> str:
    return podium_greeting.TEXT
"""

MOVING = """
import asyncio
import os
import podium_greeting

async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": podium_greeting.TEXT})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/until-moved":
        await send({"type": "http.response.body", "body": podium_greeting.TEXT.encode(), "more_body": True})
        while not os.path.exists("moved"):
            await asyncio.sleep(0.01)
    said = {"/source": open(__file__).read(), "/pid": str(os.getpid()), "/until-moved": " moved"}
    text = said.get(scope["path"], podium_greeting.TEXT)
    await send({"type": "http.response.body", "body": text.encode()})
"""
"""Tells what it is and where, also while its folder is shared with the version that comes after it."""


@pytest.fixture(scope="module")
def podium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podium]:
    """A server whose uv also finds wheels that the tests make."""
    wheels = tmp_path_factory.mktemp("wheels")
    make_wheel(wheels, "podium_greeting", "1.0", podium_greeting="TEXT = 'hello'\ndef loudly() -> str: ...\n")
    make_wheel(wheels, "podium_greeting", "2.0", podium_greeting="TEXT = 'good evening'\n")
    settings = {"PIP_FIND_LINKS": str(wheels), "PODIUM_READY_KERNELS": "0"}
    with running(tmp_path_factory.mktemp("environments"), env=settings) as podium:
        yield podium


@pytest.fixture(autouse=True)
def patience(api: httpx.AsyncClient) -> None:
    """A slow machine takes its time to install something."""
    api.timeout = httpx.Timeout(100)


async def lines(bench: Bench) -> list[Json]:
    """What was told about the app's environment, up to its end."""
    told: list[Json] = []
    async with bench.events() as events:
        while not told or told[-1]["state"] == "making":
            told.append((await events.until(lambda event: event["type"] == "environment"))["data"])
    return told


async def test_a_run_makes_the_environment_and_another_requirement_another(bench: Bench, podium: Podium) -> None:
    await bench.write("podium_greeting==1.0\n", "requirements.txt")
    run = await bench.start(APP)
    assert run["timings"]["environment_ms"] > run["timings"]["load_ms"]
    assert (await bench.send())["body"]["text"] == '"hello"'
    told = await lines(bench)
    assert [item["state"] for item in told] == ["making"] * (len(told) - 1) + ["ready"]
    assert "+ podium-greeting==1.0" in [item["line"] for item in told]
    again = (await bench.run()).json()
    assert (again["timings"]["source"], again["session"]) == ("reused", run["session"])
    assert again["timings"]["environment_ms"] < 100
    await check_that_what_cannot_be_had_changes_nothing(bench)
    await bench.write("podium-greeting>=2\n", "requirements.txt")
    moved = (await bench.run()).json()
    assert (moved["state"], moved["timings"]["source"]) == ("running", "cold")
    assert (await bench.send())["body"]["text"] == '"good evening"'


async def check_that_what_cannot_be_had_changes_nothing(bench: Bench) -> None:
    await bench.write("# what it says\n\n  podium_greeting==9  # not yet\n", "requirements.txt")
    answer = await bench.run()
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/environment-failed")
    assert "podium_greeting has no version ==9" in problem["detail"]
    (item,) = problem["diagnostics"]
    assert (item["path"], item["range"]["start"]) == ("requirements.txt", {"line": 2, "character": 2})
    state = await bench.state()
    assert (state["state"], state["diagnostics"]) == ("running", problem["diagnostics"])
    assert (await bench.send())["body"]["text"] == '"hello"'


async def test_the_app_moves_without_a_gap_and_stays_when_the_move_fails(bench: Bench) -> None:
    await bench.write("podium_greeting==1.0\n", "requirements.txt")
    before = await bench.start(MOVING)
    former = await bench.kernel()
    await bench.write("podium_greeting==2.0\n", "requirements.txt")
    await check_that_the_app_stays(bench, before, "raise ValueError('not yet')", "load-failed")
    await check_that_the_app_stays(bench, before, "import os\nos._exit(3)", "load-failed")
    url = f"ws://{bench.host}/"
    async with connect(url, host="127.0.0.1") as socket, bench.socket("console") as console:
        stream = asyncio.create_task(bench.call("/until-moved"))
        assert await socket.recv() == "hello"
        moved = await bench.start(f"{MOVING}\nopen('moved', 'w').close()\n")
        assert moved["session"] != before["session"]
        await socket.wait_closed()
        await console.wait_closed()
        assert (socket.close_code, socket.close_reason) == (1012, "The app was reloaded")
        assert console.close_code == 4410
    assert (await bench.send())["body"]["text"] == "good evening"
    assert (await stream).text == "hello moved"
    assert await asyncio.to_thread(psutil.wait_procs, [former], 20) == ([former], [])


async def check_that_the_app_stays(bench: Bench, before: Json, mistake: str, kind: str) -> None:
    await bench.write(f"{MOVING}\n{mistake}\n")
    answer = await bench.run()
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{kind}")
    state = await bench.state()
    assert [state[name] for name in ("state", "session", "version")] == [
        "running",
        before["session"],
        before["version"],
    ]
    assert state["failure"]["message"]
    assert (await bench.send())["body"]["text"] == "hello"
    assert (await bench.send("/source"))["body"]["text"] == MOVING


async def test_a_second_app_with_the_same_requirements_waits_for_nothing(
    bench: Bench, podium: Podium, api: httpx.AsyncClient
) -> None:
    other = await new_bench(podium, api)
    for app in (other, bench):
        await app.write("podium_greeting==1.0\n", "requirements.txt")
        run = await app.start(APP)
        assert run["state"] == "running"
    assert run["timings"]["environment_ms"] < 1000
    await api.delete(f"{other.path}/run")


async def test_an_editor_moves_to_the_environment_that_it_asks_for(bench: Bench) -> None:
    async with bench.socket("lsp") as socket:
        editor = Editor(socket)
        await editor.initialize()
        await editor.open("import podium_greeting\npodium_greeting.\n")
        await bench.write("podium_greeting==9\n", "requirements.txt")
        unmet = await editor.until(lambda message: published(message, "requirements.txt", "unmet-requirement"))
        assert "no version ==9" in unmet["params"]["diagnostics"][0]["message"]
        await bench.write("podium_greeting==1.0\n", "requirements.txt")
        await editor.until(lambda message: published(message, "main.py", None))
        place = {"textDocument": {"uri": "file:///app/main.py"}, "position": {"line": 1, "character": 16}}
        known: list[str] = []
        while "loudly" not in known:
            answer = await editor.request("textDocument/completion", place)
            known = [item["label"] for item in (answer.get("result") or {"items": []})["items"]]


def published(message: Json, path: str, code: str | None) -> bool:
    """Whether these are diagnostics of a file with that code, or without any about an import."""
    if message.get("method") != "textDocument/publishDiagnostics" or not message["params"]["uri"].endswith(path):
        return False
    codes = [item["code"] for item in message["params"]["diagnostics"]]
    return code in codes if code is not None else "unresolved-import" not in codes


async def test_mistakes_in_the_code_do_not_wait_for_packages(bench: Bench) -> None:
    await bench.write("podium_greeting<0.1\n", "requirements.txt")
    await bench.write("def broken(:\n")
    problem = (await bench.run()).json()
    assert problem["type"] == "/problems/check-failed"
    assert "podium_greeting" not in json.dumps(problem)


async def test_stop_ends_what_is_being_installed(bench: Bench) -> None:
    await bench.write("podium_greeting==1.0\nanyio>=3\n", "requirements.txt")
    await bench.write(APP)
    async with bench.events() as events:
        running = asyncio.create_task(bench.run())
        await events.stage("environment")
        await bench.api.delete(f"{bench.path}/run")
        assert (await running).json()["type"] == "/problems/run-stopped"
        told = await events.until(lambda event: event["type"] == "environment" and event["data"]["state"] != "making")
        assert told["data"]["state"] == "stopped"
    assert (await bench.state())["state"] == "stopped"


async def test_the_sweep_finds_the_requirements_of_every_app(store: Store) -> None:
    files = Files(store)
    for number in range(3):
        texts = {"main.py": "", "requirements.txt": f"a{number}"} if number else {"main.py": ""}
        await files.create(UserId(f"user{number}"), AppId(f"app{number}"), texts)
    assert sorted(await files.everywhere("requirements.txt")) == ["a1", "a2"]
