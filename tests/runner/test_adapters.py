"""WSGI and ASGI 2 behind ASGI 3."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx
import pytest

from podium.runner.adapters import WSGI_THREADS, WsgiApp, from_asgi2
from podium.runner.asgi import Message, Receive, Scope, Send

StartResponse = Callable[..., Any]
VARIABLE: ContextVar[str] = ContextVar("variable", default="unset")


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app")


async def test_a_wsgi_app_sees_the_whole_request() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("X-One", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"one ", b"two"]

    async with client_of(WsgiApp(app)) as client:
        answer = await client.post("/a%20b?x=1", content=b"body", headers={"X-Two": "2"})
    assert (answer.status_code, answer.text, answer.headers["x-one"]) == (201, "one two", "1")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert (seen["REQUEST_METHOD"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("POST", "/a b", "x=1")
    assert (seen["body"], seen["HTTP_X_TWO"], seen["CONTENT_LENGTH"]) == (b"body", "2", "4")


async def test_the_context_of_the_request_reaches_the_thread() -> None:
    def app(_environ: Any, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [VARIABLE.get().encode(), threading.current_thread().name.encode()]

    VARIABLE.set("of this request")
    async with client_of(WsgiApp(app)) as client:
        text = (await client.get("/")).text
    assert text.startswith("of this requestWSGI")


async def test_many_requests_run_at_the_same_time() -> None:
    together = threading.Barrier(WSGI_THREADS)

    def app(_environ: Any, start_response: StartResponse) -> Iterable[bytes]:
        together.wait(20)
        start_response("200 OK", [])
        return [b"ok"]

    async with client_of(WsgiApp(app)) as client:
        answers = await asyncio.gather(*(client.get("/") for _ in range(WSGI_THREADS)))
    assert {answer.text for answer in answers} == {"ok"}


async def test_an_exception_comes_out() -> None:
    def app(_environ: Any, _start_response: StartResponse) -> Iterable[bytes]:
        raise LookupError("from the thread")

    async with client_of(WsgiApp(app)) as client:
        with pytest.raises(LookupError, match="from the thread"):
            await client.get("/")


async def test_the_end_of_the_lifespan_lets_the_threads_go() -> None:
    def app(_environ: Any, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return []

    adapted = WsgiApp(app)
    messages: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    async with client_of(adapted) as client:
        await client.get("/")
        await adapted({"type": "lifespan"}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        with pytest.raises(RuntimeError, match="shutdown"):
            await client.get("/")


class Disconnecting:
    """A client that sends a whole request and goes away when the answer has begun."""

    def __init__(self, body: bytes = b"") -> None:
        self._body = body
        self._asked = 0
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        self._asked += 1
        if self._asked == 1:
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self._gone.set()


SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "path": "/",
    "root_path": "",
    "query_string": b"",
    "http_version": "1.1",
    "headers": [],
}


@pytest.mark.parametrize("reads", [True, False])
async def test_an_endless_generator_is_closed_when_the_client_has_gone(reads: bool) -> None:
    closed = threading.Event()

    def endless(environ: dict[str, Any]) -> Iterator[bytes]:
        try:
            while True:
                yield b"again"
        finally:
            closed.set()

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if reads:
            assert environ["wsgi.input"].read() == b"sent"
        start_response("200 OK", [])
        return endless(environ)

    client = Disconnecting(b"sent")
    await asyncio.wait_for(WsgiApp(app)(dict(SCOPE), client.receive, client.send), 20)
    assert closed.is_set()


async def test_asgi_2_is_called_twice() -> None:
    def app(scope: Scope) -> Any:
        async def instance(receive: Receive, send: Send) -> None:
            body = (await receive())["body"]
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": scope["path"].encode() + body})

        return instance

    async with client_of(from_asgi2(app)) as client:
        assert (await client.post("/path", content=b"+body")).text == "/path+body"
