"""The parent of the language processes: it learns once what all of them know, and forks one for each that is wanted.

Forked processes share the memory of what their parent learnt, and are ready in milliseconds. The parent has no threads
and no event loop, so that a copy of it begins with nothing half done. It speaks with the server over a Unix socket, one
JSON object a line:

- ``{"fork": NAME, "learned": BOOL}`` comes with a socket, which becomes the new process' connection with its editor
  (LSP frames). With ``learned`` it waits until enough is known to be of use to somebody who types. The answer is
  ``{"forked": NAME, "pid": N}``, or ``{"refused": NAME, "reason": TEXT}``.
- ``{"end": NAME}`` kills a process. Whenever one ends, ``{"ended": NAME, "status": N}`` says so (the status is that of
  :func:`os.waitpid`).

The end of the socket is the end of the parent and of everything that it forked.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_MAX_MESSAGE = 4096
_MAX_SOCKETS = 16

Serve = Callable[[socket.socket, Path], int]


class Parent:
    """``serve`` is the program of a forked process: it gets its connection and a folder, and returns an exit code.

    ``learn`` yields between pieces of what all processes shall know, with whether that is enough; forks are made in
    between. Each forked process has a folder below ``folder``, which is gone soon after it.
    """

    def __init__(self, control: socket.socket, folder: Path, serve: Serve, learn: Iterator[bool]) -> None:
        self._control = control
        self._folder = folder
        self._serve = serve
        self._learn: Iterator[bool] | None = learn
        self._knows_enough = False
        self._waiting: list[tuple[str, int]] = []
        self._names: dict[int, str] = {}
        self._buffer = b""
        self._sockets: list[int] = []
        self._woken, wakes = os.pipe()
        for end in (self._woken, wakes):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)

    def run(self) -> None:
        """Serve until the server is gone."""
        while self._take_requests(wait=self._learn is None):
            self._reap()
            if self._learn is not None:
                self._learn_on(self._learn)

    def _learn_on(self, learn: Iterator[bool]) -> None:
        enough = next(learn, None)
        if enough is None:
            self._learn = None
            # What is known now stays: the garbage collector need not look at it, in no copy of this process.
            gc.collect()
            gc.freeze()
        if enough is not False and not self._knows_enough:
            self._knows_enough = True
            while self._waiting:
                self._fork(*self._waiting.pop(0))

    def _take_requests(self, *, wait: bool) -> bool:
        """Do what the server wants. ``False`` once it is gone."""
        control = self._control.fileno()
        ready, _, _ = select.select([control, self._woken], [], [], None if wait else 0)
        if self._woken in ready:
            os.read(self._woken, _MAX_MESSAGE)
        if control not in ready:
            return True
        data, sockets, _, _ = socket.recv_fds(self._control, _MAX_MESSAGE, _MAX_SOCKETS)
        self._sockets += sockets
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))
        return bool(data)

    def _take(self, request: dict[str, Any]) -> None:
        match request:
            case {"fork": name, "learned": True} if not self._knows_enough:
                self._waiting.append((name, self._sockets.pop(0)))
            case {"fork": name}:
                self._fork(name, self._sockets.pop(0))
            case {"end": name}:
                for pid in [pid for pid, known in self._names.items() if known == name]:
                    os.kill(pid, signal.SIGKILL)

    def _fork(self, name: str, connection: int) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            self._report(refused=name, reason=error.strerror or str(error))
        else:
            if pid == 0:
                self._become(parent, connection)
            self._names[pid] = name
            self._report(forked=name, pid=pid)
        os.close(connection)

    def _become(self, parent: int, connection: int) -> NoReturn:
        """Serve one connection, in the new process; leave without taking jedi's many trees apart."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _die_with(parent)
            self._control.close()
            for other in (*self._sockets, *(other for _, other in self._waiting)):
                os.close(other)
            code = self._serve(socket.socket(fileno=connection), self._folder_of(os.getpid()))
        except BaseException:  # noqa: BLE001 - nobody above: the copy of the parent must end here
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)

    def _folder_of(self, pid: int) -> Path:
        return self._folder / str(pid)

    def _reap(self) -> None:
        while self._names:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            shutil.rmtree(self._folder_of(pid), ignore_errors=True)
            self._report(ended=self._names.pop(pid), status=status)

    def _report(self, **report: Any) -> None:
        self._control.sendall(json.dumps(report).encode() + b"\n")


def _die_with(parent: int) -> None:
    """End with the parent, even when it is killed (Linux; elsewhere the end of the connection does it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
