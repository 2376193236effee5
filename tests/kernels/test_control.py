"""The client of a runner's control port: with the real runner, and with servers that answer wrongly."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from podium.kernels.address import Address
from podium.kernels.control import RunnerClient, RunnerUnavailable
from podium.kernels.exits import ExitReason
from podium.kernels.sessions import COMMAND, Kernel, Kernels
from podium.runner.protocol import EventType, FailureKind, Health, Load, Loaded, LoadFailed
from podium.runner.wire import to_wire
from podium.tests.kernels.conftest import KEY
from podium.tests.kernels.support import execute

APP = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/hello/{name}")
def hello(name: str):
    print("somebody said hello")
    return {"hello": name}
"""


@pytest.fixture
async def kernel(tmp_path: Path) -> AsyncIterator[Kernel]:
    """A kernel with the real runner in it."""
    async with Kernels(command=COMMAND) as kernels:
        yield await kernels.start(KEY, directory=tmp_path, env={})


async def test_the_life_of_an_app(kernel: Kernel) -> None:
    loaded = await kernel.runner.load(Load({"main.py": APP}, "main.py", "one"), timeout_s=60)
    assert isinstance(loaded, Loaded)
    assert "/hello/{name}" in [route.path for route in loaded.routes]
    async with httpx.AsyncClient(base_url=f"http://{kernel.app}") as client:
        assert (await client.get("/hello/ada")).json() == {"hello": "ada"}

    failed = await kernel.runner.load(Load({"main.py": "1 / 0"}, "main.py", "two"), timeout_s=60)
    assert isinstance(failed, LoadFailed)
    assert failed.failure.kind is FailureKind.IMPORT
    assert failed.serving == "one"
    health = await kernel.runner.health()
    assert (health.generation, health.version) == (1, "one")

    seen = []
    async with contextlib.aclosing(kernel.runner.events()) as events:
        async for event in events:
            seen.append(event)
            if event.type is EventType.LOAD_FAILED:
                break
    assert [event.n for event in seen] == list(range(1, len(seen) + 1))
    assert {EventType.LOADED, EventType.REQUEST_FINISHED, EventType.LOG} <= {event.type for event in seen}
    async with contextlib.aclosing(kernel.runner.events(since=seen[-2].n)) as events:
        assert (await anext(events)) == seen[-1]

    assert (await execute(kernel, "1 + 1")).value == "2"
    exit_ = await kernel.stop()
    assert (exit_.reason, exit_.code) == (ExitReason.STOPPED, 0)
    with pytest.raises(RunnerUnavailable):
        await kernel.runner.health()


async def test_events_end_with_the_kernel(kernel: Kernel) -> None:
    await kernel.runner.load(Load({"main.py": APP}, "main.py", "one"), timeout_s=60)
    events = kernel.runner.events()
    while (await anext(events)).type is not EventType.LOADED:
        pass
    await kernel.kill()
    with pytest.raises(RunnerUnavailable):
        await anext(events)


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


@contextlib.asynccontextmanager
async def answering(answer: bytes, *, hang: bool = False) -> AsyncIterator[RunnerClient]:
    """A client of a server that answers every request with ``answer`` and then closes, or does not."""
    handlers: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        handlers.add(task)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if hang:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = RunnerClient(Address(*server.sockets[0].getsockname()), "token")
    try:
        yield client
    finally:
        client.close()
        server.close()
        await asyncio.gather(*handlers)


def response(status: str, body: bytes) -> bytes:
    """An HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "ended before the answer was complete"),
        (b"220 mail.example.com\r\n", "ended before the answer was complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "ended before the answer was complete"),
        (response("500 Internal Server Error", b"oh"), "status 500"),
        (response("401 Unauthorized", b""), "status 401"),
        (response("200 OK", b"<html>"), "not JSON"),
        (response("200 OK", b""), "does not fit"),
        (response("200 OK", b'{"generation": "one"}'), "does not fit"),
    ],
)
async def test_answers_that_cannot_be_used(answer: bytes, why: str) -> None:
    async with answering(answer) as client:
        with pytest.raises(RunnerUnavailable, match=why):
            await client.health()


async def test_no_answer_in_time() -> None:
    async with answering(b"", hang=True) as client:
        with pytest.raises(RunnerUnavailable, match="in time"):
            await client.health(timeout_s=0.05)
        with pytest.raises(RunnerUnavailable, match="in time"):
            await client.load(Load({}, "main.py", "one"), timeout_s=0.05)


async def test_nobody_listens() -> None:
    async with answering(b"") as client:
        pass
    with pytest.raises(RunnerUnavailable, match="nothing accepts connections"):
        await client.health()


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"n": 1}\n', b'{"n": 1, "at": 0.0, "type": "party", "data": {}}\n'])
async def test_events_that_cannot_be_used(line: bytes) -> None:
    async with answering(response("200 OK", line)) as client:
        with pytest.raises(RunnerUnavailable):
            await anext(client.events())


async def test_a_connection_is_used_again_by_one_request_at_a_time() -> None:
    health = to_wire(Health(generation=0, version=None, in_flight=0, blocked_ms=0.0, last_event=0))
    connections: list[asyncio.Task[None] | None] = []
    together = asyncio.Barrier(1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                await together.wait()
                writer.write(response("200 OK", json.dumps(health).encode()))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        client = RunnerClient(Address(*server.sockets[0].getsockname()), "token")
        for _ in range(3):
            await client.health()
        assert len(connections) == 1
        together = asyncio.Barrier(2)
        await asyncio.gather(client.health(), client.health())
        together = asyncio.Barrier(1)
        await client.health()
        assert len(connections) == 2
        client.close()
        await asyncio.wait([task for task in connections if task])


async def test_a_stream_of_events_that_ends() -> None:
    lines = b'{"n": 1, "at": 0.5, "type": "log", "data": {}}\n\n{"n": 2, "at": 1, "type": "log", "data": {}}\n'
    async with answering(response("200 OK", lines)) as client:
        events = client.events()
        assert [(await anext(events)).n for _ in range(2)] == [1, 2]
        with pytest.raises(RunnerUnavailable, match="ended its event stream"):
            await anext(events)
