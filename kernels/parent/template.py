"""A template: a process that has imported and used what kernels need, and of which kernels are copies.

It forks on request of the kernel parent, with nothing at hand that must not be shared: one thread, no event loop, and
of descriptors only its standard streams and the channel to the parent. A kernel is forked twice, so that it becomes the
child of the kernel parent, which is a subreaper, and outlives its template. It waits at its *gate*, a pipe that the
parent opens as soon as it knows the new child.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import importlib
import os
import socket
import sys
from pathlib import Path

from podium.kernels.parent.child import or_end, settle
from podium.kernels.parent.protocol import (
    CHANNEL_VARIABLE,
    INTERPRETER_OPTIONS,
    MARK,
    MAX_DESCRIPTORS,
    Decoder,
    Refused,
    Report,
    Spawn,
    Spawned,
    Warmed,
    encode,
)
from podium.runner.surroundings import renew
from podium.runner.warming import warm_up

_CHUNK = 64 * 1024
_EXTRA = 2
"""Descriptors that follow a request's sockets and rulesets: the output and the gate."""
_ENVIRONMENT_FIELDS = slice(47, 49)
"""``env_start`` and ``env_end`` among the fields of ``/proc/PID/stat`` after the command's name."""


class NotForkableError(Exception):
    """Something that was imported holds what must not be shared; the message says what."""


class Template:
    """Serves the kernel parent over ``channel``."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._parent = os.getppid()
        self._decoder = Decoder()
        self._passed: list[int] = []

    def check(self) -> None:
        """Make sure that a copy of this process shares nothing; raises :class:`NotForkableError`."""
        threads = os.listdir("/proc/self/task")
        if len(threads) > 1:
            raise NotForkableError(f"what was imported has started {len(threads) - 1} threads")
        expected = {0, 1, 2, self._channel.fileno()}
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(FileNotFoundError):  # the one by which the folder itself was read
                if int(name) not in expected:
                    raise NotForkableError(f"what was imported keeps {os.readlink(f'/proc/self/fd/{name}')} open")

    def serve(self) -> Spawn | None:
        """Fork kernels. Returns in each of them with its request, and with ``None`` when the parent has gone."""
        self._report(0, Warmed(os.environ[MARK].rpartition("/")[2]))
        while True:
            data, passed, _, _ = socket.recv_fds(self._channel, _CHUNK, MAX_DESCRIPTORS)
            self._passed += passed
            if not data:
                return None
            for number, request in self._decoder.feed(data):
                if isinstance(request, Spawn) and self._answer(number, request):
                    return request

    def _answer(self, number: int, request: Spawn) -> bool:
        """Fork one kernel; whether this is it."""
        count = len(request.sockets) + request.rulesets + _EXTRA
        fds, self._passed = self._passed[:count], self._passed[count:]
        try:
            if len(fds) < count:
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))  # they were lost on the way for want of room
            pid = _fork_twice()
            if pid:
                self._report(number, Spawned(pid, forked=True))
        except OSError as error:
            self._report(number, Refused(error.strerror or str(error)))
        else:
            if not pid:
                self._be_born(request, fds)
                return True
        for fd in fds:
            os.close(fd)
        return False

    def _be_born(self, request: Spawn, fds: list[int]) -> None:
        """Do in the new process what starting a program would have done."""
        *passed, output, gate = fds
        sockets, rulesets = passed[: len(request.sockets)], passed[len(request.sockets) :]
        self._channel.detach()  # its number will soon be another's

        def settle_down() -> None:
            if not os.read(gate, 1):
                raise ConnectionError("the kernel parent has gone")
            settle(request, sockets, rulesets, self._parent)
            _carry(request.env[MARK])
            renew(request.env)

        or_end(settle_down, output)

    def _report(self, number: int, report: Report) -> None:
        self._channel.sendall(encode(number, report))


def _fork_twice() -> int:
    """Fork a process that is no child of this one: its process id, or 0 in it. Raises :class:`OSError`."""
    told, tell = os.pipe()
    middle = os.fork()
    if not middle:
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid:
                os.write(tell, str(pid).encode())
                os._exit(0)
        os.close(told)
        os.close(tell)
        return 0
    os.close(tell)
    with open(told, "rb") as answer:
        pid = int(answer.read() or -1)
    os.waitpid(middle, 0)  # from now on it has gone, and its child has been given to the subreaper
    if pid < 0:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    return pid


def _carry(mark: str) -> None:
    """Write the mark to where ``/proc/PID/environ`` is read from: the memory in which a process got its environment.

    A copy of a process shows the environment of the original there. The mark has to be no longer than the original's.
    """
    stat = Path("/proc/self/stat").read_bytes()
    start, end = (int(field) for field in stat[stat.rindex(b")") + 2 :].split()[_ENVIRONMENT_FIELDS])
    block = ctypes.string_at(start, end - start)
    place = block.index(f"{MARK}=".encode()) + len(MARK) + 1
    room = block.index(b"\0", place) - place
    ctypes.memmove(start + place, mark.encode()[:room].ljust(room, b"\0"), room)


def main() -> int:
    """``python -m podium.kernels.parent.template``; in a forked kernel, run its module."""
    channel = socket.socket(fileno=int(os.environ[CHANNEL_VARIABLE]))
    channel.set_inheritable(False)
    template = Template(channel)
    gc.disable()  # collecting leaves holes, which copies then fill, each for itself
    warm_up()
    template.check()
    gc.freeze()  # so that no copy's collector touches what it shares
    request = template.serve()
    if request is None:
        return 0
    gc.enable()
    module = importlib.import_module(request.argv[1 + len(INTERPRETER_OPTIONS)])
    sys.argv = [str(module.__file__), *request.argv[2 + len(INTERPRETER_OPTIONS) :]]
    status: int = module.main(sys.argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
