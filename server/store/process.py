"""A supervised store process: started before everything else, restarted with backoff, gone when the server is.

The listening socket is bound here and handed down, so there is no port to race for, and clients that connect while the
store restarts simply wait in the socket's queue. This module imports little: it runs first, while the rest loads.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_HEALTHY_AFTER_S = 10.0
_STOP_S = 3.0
_KEPT_OUTPUT = 4096


class StoreStartFailed(Exception):  # noqa: N818 - says what happened
    """The store did not come up when the server started; the message is one sentence that says what to do."""


class StoreProcess:
    """One store: ``name`` for messages, ``directory`` for its files. Call :meth:`spawn`, then :meth:`supervise`."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.directory = directory
        self.reason = f"{name} is starting"
        self.restarts = 0
        self.output = b""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lifeline_read, self._lifeline = os.pipe()
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = asyncio.Event()
        self._ended = asyncio.Event()
        self._stopping = False

    @property
    def uri(self) -> str:
        """Where it listens, also while it restarts."""
        host, port = self._listener.getsockname()[:2]
        return f"mongodb://{host}:{port}"

    @property
    def port(self) -> int:
        """The port of :attr:`uri`."""
        return int(self._listener.getsockname()[1])

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._child.pid if self._child is not None else None

    @property
    def available(self) -> bool:
        """Whether the process has said that it serves, and still runs; if not, ``reason`` says why."""
        return self._ready.is_set()

    def spawn(self) -> None:
        """Start the process; does not wait for it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        descriptors = (self._listener.fileno(), self._lifeline_read)
        command = [sys.executable, "-m", "podium.server.store.child", *map(str, descriptors), str(self.directory)]
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    async def wait_ready(self, timeout_s: float) -> None:
        """Wait for the first start; raises :class:`StoreStartFailed`."""
        waiters = [asyncio.ensure_future(event.wait()) for event in (self._ready, self._ended)]
        try:
            await asyncio.wait(waiters, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()
        if not self.available:
            raise StoreStartFailed(f"{self.name} did not start: {self.reason}.")

    async def supervise(self, report: Callable[[str], None]) -> None:
        """Follow the process and start it again whenever it ends; ``report`` takes a sentence for the log."""
        pause = _FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            self.reason = await self._follow()
            if self._stopping:
                return
            report(f"{self.reason}; it is started again in {pause:.1f} s")
            if time.monotonic() - started > _HEALTHY_AFTER_S:
                pause = _FIRST_PAUSE_S
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
            self.restarts += 1
            self.spawn()

    async def stop(self) -> None:
        """Ask it to end, wait, insist; then give the port back."""
        self._stopping = True
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _STOP_S)
            if child.poll() is None:
                child.kill()
                await asyncio.to_thread(child.wait)
        self._listener.close()
        for descriptor in (self._lifeline, self._lifeline_read):
            os.close(descriptor)

    async def _follow(self) -> str:
        child = self._child
        assert child is not None  # noqa: S101 - spawned before
        assert child.stdout is not None  # noqa: S101 - both are pipes
        assert child.stderr is not None  # noqa: S101
        self._ended.clear()
        output = asyncio.create_task(self._collect(child.stderr), name=f"{self.name}: output")
        async for line in _lines(child.stdout):
            if line.strip() == b"ready":
                self._ready.set()
        self._ready.clear()
        code = await asyncio.to_thread(child.wait)
        await output
        self._ended.set()
        return f"{self.name} ended ({_how(code)}){_last_line(self.output)}"

    async def _collect(self, pipe: IO[bytes]) -> None:
        self.output = b""
        async for line in _lines(pipe):
            self.output = (self.output + line)[-_KEPT_OUTPUT:]


async def _lines(pipe: IO[bytes]) -> AsyncIterator[bytes]:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        while line := await reader.readline():
            yield line
    finally:
        transport.close()


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return f": {lines[-1].strip()}" if lines else ""
