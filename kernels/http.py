"""HTTP/1.1 requests to a runner's control port."""

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


class Connections:
    """Asks at one address, with ``token``. The connection of a whole answer is kept for the next request."""

    def __init__(self, address: Address, token: str) -> None:
        self._address = address
        self._token = token
        self._kept: _Connection | None = None
        self._closed = False

    @contextlib.asynccontextmanager
    async def exchange(
        self, method: str, target: str, *, body: bytes = b"", endless: bool = False
    ) -> AsyncIterator[Answer]:
        """Send a request and give its answer; an ``endless`` one leaves the kept connection to others.

        Raises :class:`ExchangeError`.
        """
        connection = (None if endless else self._take()) or await _open(self._address)
        try:
            yield await connection.ask(method, target, self._token, body)
        finally:
            if connection.is_reusable and self._kept is None and not self._closed:
                self._kept = connection
            else:
                await connection.close()

    def close(self) -> None:
        """Keep no connection from now on: the other side has gone."""
        self._closed = True
        if self._kept is not None:
            self._kept.abandon()
            self._kept = None

    def _take(self) -> _Connection | None:
        kept, self._kept = self._kept, None
        if kept is not None and not kept.renew():
            kept.abandon()
            return None
        return kept


class _Connection:
    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)

    @property
    def is_reusable(self) -> bool:
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def renew(self) -> bool:
        """Whether another request can be sent."""
        if self._reader.at_eof() or self._writer.is_closing():
            return False
        self._http.start_next_cycle()
        return True

    async def ask(self, method: str, target: str, token: str, body: bytes) -> Answer:
        headers = [
            ("Host", str(self._address)),
            ("Authorization", f"Bearer {token}"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ]
        request = h11.Request(method=method, target=target, headers=headers)
        parts = (self._http.send(event) or b"" for event in (request, h11.Data(data=body), h11.EndOfMessage()))
        self._writer.write(b"".join(parts))
        head = await self._next()
        if not isinstance(head, h11.Response):
            raise ExchangeError(f"{self._address} did not answer with a response")
        return Answer(head.status_code, self._body())

    async def close(self) -> None:
        self.abandon()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def abandon(self) -> None:
        self._writer.close()

    async def _body(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    async def _next(self) -> h11.Event:
        try:
            while not isinstance(event := self._http.next_event(), h11.Event):
                self._http.receive_data(await self._reader.read(_READ_SIZE))
        except OSError as error:
            raise ExchangeError("the connection broke before the answer was complete") from error
        except h11.RemoteProtocolError as error:
            raise ExchangeError(f"the connection ended before the answer was complete ({error})") from error
        return event


async def _open(address: Address) -> _Connection:
    try:
        return _Connection(address, *await asyncio.open_connection(*address))
    except OSError as error:
        raise ExchangeError(f"nothing accepts connections at {address}") from error
