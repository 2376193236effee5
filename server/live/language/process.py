"""One language process, and messages to and from it in the frames of the Language Server Protocol."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

Message = dict[str, Any]


class LanguageProcess:
    """Forked by a :class:`~podium.server.live.language.parent.LanguageParent`; give it back with :meth:`close`."""

    def __init__(
        self,
        pid: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        end: Callable[[], Awaitable[None]],
    ) -> None:
        self.pid = pid
        self._reader = reader
        self._writer = writer
        self._end = end

    @property
    def backlog(self) -> int:
        """Bytes that the process has not taken yet."""
        return self._writer.transport.get_write_buffer_size()

    def send(self, message: Message) -> None:
        """Send one JSON-RPC message. A process that has ended takes none; :meth:`messages` says that it has.

        Nobody waits for a process that does not read: whoever sends looks at :attr:`backlog`.
        """
        body = json.dumps(message, separators=(",", ":")).encode("ascii")
        self._writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def messages(self) -> AsyncIterator[Message]:
        """Yield what the process says until it ends."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                header = await self._reader.readuntil(b"\r\n\r\n")
                yield json.loads(await self._reader.readexactly(_length(header)))

    async def close(self) -> None:
        """End the process now and wait until it is gone."""
        self._writer.close()
        await self._end()


def _length(header: bytes) -> int:
    for line in header.decode("ascii", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            return int(value)
    raise ValueError(f"no Content-Length in {header!r}")
