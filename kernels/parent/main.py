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
from dataclasses import dataclass, field, replace
from resource import struct_rusage

from podium.kernels.box.plan import BoxPlan
from podium.kernels.box.walls import Walls
from podium.kernels.parent.child import LINUX, become_subreaper, complete, start
from podium.kernels.parent.crowds import LOOK_EVERY_S, CrowdWatch
from podium.kernels.parent.families import descendants, families, marked, orphans, process_table
from podium.kernels.parent.oom import oom_kills
from podium.kernels.parent.protocol import (
    CHANNEL_VARIABLE,
    INTERPRETER_OPTIONS,
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
    Warm,
    encode,
)
from podium.kernels.parent.templates import Birth, TemplateChannel

_CHUNK = 64 * 1024
_ENDING = {signal.SIGTERM, signal.SIGHUP, signal.SIGINT}
_MAX_RSS_UNIT = 1024 if LINUX else 1
_TEMPLATE = "podium.kernels.parent.template"


@dataclass(slots=True)
class _Child:
    """A kernel's process, how many tasks its family may have, and the end of what it wrote."""

    kernel: str
    pid: int
    pipe: int
    tasks: int = 0
    crowded: bool = False
    output: bytearray = field(default_factory=bytearray)


class KernelParent:
    """Serves one server over ``lifeline`` until that ends or a signal asks it to go.

    ``runtime`` is the server's runtime directory; with a kernel's id it makes the mark of that kernel's family.
    ``walls`` are there when kernels can be boxed.
    """

    def __init__(self, lifeline: socket.socket, runtime: str, walls: Walls | None) -> None:
        self._lifeline = lifeline
        self._runtime = runtime
        self._walls = walls
        self._decoder = Decoder()
        self._passed: list[int] = []  # descriptors that arrived and were not claimed by a Spawn yet
        self._children: dict[int, _Child] = {}
        self._templates: dict[int, TemplateChannel] = {}  # by the process id of the template
        self._selector = selectors.DefaultSelector()
        self._serving = True
        self._server_gone = False
        self._sweeping = False
        self._oom_kills = oom_kills()
        self._crowds = CrowdWatch()

    def serve(self) -> bool:
        """Serve until it is time to go, and say whether that is because the server has gone.

        What an earlier parent of the same server left behind is ended first.
        """
        kill(marked(self._mark("")))
        woken = self._listen_to_signals()
        self._watch(woken.fileno(), lambda: self._on_signal(woken.recv(_CHUNK)))
        self._watch(self._lifeline.fileno(), self._on_requests)
        while self._serving:
            limits = [child.tasks for child in self._children.values() if child.tasks] if LINUX else []
            for key, _ in self._selector.select(LOOK_EVERY_S if limits else None):
                if self._selector.get_map().get(key.fd) is key:  # else what came before it has closed it
                    key.data()
            if limits and self._crowds.is_due(min(limits)):
                self._end_crowds()
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
            report = self._answer(number, request)
            if report:
                self._report(number, report)

    def _answer(self, number: int, request: Message) -> Report | None:
        """Do what is asked; ``None`` when the answer follows later."""
        match request:
            case Spawn():
                return self._spawn(number, request)
            case Warm():
                return self._warm(request)
            case Signal():
                self._signal(request)
            case List():
                self._reap()
            case _:
                raise TypeError(f"{request} is no request")
        return Listing({child.kernel: child.pid for child in self._children.values()})

    def _spawn(self, number: int, request: Spawn) -> Report | None:
        count = len(request.sockets)
        sockets, self._passed = self._passed[:count], self._passed[count:]
        try:
            rulesets = self._rulesets(request)
        except OSError as error:
            for fd in sockets:
                os.close(fd)
            return _unboxed(error)
        request = complete(request, self._mark(request.kernel), len(rulesets))
        template = next((each for each in self._templates.values() if each.can_fork(request)), None)
        if template and len(sockets) == count:
            with contextlib.suppress(OSError):
                template.fork(number, request, sockets, rulesets)
                return None
        return self._start_cold(request, sockets, rulesets)

    def _rulesets(self, request: Spawn) -> list[int]:
        if not request.boxed:
            return []
        if self._walls is None:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return self._walls.rulesets(request.own, request.reads)

    def _start_cold(self, request: Spawn, sockets: list[int], rulesets: list[int]) -> Report:
        try:
            if len(sockets) < len(request.sockets):
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))  # they were lost on the way for want of room
            child = self._start(request, sockets, rulesets)
        except OSError as error:
            return Refused(f"the system would not start another process ({error.strerror})")
        finally:
            for fd in (*sockets, *rulesets):
                os.close(fd)
        self._take_in(child)
        return Spawned(child.pid)

    def _start(self, request: Spawn, sockets: list[int], rulesets: list[int]) -> _Child:
        pipe, output = os.pipe()
        try:
            os.set_blocking(pipe, False)
            return _Child(request.kernel, start(request, sockets, rulesets, output), pipe, request.tasks)
        except OSError:
            os.close(pipe)
            raise
        finally:
            os.close(output)

    def _take_in(self, child: _Child) -> None:
        self._children[child.pid] = child
        self._watch(child.pipe, lambda: self._read_output(child))

    def _warm(self, request: Warm) -> Report:
        argv = [request.interpreter, *INTERPRETER_OPTIONS, _TEMPLATE]
        spawn = Spawn(request.kernel, argv, request.env, "/", 0, 0, [CHANNEL_VARIABLE])
        spawn = replace(spawn, boxed=bool(request.own), own=request.own, reads=request.reads)
        try:
            rulesets = self._rulesets(spawn)
        except OSError as error:
            return _unboxed(error)
        ours, theirs = socket.socketpair()
        spawn = complete(spawn, self._mark(request.kernel), len(rulesets))
        report = self._start_cold(spawn, [theirs.detach()], rulesets)
        if isinstance(report, Spawned):
            template = self._templates[report.pid] = TemplateChannel(ours, request.interpreter)
            self._watch(template.fileno(), lambda: self._on_template(template))
            if self._walls:
                self._walls.prepare()  # the template takes longer to get warm
        return report

    def _on_template(self, template: TemplateChannel) -> None:
        for birth, report in template.read():
            self._on_birth(birth, report)

    def _on_birth(self, birth: Birth | None, report: Report) -> None:
        if birth is None:
            self._report(0, report)
        elif isinstance(report, Spawned) and _is_child(report.pid):
            self._take_in(_Child(birth.request.kernel, report.pid, birth.pipe, birth.request.tasks))
            self._report(birth.number, report)
            birth.open_gate()
            birth.close()
            for number in birth.signals:
                _signal_group(report.pid, number)
        else:
            os.close(birth.pipe)
            os.close(birth.gate)
            self._report(birth.number, self._start_cold(birth.request, birth.sockets, birth.rulesets))

    def _signal(self, request: Signal) -> None:
        for child in self._children.values():
            if child.kernel == request.kernel:
                _signal_group(child.pid, request.signal)
        for template in self._templates.values():
            if birth := template.unborn(request.kernel):
                birth.signals.append(request.signal)

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
        if template := self._templates.pop(child.pid, None):
            self._selector.unregister(template.fileno())
            for birth, report in template.end():
                self._on_birth(birth, report)
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
                crowded=child.crowded,
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
        found = orphans(process_table(), self._marks())
        kill(found)
        self._sweeping = bool(found)

    def _end_crowds(self) -> None:
        """End every kernel whose family has grown too large, all of it; what it starts meanwhile is swept up later."""
        table = process_table()
        for leader, family in families(table, self._marks()).items():
            child = self._children[leader]
            if child.tasks and sum(table[pid].tasks for pid in family if pid in table) > child.tasks:
                child.crowded = True
                _signal_group(leader, signal.SIGKILL)  # in one step, as none of them can be forked in between
                kill(family)

    def _marks(self) -> dict[int, str]:
        return {child.pid: self._mark(child.kernel) for child in self._children.values()}

    def _mark(self, kernel: str) -> str:
        return f"{self._runtime}/{kernel}"

    def _report(self, number: int, report: Report) -> None:
        try:
            self._lifeline.sendall(encode(number, report))
        except ConnectionError:
            self._lose_server()

    def _lose_server(self) -> None:
        self._serving, self._server_gone = False, True


def _unboxed(error: OSError) -> Refused:
    return Refused(f"its box could not be made ({error.strerror})")


def _is_child(pid: int) -> bool:
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


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
    """``python -m podium.kernels.parent.main LIFELINE_FD RUNTIME_DIRECTORY [BOX_PLAN]``."""
    lifeline, runtime = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    walls = Walls(BoxPlan.from_argument(sys.argv[3])) if len(sys.argv) > 3 else None
    lifeline.set_inheritable(False)
    become_subreaper()
    try:
        server_gone = KernelParent(lifeline, runtime, walls).serve()
    finally:
        end_descendants()
    if server_gone:  # so nobody needs its runtime directory any more
        shutil.rmtree(runtime, ignore_errors=True)


if __name__ == "__main__":
    main()
