"""The server's handle on its kernel parent."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from podium.kernels.box.plan import BoxPlan
from podium.kernels.environment import base_environment
from podium.kernels.parent.protocol import (
    Decoder,
    Exited,
    List,
    Listing,
    Refused,
    Report,
    Request,
    Signal,
    Spawn,
    Spawned,
    Warm,
    Warmed,
    encode,
)

Answer = Spawned | Refused | Listing

_CHUNK = 64 * 1024
_SEND_BUFFER = 256 * 1024
_GOODBYE_S = 10.0


class ParentError(Exception):
    """The kernel parent could not do what it was asked to."""


class ParentLostError(ParentError):
    """The kernel parent is gone, and all its kernels with it."""


class ParentRefusedError(ParentError):
    """The system would not start another process."""


class Started(NamedTuple):
    """A process: ``forked`` says that it is a copy of a template; ``ended`` gives ``None`` if the parent was lost."""

    pid: int
    forked: bool
    ended: asyncio.Future[Exited | None]


class Parent:
    """One kernel parent. Everything in here belongs to the event loop in which :meth:`start` was called."""

    def __init__(self, lifeline: socket.socket, process: subprocess.Popen[bytes]) -> None:
        self._loop = asyncio.get_running_loop()
        self._lifeline = lifeline
        self._process = process
        self._decoder = Decoder()
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._exits: dict[str, asyncio.Future[Exited | None]] = {}
        self._warmed: dict[str, asyncio.Future[None]] = {}
        self._pids: dict[str, int] = {}
        self._sending = asyncio.Lock()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(lifeline, self._on_reports)

    @classmethod
    def start(cls, runtime: Path, box: BoxPlan | None = None) -> Parent:
        """Start a kernel parent; raises :class:`OSError`.

        The folders of its kernels are below ``runtime``, which it removes when the server is gone. Without ``box``
        kernels cannot be boxed.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = _launch(theirs, runtime, box)
            except OSError:
                ours.close()
                raise
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        return cls(ours, process)

    @property
    def pid(self) -> int:
        """The parent's process id."""
        return self._process.pid

    async def spawn(self, request: Spawn, sockets: Sequence[socket.socket]) -> Started:
        """Start a kernel. Raises :class:`ParentRefusedError` and :class:`ParentLostError`."""
        return await self._start(request, [each.fileno() for each in sockets])

    async def warm(self, request: Warm) -> tuple[Started, asyncio.Future[None]]:
        """Start a template; the future is done when kernels can be forked from it.

        Raises :class:`ParentRefusedError` and :class:`ParentLostError`.
        """
        warmed = self._warmed[request.kernel] = self._loop.create_future()
        return await self._start(request), warmed

    async def _start(self, request: Spawn | Warm, fds: Sequence[int] = ()) -> Started:
        ended = self._exits[request.kernel] = self._loop.create_future()
        try:
            answer = await self._request(request, fds)
        except ParentLostError:
            self._exits.pop(request.kernel, None)
            raise
        match answer:
            case Spawned(pid, forked):
                if not ended.done():
                    self._pids[request.kernel] = pid
                return Started(pid, forked, ended)
            case Refused(message):
                del self._exits[request.kernel]
                raise ParentRefusedError(message)
        raise ParentError(f"the kernel parent answered {answer}")

    async def signal(self, kernel: str, number: int) -> None:
        """Signal the kernel's process group, if it still exists. Raises :class:`ParentLostError`."""
        await self._request(Signal(kernel, number))

    async def living(self) -> dict[str, int]:
        """The process of each living kernel; all exits up to now have been noted. Raises :class:`ParentLostError`."""
        answer = await self._request(List())
        return answer.pids if isinstance(answer, Listing) else {}

    async def close(self) -> None:
        """End all kernels and the parent, and wait until they are gone."""
        if not self.lost.done():
            self._lifeline.shutdown(socket.SHUT_WR)
            await asyncio.wait([self.lost], timeout=_GOODBYE_S)
        self._lose()
        self._process.kill()  # it has gone already, unless something cannot be ended
        await asyncio.to_thread(self._process.wait)

    async def _request(self, request: Request, fds: Sequence[int] = ()) -> Answer:
        if self.lost.done():
            raise ParentLostError("the kernel parent has ended")
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[number] = answer
        try:
            await asyncio.shield(self._send(encode(number, request), fds))  # half a frame would garble all that follow
        except ConnectionError:
            self._lose()
        return await answer

    async def _send(self, frame: bytes, fds: Sequence[int]) -> None:
        async with self._sending:
            sent = await self._send_fds(frame, fds) if fds else 0
            await self._loop.sock_sendall(self._lifeline, frame[sent:])

    async def _send_fds(self, frame: bytes, fds: Sequence[int]) -> int:
        while True:
            try:
                return socket.send_fds(self._lifeline, [frame], fds)
            except BlockingIOError:
                await self._writable()

    async def _writable(self) -> None:
        ready = asyncio.Event()
        self._loop.add_writer(self._lifeline, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_writer(self._lifeline)

    def _on_reports(self) -> None:
        try:
            data = self._lifeline.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        for number, report in self._decoder.feed(data):
            if isinstance(report, Warmed):
                _settle(self._warmed.pop(report.kernel, None), None)
            elif isinstance(report, Exited):
                self._warmed.pop(report.kernel, None)
                self._pids.pop(report.kernel, None)
                _settle(self._exits.pop(report.kernel, None), report)
            elif isinstance(report, Spawned | Refused | Listing):
                _settle(self._answers.pop(number, None), report)
        if not data:
            self._lose()

    def _lose(self) -> None:
        if self.lost.done():
            return
        self._loop.remove_reader(self._lifeline)
        self._lifeline.close()
        self.lost.set_result(None)
        if sys.platform != "linux":  # where kernels do not die with their parent by themselves
            self._kill_kernels()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ParentLostError("the kernel parent has ended"))
        for ended in self._exits.values():
            _settle(ended, None)
        self._answers.clear()
        self._exits.clear()

    def _kill_kernels(self) -> None:
        for pid in self._pids.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _settle(waiting: asyncio.Future[Any] | None, result: Report | None) -> None:
    if waiting and not waiting.done():
        waiting.set_result(result)


def _launch(lifeline: socket.socket, runtime: Path, box: BoxPlan | None) -> subprocess.Popen[bytes]:
    fd = lifeline.fileno()
    argv = [sys.executable, "-P", "-m", "podium.kernels.parent.main", str(fd), str(runtime)]
    argv += [box.to_argument()] if box else []
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        argv,
        env=base_environment(),
        cwd="/",
        pass_fds=[fd],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
