"""A supervised store process: started before everything else, restarted with backoff, gone when the server is.

The listening socket is bound here and handed down, so there is no port to race for, and clients that connect while the
store restarts simply wait in the socket's queue. For the same reason a store can be left out until somebody connects
(socket activation). This module imports little: it runs first, while the rest loads.
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
    """The store did not come up when the server started; the message says why and what to do."""


class StoreProcess:
    """One store: ``name`` for messages, ``directory`` for its files.

    One that is ``on_demand`` starts when a client connects; the others are begun with :meth:`spawn`. ``reason`` says
    why it is not ``available``.
    """

    def __init__(self, name: str, directory: Path, *, on_demand: bool = False) -> None:
        self.name = name
        self.directory = directory
        self.on_demand = on_demand
        self.reason = f"{name} is starting"
        self.restarts = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self._lifeline_read, self._lifeline = os.pipe()
        self._child: subprocess.Popen[bytes] | None = None
        self._output = b""
        self._ready = asyncio.Event()
        self._ended = asyncio.Event()
        self._served = False
        self._stopping = False

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1, also while it is not running."""
        return int(self._listener.getsockname()[1])

    @property
    def uri(self) -> str:
        """The MongoDB URI of :attr:`port`."""
        return f"mongodb://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process that was started last."""
        return self._child.pid if self._child is not None else None

    @property
    def available(self) -> bool:
        """Whether the process has said that it serves, and still runs."""
        return self._ready.is_set()

    def spawn(self) -> None:
        """Start the process; does not wait for it."""
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
            raise StoreStartFailed(f"{self.reason}. Look at the free space and the rights of {self.directory}.")

    async def supervise(self, report: Callable[[str], None]) -> None:
        """Follow the process, and start it again when it ends; ``report`` takes a sentence for the log.

        One that never served is not started again: :meth:`wait_ready` tells why, and the server does not start either.
        """
        pause = _FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            await self._run_once()
            if self._stopping or not (self.on_demand or self._served):
                return
            if time.monotonic() - started > _HEALTHY_AFTER_S:
                pause = _FIRST_PAUSE_S
            report(f"{self.reason}; it starts again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def kill(self) -> None:
        """End it at once because it does not answer; :meth:`supervise` starts it again."""
        if self._child is not None:
            self._child.kill()

    async def stop(self) -> None:
        """Ask it to end, wait, insist; then give the port back."""
        self._stopping = True
        if self._child is not None and self._child.returncode is None:
            self._child.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _STOP_S)
            self._child.kill()
            await asyncio.to_thread(self._child.wait)
        self._listener.close()
        for descriptor in (self._lifeline, self._lifeline_read):
            os.close(descriptor)

    async def _run_once(self) -> None:
        if self._child is None or self._child.returncode is not None:
            if self.on_demand:
                await self._connection()
            self.restarts += self._child is not None
            try:
                self.spawn()
            except OSError as error:
                self.reason = f"{_capital(self.name)} cannot be started ({error.strerror})"
                return
        await self._follow()

    async def _connection(self) -> None:
        """Wait until a client connects; it stays in the socket's queue for the process to come."""
        loop = asyncio.get_running_loop()
        connecting = asyncio.Event()
        loop.add_reader(self._listener, connecting.set)
        try:
            await connecting.wait()
        finally:
            loop.remove_reader(self._listener)

    async def _follow(self) -> None:
        child = self._child
        assert child is not None  # noqa: S101 - spawned before
        assert child.stdout is not None  # noqa: S101 - both are pipes
        assert child.stderr is not None  # noqa: S101
        self._ended.clear()
        collecting = asyncio.create_task(self._collect(child.stderr), name=f"{self.name}: output")
        async for line in _lines(child.stdout):
            if line.strip() == b"ready":
                self._served = True
                self._ready.set()
        self._ready.clear()
        code = await asyncio.to_thread(child.wait)
        await collecting
        self.reason = f"{_capital(self.name)} ended ({_how(code)}){_last_line(self._output)}"
        self._ended.set()

    async def _collect(self, pipe: IO[bytes]) -> None:
        self._output = b""
        async for line in _lines(pipe):
            self._output = (self._output + line)[-_KEPT_OUTPUT:]


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


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
