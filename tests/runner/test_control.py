"""The control port: who may speak, what it refuses, the event stream."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest

from podium.runner.control import MAX_BODY
from podium.runner.protocol import EventType, Health
from podium.runner.wire import from_wire
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Runner

GOOD = (
    "async def app(scope, receive, send):\n"
    "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
    "    await send({'type': 'http.response.body', 'body': b'good'})\n"
)


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer wröng"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/healthz"), ("POST", "/load"), ("GET", "/events"), ("POST", "/shutdown")]
)
async def test_every_request_needs_the_token(runner: Runner, method: str, path: str, token: str) -> None:
    answer = await runner.control.request(method, path, headers={b"authorization": token.encode()})
    assert answer.status_code == 401
    assert "Bearer TOKEN" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/load", 405), ("POST", "/healthz", 405), ("GET", "/", 404), ("GET", "/docs", 404)],
)
async def test_other_requests_are_refused(runner: Runner, method: str, path: str, status: int) -> None:
    assert (await runner.control.request(method, path)).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        json.dumps({"files": {"main.py": 1}, "entry": "main.py", "version": "1"}).encode(),
        json.dumps({"files": {}, "entry": None, "version": "1"}).encode(),
    ],
)
async def test_what_is_no_load_is_refused(runner: Runner, body: bytes) -> None:
    answer = await runner.control.post("/load", content=body)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("This is no load")


OUTSIDE = ("../out.py", "/etc/out.py", "a/../../out.py", "", "a//b.py", "./a.py", "a\0b", "a\\b", ".podium-files.json")


@pytest.mark.parametrize("path", OUTSIDE)
async def test_a_path_outside_the_folder_is_refused_and_nothing_is_written(runner: Runner, path: str) -> None:
    before = sorted(runner.app_dir.parent.rglob("*"))
    load = {"files": {"first.py": "", path: ""}, "entry": "first.py", "version": "1"}
    answer = await runner.control.post("/load", json=load)
    assert answer.status_code == 400
    assert sorted(runner.app_dir.parent.rglob("*")) == before


async def test_a_load_that_is_too_big_is_refused(runner: Runner) -> None:
    answer = await runner.control.post("/load", content=b" " * (MAX_BODY + 1))
    assert answer.status_code == 413


async def test_health_says_what_is_served(runner: Runner) -> None:
    loaded = await runner.loaded({"main.py": GOOD + "# health\n"}, version="healthy")
    health = from_wire(Health, (await runner.control.get("/healthz")).json())
    assert (health.generation, health.version, health.in_flight) == (loaded.generation, "healthy", 0)
    assert health.last_event > 0


async def test_two_readers_see_every_event_in_order(runner: Runner) -> None:
    await runner.loaded({"main.py": GOOD + "# events\n"})

    async def numbers() -> list[int]:
        found = []
        async for event in runner.events(since=0):
            found.append(event.n)
            if event.type is EventType.REQUEST_FINISHED and event.data["request"]["path"] == "/last":
                return found
        raise AssertionError("the stream ended")

    readers = [asyncio.create_task(numbers()) for _ in range(2)]
    for path in ("/first", "/last"):
        await runner.app.get(path)
    first, second = await asyncio.gather(*readers)
    assert first == second == list(range(1, len(first) + 1))


async def test_a_reader_that_comes_late_is_told_what_it_missed(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded({"main.py": "for n in range(30_000):\n    print(n)\n" + GOOD})
    events = runner.events(since=3)
    first = await anext(events)
    second = await anext(events)
    await events.aclose()
    assert first.type is EventType.DROPPED
    assert first.data["count"] == first.n - 3
    assert second.n == first.n + 1


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "²"])
async def test_a_wrong_number_is_refused(runner: Runner, since: str) -> None:
    assert (await runner.control.get("/events", params={"since": since})).status_code == 400


async def test_it_answers_while_user_code_blocks_everything_else(start_runner: StartRunner) -> None:
    runner = await start_runner(PODIUM_LOAD_TIMEOUT="60")
    loading = asyncio.create_task(runner.load({"main.py": "print('importing')\nwhile True: pass\n"}))
    await runner.event(EventType.LOG, lambda line: line["text"] == "importing")
    assert (await runner.health()).version is None
    runner.process.kill()
    with pytest.raises(httpx.HTTPError):
        await loading


async def test_loads_wait_for_one_another(runner: Runner) -> None:
    sources = [GOOD + f"import time; time.sleep(0.05)  # {n}\n" for n in range(3)]
    loads = (runner.loaded({"main.py": source}, version=str(n)) for n, source in enumerate(sources))
    answers = await asyncio.gather(*loads)
    assert len({answer.generation for answer in answers}) == 3
    assert (await runner.health()).generation == max(answer.generation for answer in answers)


async def test_times_are_those_of_the_clock(runner: Runner) -> None:
    before = time.time()
    await runner.loaded({"main.py": GOOD + "# clock\n"})
    await runner.app.get("/clock")
    record = await runner.record("/clock")
    assert before <= record.started_at <= time.time()
