"""How a child comes to be: from a forked copy of the kernel parent to the kernel's own program.

Linux gives a child four things that macOS does not have: it dies with its parent (``PR_SET_PDEATHSIG``), its memory
is limited (``RLIMIT_DATA`` covers private mappings since Linux 4.7), the out-of-memory killer prefers it to the server,
and it can be put in a box (:mod:`podium.kernels.box`). Elsewhere the server itself ends the kernels of a lost parent.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from podium.kernels.box.walls import enter
from podium.kernels.parent.crowds import running_tasks
from podium.kernels.parent.protocol import FIRST_SOCKET, MARK, Spawn

LINUX = sys.platform == "linux"
EXEC_FAILED = 127
"""The exit code of a child which never became its program; what went wrong is the last line of its output."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_OOM_SCORE = b"500"

_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Make this process the parent of every descendant whose own parent has ended (Linux)."""
    if LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def complete(spawn: Spawn, mark: str, rulesets: int) -> Spawn:
    """Add how many ``rulesets`` it gets, where its sockets are, and what its family carries as :data:`MARK`."""
    numbers = {name: str(FIRST_SOCKET + index) for index, name in enumerate(spawn.sockets)}
    return replace(spawn, env=spawn.env | numbers | {MARK: mark}, rulesets=rulesets)


def start(spawn: Spawn, sockets: Sequence[int], rulesets: Sequence[int], output: int) -> int:
    """Fork, and let the child become the program that ``spawn`` describes; returns its process id.

    ``sockets``, ``rulesets`` and ``output`` (for standard output and error) stay the caller's to close. Raises
    :class:`OSError` when there can be no more processes.
    """
    parent = os.getpid()
    # A signal must not meet the copy while it still has the parent's handlers: it would speak to the parent's loop.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid:
            return pid
    finally:
        if os.getpid() == parent:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def execute() -> None:
        _reset_signals()
        settle(spawn, sockets, rulesets, parent)
        os.execve(spawn.argv[0], spawn.argv, spawn.env)  # noqa: S606 - no shell is the point

    or_end(execute, output)
    os._exit(EXEC_FAILED)


def settle(spawn: Spawn, sockets: Sequence[int], rulesets: Sequence[int], parent: int) -> None:
    """Make the calling process, a fresh child of ``parent``, what every kernel is before its program begins.

    Its standard error has to be the output already. Under ``rulesets`` it is in its box from here on.
    """
    os.setsid()
    if LINUX:
        _die_with(parent)
        _come_first_to_the_oom_killer()
    os.chdir(spawn.cwd)
    _limit(spawn)
    enter(rulesets)
    _arrange_descriptors(sockets)


def or_end(step: Callable[[], None], output: int) -> None:
    """Do something in a fresh child; what goes wrong is written to its ``output``, and ends it.

    Nobody is above who could take an exception: the copy of the parent must not go on.
    """
    try:
        os.dup2(output, 2)
        step()
    except BaseException as error:  # noqa: BLE001 - see above
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(EXEC_FAILED)


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _come_first_to_the_oom_killer() -> None:
    score = Path("/proc/self/oom_score_adj")
    if score.read_bytes().strip() != _OOM_SCORE:  # as it is in a copy of a template, which may not write there
        score.write_bytes(_OOM_SCORE)


def _die_with(parent: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above could take effect
        os._exit(EXEC_FAILED)


def _limit(spawn: Spawn) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_NOFILE, spawn.open_files)
    _lower(resource.RLIMIT_FSIZE, spawn.file_bytes)
    if LINUX:
        _lower(resource.RLIMIT_DATA, spawn.memory_bytes)
        # Counted for the user, not for the kernel: it stops what multiplies faster than the parent can count.
        _lower(resource.RLIMIT_NPROC, spawn.tasks and spawn.tasks + running_tasks())


def _lower(kind: int, wanted: int) -> None:
    if not wanted:
        return
    hard = resource.getrlimit(kind)[1]
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (value, value))


def _arrange_descriptors(sockets: Sequence[int]) -> None:
    """Leave only 0 (nothing), 1 and 2 (the output, which is 2 already) and the sockets."""
    beyond = FIRST_SOCKET + len(sockets)
    wanted = (os.open(os.devnull, os.O_RDONLY), 2, 2, *sockets)
    safe = [fcntl.fcntl(fd, fcntl.F_DUPFD, beyond) for fd in wanted]
    for number, fd in enumerate(safe):
        os.dup2(fd, number)
    os.closerange(beyond, os.sysconf("SC_OPEN_MAX"))


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
