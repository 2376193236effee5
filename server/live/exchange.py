"""One request that the panel sent, which belongs to the server.

Its answer is kept here: each of its owner's pages can read it from the first byte, while it arrives and afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from podium.server.gateway.upstream import ResponseHead
from podium.server.live.bodies import ChunkEncoder, body_of
from podium.server.live.openrecord import OpenRecord
from podium.server.models.common import AppId, RequestId
from podium.server.models.runs import MAX_SEND_BODY, Exchange, RequestRecord, StreamLine

MAX_KEPT = MAX_SEND_BODY
"""Bytes of an answer that are kept; the rest is counted."""
_LINE_BYTES = 64 * 1024


class PanelExchange:
    """An exchange that goes on, or has ended and is still kept."""

    def __init__(self, record: OpenRecord) -> None:
        self._record = record
        self._head: ResponseHead | None = None
        self._kept = bytearray()
        self._size = 0
        self._final: RequestRecord | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def id(self) -> RequestId:
        return self._record.id

    @property
    def app(self) -> AppId:
        return self._record.app

    @property
    def kept_bytes(self) -> int:
        return len(self._kept)

    @property
    def done(self) -> bool:
        """Whether nothing is added any more."""
        return self._final is not None

    def carried_by(self, task: asyncio.Task[None]) -> None:
        """Name the task that :meth:`cancel` ends."""
        self._task = task

    async def cancel(self) -> RequestRecord:
        """Close the connection to the app, and return what is known; a complete answer is left as it is."""
        if self._task is not None and not self._record.ended:
            self._task.cancel()
            await self._record.over.wait()
        return self._record.record()

    def answered(self, head: ResponseHead) -> None:
        """Take the head of the answer."""
        self._head = head
        self._record.answered(head)
        self._wake()

    def received(self, chunk: bytes) -> None:
        """Take a piece of its body."""
        self._size += len(chunk)
        self._kept += chunk[: MAX_KEPT - len(self._kept)]
        self._record.passed(len(chunk))
        self._wake()

    async def settle(self) -> None:
        """Wait for the kernel's record after the exchange has ended, and complete this."""
        await self._record.settled.wait()
        self._final = self._record.record()
        self._wake()

    async def whole(self) -> Exchange:
        """Wait for the end and return everything."""
        while self._final is None:
            await self._news.wait()
        head = self._head
        return Exchange(
            status=head.status if head is not None else None,
            headers=head.headers if head is not None else [],
            body=body_of(bytes(self._kept), self._size),
            record=self._final,
        )

    async def lines(self) -> AsyncIterator[StreamLine]:
        """Yield the answer from its first byte: what is there at once, the rest as it arrives."""
        while self._head is None and self._final is None:
            await self._news.wait()
        yield self._start()
        read, encoder = 0, ChunkEncoder()
        while True:
            while read < len(self._kept):
                piece = bytes(self._kept[read : read + _LINE_BYTES])
                read += len(piece)
                for text, base64 in encoder.encode(piece):
                    yield StreamLine(type="chunk", id=self.id, text=text, base64=base64)
            if self._final is not None:
                break
            await self._news.wait()
        for text, base64 in encoder.finish():
            yield StreamLine(type="chunk", id=self.id, text=text, base64=base64)
        yield StreamLine(type="end", id=self.id, record=self._final)

    def _start(self) -> StreamLine:
        head = self._head
        record = self._record.record()
        return StreamLine(
            type="start",
            id=self.id,
            status=head.status if head is not None else None,
            headers=head.headers if head is not None else None,
            first_byte_ms=record.first_byte_ms,
        )

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def recorded_lines(record: RequestRecord) -> list[StreamLine]:
    """Tell a stored exchange in the same lines, with what was kept of it."""
    response = record.response
    lines = [
        StreamLine(
            type="start",
            id=record.id,
            status=response.status if response is not None else None,
            headers=response.headers if response is not None else None,
            first_byte_ms=record.first_byte_ms,
        )
    ]
    if response is not None and (response.body.text or response.body.base64):
        lines.append(StreamLine(type="chunk", id=record.id, text=response.body.text, base64=response.body.base64))
    return [*lines, StreamLine(type="end", id=record.id, record=record)]
