"""A WebSocket after its handshake: raw bytes, both ways, until either end closes."""

from __future__ import annotations

import asyncio

from tornado.iostream import IOStream, StreamClosedError

from podium.server.gateway.targets import Entry
from podium.server.gateway.upstream import READ_SIZE, ResponseHead, Upstream, UpstreamError


async def splice(client: IOStream, upstream: Upstream, head: ResponseHead, entry: Entry) -> None:
    """Pass on the app's 101 answer, then every byte; each side waits while the other is slow. Closes both."""
    to_app = asyncio.create_task(_to_app(client, upstream), name="client to app")
    try:
        await client.write(_encoded(head))
        while data := await upstream.receive_raw():
            await client.write(data)
    except StreamClosedError:
        pass  # The client has gone; so does the connection to the app.
    finally:
        entry.finished()
        client.close()
        upstream.abort()
        await asyncio.wait({to_app})
        upstream.close()


async def _to_app(client: IOStream, upstream: Upstream) -> None:
    try:
        while True:
            await upstream.send_raw(await client.read_bytes(READ_SIZE, partial=True))
    except (StreamClosedError, UpstreamError):
        upstream.abort()


def _encoded(head: ResponseHead) -> bytes:
    lines = [f"HTTP/1.1 {head.status} {head.reason}", *(f"{name}: {value}" for name, value in head.headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")
