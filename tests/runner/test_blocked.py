"""An app that blocks its event loop: it is reported with its frames, and the next load gets past it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from podium.runner.protocol import EventType, FailureKind
from podium.tests.runner.conftest import StartRunner

BLOCKING = """
import time

async def app(scope, receive, send):
    if scope["path"] == "/block":
        time.sleep(float(scope["query_string"]))
    while scope["path"] == "/spin":
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})
"""


async def test_a_blocked_loop_is_reported_with_its_frames(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded({"main.py": BLOCKING})
    request = asyncio.create_task(runner.app.get("/block?2.5"))
    blocked = await runner.event(EventType.BLOCKED)
    assert [(f["path"], f["line"]) for f in blocked["frames"] if f["user"]] == [("main.py", 6)]
    assert (await runner.health()).blocked_ms >= 1000
    assert (await runner.event(EventType.UNBLOCKED))["ms"] >= blocked["ms"]
    assert (await request).text == "/block"
    assert (await runner.health()).blocked_ms < 1000


@pytest.mark.parametrize("path", ["/spin", "/block?600"])
async def test_a_load_gets_past_a_blocked_loop(start_runner: StartRunner, path: str) -> None:
    runner = await start_runner()
    await runner.loaded({"main.py": BLOCKING, "kept.py": ""})
    stuck = asyncio.create_task(runner.app.get(path))
    await runner.event(EventType.BLOCKED)
    edited = BLOCKING + "\nimport kept\n"
    loaded = await runner.loaded({"main.py": edited, "kept.py": ""}, version="v2")
    assert loaded.reloaded == ("main", "kept")
    async with httpx.AsyncClient(base_url=runner.app.base_url, verify=False) as fresh:
        assert (await fresh.get("/new")).text == "/new"
    assert (await runner.health()).version == "v2"
    stuck.cancel()


async def test_a_load_that_fails_while_the_loop_is_blocked_keeps_the_app_before(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded({"main.py": BLOCKING}, version="v1")
    stuck = asyncio.create_task(runner.app.get("/block?600"))
    await runner.event(EventType.BLOCKED)
    assert (await runner.refused({"main.py": "1/0"})).serving == "v1"
    async with httpx.AsyncClient(base_url=runner.app.base_url, verify=False) as fresh:
        assert (await fresh.get("/block?0")).text == "/block"
    stuck.cancel()


@pytest.mark.parametrize("path", ["/spin", "/block?600"])
async def test_what_blocks_is_interrupted_when_it_is_given_up(start_runner: StartRunner, path: str) -> None:
    """An endless loop would take processor time for ever; a request that was given up gets its record."""
    runner = await start_runner()
    await runner.loaded({"main.py": BLOCKING}, version="v1")
    stuck = asyncio.create_task(runner.app.get(path))
    await runner.event(EventType.BLOCKED)
    await runner.loaded({"main.py": BLOCKING + "# edited\n"}, version="v2")
    if path == "/spin":
        failure = (await runner.record(path)).failure
        assert failure is not None
        assert (failure.kind, failure.frames[-1].path) == (FailureKind.HANDLER, "main.py")
        assert "did not come to its end" in failure.message
    stuck.cancel()


async def test_state_is_kept_when_the_loop_only_paused(start_runner: StartRunner) -> None:
    """A pause that is over when the load comes changes nothing: same loop, modules that did not change stay."""
    runner = await start_runner()
    files = {"main.py": "import kept\n" + BLOCKING, "kept.py": ""}
    await runner.loaded(files)
    await runner.app.get("/block?2.5")
    await runner.event(EventType.UNBLOCKED)
    loaded = await runner.loaded(files | {"main.py": files["main.py"] + "# edited\n"})
    assert loaded.reloaded == ("main",)
