"""WebSockets through the gateway, with a real client and a real server at the ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from podium.tests.server.gateway.conftest import CREDENTIALS, Reader, Town, Writer, answering, read_head


def choose(connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return next((protocol for protocol in offered if protocol in {"chat", "json"}), None)


@asynccontextmanager
async def websocket_app(town: Town, handler: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[None]:
    async with serve(handler, "127.0.0.1", 0, select_subprotocol=choose, max_size=None) as server:
        town.street.ports["app"] = next(iter(server.sockets)).getsockname()[1]
        yield


def through(town: Town, **options: object) -> connect:
    """Connect to the app by its host name, whatever the resolver of this machine thinks of it."""
    return connect(f"ws://{town.host}/ws?x=1", host="127.0.0.1", port=town.port, max_size=None, **options)  # type: ignore[arg-type] # websockets' own options


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def test_messages_go_both_ways(town: Town) -> None:
    async with websocket_app(town, echo), through(town) as client:
        await client.send("text \N{GRINNING FACE}")
        assert await client.recv() == "text \N{GRINNING FACE}"
        await client.send(b"\x00\xff")
        assert await client.recv() == b"\x00\xff"


async def test_large_messages_and_compression_pass(town: Town) -> None:
    large = bytes(range(256)) * 16384
    async with websocket_app(town, echo), through(town) as client:
        assert "permessage-deflate" in client.response.headers["Sec-WebSocket-Extensions"]  # type: ignore[union-attr] # connected
        await client.send(large)
        assert await client.recv() == large


async def test_the_subprotocol_is_agreed_between_the_ends(town: Town) -> None:
    async with websocket_app(town, echo), through(town, subprotocols=["other", "json"]) as client:
        assert client.subprotocol == "json"


async def test_close_codes_pass_both_ways(town: Town) -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def app(connection: ServerConnection) -> None:
        if await connection.recv() == "close":
            await connection.close(4001, "as asked")
        await connection.wait_closed()
        codes.put_nowait(connection.close_code)

    async with websocket_app(town, app):
        async with through(town) as client:
            await client.send("close")
            with pytest.raises(ConnectionClosed):
                await client.recv()
            assert (client.close_code, client.close_reason) == (4001, "as asked")
        async with through(town) as client:
            await client.send("wait")
            await client.close(4002)
        assert [await codes.get(), await codes.get()] == [4001, 4002]


async def test_the_app_sees_no_credentials_and_our_own_headers(town: Town) -> None:
    async def app(connection: ServerConnection) -> None:
        headers = connection.request.headers if connection.request is not None else None
        await connection.send("\n".join(f"{name}: {value}" for name, value in headers.raw_items()) if headers else "")

    sent = {
        "Authorization": f"Bearer {CREDENTIALS.token}",
        "Cookie": "podium-session-8000=secret; mine=1",
        "X-Forwarded-For": "6.6.6.6",
    }
    async with websocket_app(town, app), through(town, additional_headers=sent) as client:
        seen = str(await client.recv())
    assert CREDENTIALS.token not in seen
    assert "secret" not in seen
    assert "Cookie: mine=1" in seen
    assert "X-Forwarded-For: 127.0.0.1" in seen
    assert f"Host: {town.host}" in seen


async def test_a_client_that_vanishes_ends_the_app_side(town: Town) -> None:
    ended = asyncio.Event()

    async def app(connection: ServerConnection) -> None:
        await connection.wait_closed()
        ended.set()

    async with websocket_app(town, app):
        client: ClientConnection = await through(town)
        client.transport.abort()
        await ended.wait()


async def test_an_app_that_vanishes_ends_the_client_side(town: Town) -> None:
    async def app(connection: ServerConnection) -> None:
        connection.transport.abort()

    async with websocket_app(town, app), through(town) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1006


async def test_a_refused_handshake_is_an_ordinary_answer(town: Town) -> None:
    await town.serve(answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"))
    with pytest.raises(InvalidStatus) as refused:
        await through(town)
    assert refused.value.response.status_code == 403
    assert refused.value.response.body == b"no"


async def test_no_app_is_an_ordinary_answer_too(town: Town) -> None:
    town.street.ports["app"] = None
    with pytest.raises(InvalidStatus) as refused:
        await through(town)
    assert refused.value.response.status_code == 503


async def test_bytes_that_come_with_the_handshake_are_not_lost(town: Town) -> None:
    async def app(reader: Reader, writer: Writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly")
        writer.write(await reader.readexactly(4))

    await town.serve(app)
    head = f"GET / HTTP/1.1\r\nHost: {town.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    answer = await town.send(head.encode() + b"soon")
    assert answer.endswith(b"\r\n\r\nearlysoon")
