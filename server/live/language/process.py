"""One language process, and messages to and from it.

``podium.ide.language`` speaks the Language Server Protocol on its standard streams. It ends when its standard input
does, and only this server holds the other end of that pipe: no language process outlives the server, however it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Any, Self

import structlog

from podium.kernels.environment import base_environment

log = structlog.get_logger("podium.language")

COMMAND = (sys.executable, "-P", "-m", "podium.ide.language")
Message = dict[str, Any]
_MAX_HEADER = 4096
_END_S = 2.0


class LanguageProcess:
    """Started with :meth:`start`; give it back with :meth:`close`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._errors = asyncio.create_task(self._log_errors(), name=f"errors of language process {process.pid}")

    @classmethod
    async def start(cls) -> Self:
        """Start a process; it need not be ready before it is written to."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=base_environment(),
            start_new_session=True,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def send(self, message: Message) -> None:
        """Send one JSON-RPC message. A process that has ended takes none; :meth:`messages` says that it has."""
        body = json.dumps(message, separators=(",", ":")).encode("ascii")
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(ConnectionError):
            stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            await stdin.drain()

    async def messages(self) -> AsyncIterator[Message]:
        """Yield what the process says until it ends."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                header = await stdout.readuntil(b"\r\n\r\n")
                yield json.loads(await stdout.readexactly(_length(header)))

    async def close(self) -> None:
        """End the process now and wait until it is gone."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()
        await asyncio.wait([self._errors], timeout=_END_S)

    async def _log_errors(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - it is a pipe
        while line := await stderr.read(_MAX_HEADER):
            log.warning("language process", pid=self.pid, says=line.decode(errors="replace").rstrip())


def _length(header: bytes) -> int:
    for line in header.decode("ascii", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            return int(value)
    raise ValueError(f"no Content-Length in {header!r}")
