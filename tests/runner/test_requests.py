"""What happens to requests: records, streams, uploads, WebSockets, background work, and everything that can break."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from podium.runner.protocol import MAX_RECORDED_BODY, EventType, FailureKind
from podium.tests.runner.driver import Runner

APP = """
import asyncio, sys, threading
from contextlib import asynccontextmanager
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

gate = asyncio.Event()
closed = []

@asynccontextmanager
async def lifespan(app):
    yield {"greeting": "from the lifespan"}

app = FastAPI(lifespan=lifespan)

@app.post("/echo")
async def echo(request: Request):
    return Response(await request.body(), 201, {"x-one": "1"}, "application/octet-stream")

@app.get("/state")
async def state(request: Request):
    return {"greeting": request.state.greeting}

@app.post("/count")
async def count(request: Request):
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return {"size": size}

@app.get("/stream")
async def stream():
    async def lines():
        yield "first\\n"
        await gate.wait()
        yield "second\\n"
    return StreamingResponse(lines(), media_type="text/event-stream")

@app.get("/open")
async def open_gate():
    gate.set()

@app.get("/shut")
async def shut_gate():
    gate.clear()

@app.get("/half")
async def half():
    async def lines():
        yield "first\\n"
        raise RuntimeError("half way")
    return StreamingResponse(lines())

@app.get("/endless")
async def endless():
    async def lines():
        try:
            while True:
                yield "again\\n"
                await asyncio.sleep(0.01)
        finally:
            closed.append("endless")
    return StreamingResponse(lines())

@app.get("/closed")
async def which_closed():
    return closed

@app.get("/exit")
def leave():
    sys.exit("enough")

@app.get("/background")
def background(tasks: BackgroundTasks):
    tasks.add_task(later)
    return "done"

def later():
    raise LookupError("in the background")

@app.get("/late")
async def late(tasks: BackgroundTasks):
    async def wait():
        await gate.wait()
        print("much later")
        raise LookupError("long after")
    tasks.add_task(wait)

@app.get("/thread")
def thread():
    def fail():
        raise OSError("in a thread")
    threading.Thread(target=fail).start()

@app.get("/task")
async def task():
    async def fail():
        raise OSError("in a task")
    asyncio.create_task(fail())
    await asyncio.sleep(0)

@app.get("/task-exit")
async def task_exit():
    async def fail():
        sys.exit(5)
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    return "still here"

@app.get("/group")
async def group():
    async def fail():
        raise KeyError("one of them")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fail())

@app.get("/recursion")
async def recursion():
    def again():
        return again()
    again()

@app.get("/unprintable")
async def unprintable():
    class Odd(Exception):
        def __str__(self):
            raise ValueError
    raise Odd

async def rude(scope, receive, send):
    headers = [(b"content-length", b"10")]
    if scope["path"].endswith("short"):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"short"})
    elif scope["path"].endswith("long"):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"far too long for this"})
    elif scope["path"].endswith("unfinished"):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
    elif scope["path"].endswith("disorder"):
        await send({"type": "http.response.body", "body": b"no start"})

app.mount("/rude", rude)
"""


@pytest.fixture
async def served(runner: Runner) -> AsyncIterator[Runner]:
    """The module's runner with the app above."""
    await runner.loaded({"main.py": APP}, version="requests")
    await runner.app.get("/shut")
    yield runner
    await runner.app.get("/open")


async def failure_event(runner: Runner, text: str) -> dict[str, Any]:
    return await runner.event(EventType.FAILURE, lambda failure: text in failure["message"])


async def test_a_record_has_both_halves(served: Runner) -> None:
    headers = {"X-Request-Id": "abc-123", "X-Kept": "yes"}
    await served.app.post("/echo?a=1&b=%20", content="héllo", headers=headers)
    record = await served.record("/echo?a=1&b=%20")
    assert (record.id, record.request.method, record.failure) == ("abc-123", "POST", None)
    assert ("x-kept", "yes") in record.request.headers
    assert (record.request.body.text, record.request.body.size) == ("héllo", 6)
    assert record.response is not None
    assert (record.response.status, record.response.body.text) == (201, "héllo")
    assert ("x-one", "1") in record.response.headers
    assert 0 <= record.response.first_byte_ms <= record.duration_ms
    started = await served.event(EventType.REQUEST_STARTED, lambda data: data["id"] == "abc-123")
    assert (started["method"], started["path"]) == ("POST", "/echo?a=1&b=%20")


async def test_a_binary_body_is_base64(served: Runner) -> None:
    await served.app.post("/echo?binary", content=b"\xff\x00")
    body = (await served.record("/echo?binary")).request.body
    assert (body.text, body.base64, body.size) == (None, "/wA=", 2)


async def test_a_big_upload_streams_and_only_its_beginning_is_kept(served: Runner) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield "é".encode() * 32_768

    answer = await served.app.post("/count", content=chunks())
    assert answer.json() == {"size": 80 * 65_536}
    body = (await served.record("/count")).request.body
    assert (body.size, body.truncated) == (80 * 65_536, True)
    assert body.text == "é" * (MAX_RECORDED_BODY // 2)


async def test_an_unusable_request_id_is_replaced(served: Runner) -> None:
    await served.app.get("/state?id", headers={"X-Request-Id": "x" * 500})
    assert len((await served.record("/state?id")).id) == 32


async def test_the_lifespans_state_reaches_requests(served: Runner) -> None:
    assert (await served.app.get("/state")).json() == {"greeting": "from the lifespan"}


async def test_a_stream_arrives_as_it_is_sent(served: Runner) -> None:
    async with served.app.stream("GET", "/stream") as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "first"
        assert (await served.health()).in_flight == 1
        await served.app.get("/open")
        assert await anext(lines) == "second"
    record = await served.record("/stream")
    assert record.response is not None
    assert record.response.body.text == "first\nsecond\n"


async def test_an_error_half_way_through_a_stream(served: Runner) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await served.app.get("/half")
    record = await served.record("/half")
    assert record.failure is not None
    assert (record.failure.kind, record.failure.message) == (FailureKind.STREAM, "RuntimeError: half way")
    assert record.failure.frames[-1].source == 'raise RuntimeError("half way")'
    assert record.response is not None
    assert record.response.body.text == "first\n"


async def test_a_client_that_goes_away_is_no_failure(served: Runner) -> None:
    async with served.app.stream("GET", "/endless") as answer:
        await anext(answer.aiter_lines())
    record = await served.record("/endless")
    assert record.failure is None
    assert (await served.app.get("/closed")).json() == ["endless"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/rude/short", "Content-Length says 10 bytes, but the app sent only 5."),
        ("/rude/long", "Content-Length says 10 bytes, but the app sent 21 or more."),
        ("/rude/unfinished", "The app returned before its answer was complete."),
        ("/rude/nothing", "The app returned without sending an answer."),
    ],
)
async def test_an_app_that_breaks_the_protocol(served: Runner, path: str, message: str) -> None:
    with contextlib.suppress(httpx.RemoteProtocolError):
        assert (await served.app.get(path)).status_code == 500
    failure = (await served.record(path)).failure
    assert failure is not None
    assert (failure.kind, failure.message) == (FailureKind.PROTOCOL, message)
    if "Content-Length" in message:
        assert failure.frames[-1].source is not None
    assert (await served.app.get("/state")).status_code == 200


async def test_messages_in_the_wrong_order_are_a_protocol_failure(served: Runner) -> None:
    assert (await served.app.get("/rude/disorder")).status_code == 500
    failure = (await served.record("/rude/disorder")).failure
    assert failure is not None
    assert failure.kind is FailureKind.PROTOCOL
    assert [f.source for f in failure.frames if f.user][-1] == (
        'await send({"type": "http.response.body", "body": b"no start"})'
    )


async def test_an_exit_in_a_handler_ends_only_that_request(served: Runner) -> None:
    assert (await served.app.get("/exit")).status_code == 500
    failure = (await served.record("/exit")).failure
    assert failure is not None
    assert (failure.kind, failure.exception) == (FailureKind.HANDLER, "SystemExit")
    assert "sys.exit()" in (failure.hint or "")
    assert (await served.app.get("/state")).status_code == 200


async def test_a_background_task_that_fails_right_after_the_answer(served: Runner) -> None:
    assert (await served.app.get("/background")).json() == "done"
    record = await served.record("/background")
    assert record.failure is not None
    assert (record.failure.kind, record.failure.exception) == (FailureKind.BACKGROUND, "LookupError")


async def test_a_record_does_not_wait_for_a_long_background_task(served: Runner) -> None:
    await served.app.get("/late")
    record = await served.record("/late")
    assert record.failure is None
    await served.app.get("/open")
    failure = await failure_event(served, "long after")
    assert failure["kind"] == "background"
    line = await served.event(EventType.LOG, lambda line: line["text"] == "much later")
    assert line["request"] == record.id


async def test_an_error_in_a_thread_is_told(served: Runner) -> None:
    await served.app.get("/thread")
    failure = await failure_event(served, "in a thread")
    assert (failure["kind"], failure["frames"][-1]["function"]) == ("background", "thread.<locals>.fail")


async def test_an_error_in_a_task_that_nobody_awaits_is_told(served: Runner) -> None:
    await served.app.get("/task")
    assert (await failure_event(served, "in a task"))["exception"] == "OSError"


async def test_an_exit_in_a_task_does_not_end_the_loop(served: Runner) -> None:
    assert (await served.app.get("/task-exit")).json() == "still here"
    assert (await failure_event(served, "SystemExit"))["hint"]
    assert (await served.app.get("/state")).status_code == 200


async def test_an_exception_group_names_its_members(served: Runner) -> None:
    await served.app.get("/group")
    failure = (await served.record("/group")).failure
    assert failure is not None
    assert "KeyError: 'one of them'" in failure.message
    assert failure.frames[-1].function == "group.<locals>.fail"


async def test_endless_recursion_keeps_both_ends(served: Runner) -> None:
    await served.app.get("/recursion")
    failure = (await served.record("/recursion")).failure
    assert failure is not None
    assert failure.exception == "RecursionError"
    assert len(failure.frames) == 100
    assert any(frame.function == "recursion" for frame in failure.frames)


async def test_an_exception_without_a_readable_text(served: Runner) -> None:
    await served.app.get("/unprintable")
    failure = (await served.record("/unprintable")).failure
    assert failure is not None
    assert "Odd" in failure.message


WSGI = """
closed = []
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/closed":
        start_response("200 OK", [])
        return [",".join(closed).encode()]
    if path == "/upload":
        data = environ["wsgi.input"].read()
        start_response("200 OK", [])
        return [str(len(data)).encode()]
    start_response("200 OK", [])
    return half() if path == "/half" else endless()

def half():
    yield b"first"
    raise RuntimeError("half way")

def endless():
    try:
        while True:
            yield b"again" * 1000
    finally:
        closed.append("endless")
"""


async def test_a_wsgi_generator_is_closed_when_its_client_goes_away(runner: Runner) -> None:
    await runner.loaded({"main.py": WSGI})
    async with runner.app.stream("GET", "/endless") as answer:
        await anext(answer.aiter_bytes())
    await runner.record("/endless")
    assert (await runner.app.get("/closed")).text == "endless"


async def test_wsgi_uploads_and_errors(runner: Runner) -> None:
    await runner.loaded({"main.py": WSGI})
    assert (await runner.app.post("/upload", content=b"x" * 3_000_000)).text == "3000000"
    with pytest.raises(httpx.RemoteProtocolError):
        await runner.app.get("/half")
    failure = (await runner.record("/half")).failure
    assert failure is not None
    assert (failure.kind, failure.frames[-1].function) == (FailureKind.STREAM, "half")
