"""The kernel parent: one thread, one loop, standard library only.

It is a child subreaper, so that whatever user code leaves behind becomes its child and can be found. When its lifeline
to the server ends, for whatever reason, it kills every descendant and goes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from resource import struct_rusage

from podium.kernels.parent.child import LINUX, become_subreaper, start
from podium.kernels.parent.families import descendants, marked, orphans, process_table
from podium.kernels.parent.oom import oom_kills
from podium.kernels.parent.protocol import (
    MAX_OUTPUT,
    MAX_SOCKETS,
    Decoder,
    Exited,
    List,
    Listing,
    Message,
    Refused,
    Report,
    Signal,
    Spawn,
    Spawned,
    encode,
)

_CHUNK = 64 * 1024
_ENDING = {signal.SIGTERM, signal.SIGHUP, signal.SIGINT}
_MAX_RSS_UNIT = 1024 if LINUX else 1


@dataclass(slots=True)
class _Child:
    """A kernel's process and the end of what it wrote."""

    kernel: str
    pid: int
    pipe: int
    output: bytearray = field(default_factory=bytearray)


class KernelParent:
    """Serves one server over ``lifeline`` until that ends or a signal asks it to go.

    ``runtime`` is the server's runtime directory; with a kernel's id it makes the mark of that kernel's family.
    """

    def __init__(self, lifeline: socket.socket, runtime: str) -> None:
        self._lifeline = lifeline
        self._runtime = runtime
        self._decoder = Decoder()
        self._passed: list[int] = []  # descriptors that arrived and were not claimed by a Spawn yet
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._serving = True
        self._server_gone = False
        self._sweeping = False
        self._oom_kills = oom_kills()

    def serve(self) -> bool:
        """Serve until it is time to go, and say whether that is because the server has gone.

        What an earlier parent of the same server left behind is ended first.
        """
        kill(marked(self._mark("")))
        woken = self._listen_to_signals()
        self._watch(woken.fileno(), lambda: self._on_signal(woken.recv(_CHUNK)))
        self._watch(self._lifeline.fileno(), self._on_requests)
        while self._serving:
            for key, _ in self._selector.select():
                if self._selector.get_map().get(key.fd) is key:  # else what came before it has closed it
                    key.data()
        return self._server_gone

    def _listen_to_signals(self) -> socket.socket:
        """A socket on which each signal that matters arrives as one byte."""
        woken, waker = socket.socketpair()
        woken.setblocking(False)
        waker.setblocking(False)
        for number in (signal.SIGCHLD, *_ENDING):
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(waker.detach(), warn_on_full_buffer=False)
        return woken

    def _watch(self, fd: int, handle: Callable[[], None]) -> None:
        self._selector.register(fd, selectors.EVENT_READ, handle)

    def _on_signal(self, numbers: bytes) -> None:
        self._serving = self._serving and not set(numbers) & _ENDING
        self._reap()

    def _on_requests(self) -> None:
        try:
            data, passed, _, _ = socket.recv_fds(self._lifeline, _CHUNK, MAX_SOCKETS)
        except ConnectionError:
            data, passed = b"", []
        self._passed += passed
        if not data:
            self._lose_server()
        for number, request in self._decoder.feed(data):
            self._report(number, self._answer(request))

    def _answer(self, request: Message) -> Report:
        match request:
            case Spawn():
                return self._spawn(request)
            case Signal():
                self._signal(request)
            case List():
                self._reap()
            case _:
                raise TypeError(f"{request} is no request")
        return Listing({child.kernel: child.pid for child in self._children.values()})

    def _spawn(self, request: Spawn) -> Report:
        count = len(request.sockets)
        sockets, self._passed = self._passed[:count], self._passed[count:]
        try:
            if len(sockets) < count:
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))  # they were lost on the way for want of room
            child = self._start(request, sockets)
        except OSError as error:
            return Refused(f"the system would not start another process ({error.strerror})")
        finally:
            for fd in sockets:
                os.close(fd)
        self._children[child.pid] = child
        self._watch(child.pipe, lambda: self._read_output(child))
        return Spawned(child.pid)

    def _start(self, request: Spawn, sockets: list[int]) -> _Child:
        pipe, output = os.pipe()
        try:
            os.set_blocking(pipe, False)
            return _Child(request.kernel, start(request, sockets, output, self._mark(request.kernel)), pipe)
        except OSError:
            os.close(pipe)
            raise
        finally:
            os.close(output)

    def _signal(self, request: Signal) -> None:
        for child in self._children.values():
            if child.kernel == request.kernel:
                _signal_group(child.pid, request.signal)

    def _read_output(self, child: _Child) -> None:
        """Keep the end of what there is to read; stop reading where everybody has closed the other end."""
        with contextlib.suppress(BlockingIOError):
            data = os.read(child.pipe, _CHUNK)
            child.output += data
            del child.output[:-MAX_OUTPUT]
            if not data:
                self._selector.unregister(child.pipe)

    def _reap(self) -> None:
        """Take in every process that has ended, kernels and orphans, and end what ended kernels left behind."""
        ended = False
        with contextlib.suppress(ChildProcessError):
            while (gone := os.wait4(-1, os.WNOHANG))[0]:
                pid, status, usage = gone
                child = self._children.pop(pid, None)
                if child:
                    self._report_exit(child, status, usage)
                ended = ended or child is not None
        if ended or self._sweeping:
            self._sweep()

    def _report_exit(self, child: _Child, status: int, usage: struct_rusage) -> None:
        kills, before = oom_kills(), self._oom_kills
        self._oom_kills = kills
        self._drain(child)
        self._report(
            0,
            Exited(
                kernel=child.kernel,
                status=status,
                peak_bytes=usage.ru_maxrss * _MAX_RSS_UNIT,
                oom_kill=kills > before,
                output=child.output.decode(errors="replace"),
            ),
        )

    def _drain(self, child: _Child) -> None:
        if child.pipe in self._selector.get_map():
            self._read_output(child)
        if child.pipe in self._selector.get_map():
            self._selector.unregister(child.pipe)
        os.close(child.pipe)

    def _sweep(self) -> None:
        """Kill what nobody living owns; again at the next exit, for the killed may have children of their own."""
        living = {child.pid: self._mark(child.kernel) for child in self._children.values()}
        found = orphans(process_table(), living)
        kill(found)
        self._sweeping = bool(found)

    def _mark(self, kernel: str) -> str:
        return f"{self._runtime}/{kernel}"

    def _report(self, number: int, report: Report) -> None:
        try:
            self._lifeline.sendall(encode(number, report))
        except ConnectionError:
            self._lose_server()

    def _lose_server(self) -> None:
        self._serving, self._server_gone = False, True


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:  # it has not come to setsid() yet; nobody else has its id before it is reaped
        os.kill(leader, number)


def kill(pids: set[int]) -> None:
    """SIGKILL to each that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def end_descendants() -> None:
    """Kill and reap until there is no descendant left.

    Every scan kills all that exist; a process which one of them forked meanwhile becomes our child when that one dies,
    which ends the wait, and is met by the next scan.
    """
    with contextlib.suppress(ChildProcessError):
        while True:
            kill(descendants(process_table(), [os.getpid()]))
            os.wait()


def main() -> None:
    """``python -m podium.kernels.parent.main LIFELINE_FD RUNTIME_DIRECTORY``."""
    lifeline, runtime = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    lifeline.set_inheritable(False)
    become_subreaper()
    try:
        server_gone = KernelParent(lifeline, runtime).serve()
    finally:
        end_descendants()
    if server_gone:  # so nobody needs its runtime directory any more
        shutil.rmtree(runtime, ignore_errors=True)


if __name__ == "__main__":
    main()
