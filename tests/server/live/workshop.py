"""An app with a route for everything that an app can do, also wrong."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import PlainTextResponse, StreamingResponse

app = FastAPI()
gate = asyncio.Event()


@app.get("/pid")
async def pid() -> PlainTextResponse:
    return PlainTextResponse(str(os.getpid()))


@app.api_route("/echo", methods=["GET", "POST", "PUT"])
async def echo(request: Request) -> dict[str, Any]:
    body = (await request.body()).decode()
    return {"headers": request.headers.items(), "path": request.url.path, "query": request.url.query, "body": body}


@app.get("/print")
async def print_line() -> str:
    print("printed by the app")  # noqa: T201 - this is what the route is for
    return "done"


@app.get("/error")
async def error() -> None:
    raise ValueError("as asked")


@app.get("/stream")
async def stream() -> StreamingResponse:
    gate.clear()

    async def parts() -> AsyncIterator[str]:
        yield "first gr\u00fc\u00df\n"
        await gate.wait()
        yield "second\n"

    return StreamingResponse(parts(), media_type="text/plain")


@app.get("/open-gate")
async def open_gate() -> str:
    gate.set()
    return "open"


@app.get("/bytes")
async def some_bytes() -> Response:
    return Response(bytes(range(256)), media_type="application/octet-stream")


@app.get("/large")
async def large() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * 1_000_000

    return StreamingResponse(parts())


@app.put("/upload")
async def upload(request: Request) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        size += len(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


@app.get("/cookies")
async def cookies(response: Response) -> str:
    response.set_cookie("mine", "secret-value", domain="localhost")
    response.set_cookie("podium-session-1", "planted")
    return "set"


@app.get("/half")
async def half() -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "begun"
        raise RuntimeError("in the middle")

    return StreamingResponse(parts())


async def _wrong_length(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
    await send({"type": "http.response.body", "body": b"short"})


app.mount("/wrong-length", _wrong_length)


@app.get("/block")
async def block() -> str:
    time.sleep(3)  # noqa: ASYNC251 - this is what the route is for
    return "at last"


@app.get("/wait")
async def wait() -> None:
    await asyncio.Event().wait()


@app.get("/die")
async def die() -> None:
    os._exit(3)


@app.websocket("/ws")
async def websocket(socket: WebSocket) -> None:
    await socket.accept(subprotocol="chat" if "chat" in socket.scope["subprotocols"] else None)
    await socket.send_json(dict(socket.headers))
    while True:
        await socket.send_bytes(await socket.receive_bytes())
