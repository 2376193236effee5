"""One HTTP/1.1 request to a runner's control port, over a connection of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import h11

from podium.kernels.address import Address

_READ_SIZE = 64 * 1024


class ExchangeError(Exception):
    """No whole answer came; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer and its body as it arrives; reading the body raises :class:`ExchangeError`."""

    status: int
    body: AsyncIterator[bytes]

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([chunk async for chunk in self.body])


@contextlib.asynccontextmanager
async def exchange(
    address: Address, method: str, target: str, *, token: str, body: bytes = b""
) -> AsyncIterator[Answer]:
    """Send a request and give its answer; the connection is closed at the end. Raises :class:`ExchangeError`."""
    try:
        reader, writer = await asyncio.open_connection(*address)
    except OSError as error:
        raise ExchangeError(f"nothing accepts connections at {address}") from error
    http = h11.Connection(h11.CLIENT)
    headers = [
        ("Host", str(address)),
        ("Authorization", f"Bearer {token}"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    try:
        for event in (
            h11.Request(method=method, target=target, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            writer.write(http.send(event) or b"")
        head = await _next(http, reader)
        if not isinstance(head, h11.Response):
            raise ExchangeError(f"{address} did not answer with a response")
        yield Answer(head.status_code, _body(http, reader))
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _body(http: h11.Connection, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while isinstance(event := await _next(http, reader), h11.Data):
        yield bytes(event.data)


async def _next(http: h11.Connection, reader: asyncio.StreamReader) -> h11.Event:
    try:
        while not isinstance(event := http.next_event(), h11.Event):
            http.receive_data(await reader.read(_READ_SIZE))
    except OSError as error:
        raise ExchangeError("the connection broke before the answer was complete") from error
    except h11.RemoteProtocolError as error:
        raise ExchangeError(f"the connection ended before the answer was complete ({error})") from error
    return event
