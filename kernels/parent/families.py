"""Whose process is it: the table of processes, descendants, and orphans that nobody living owns."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from podium.kernels.parent.child import LINUX
from podium.kernels.parent.protocol import MARK

_PROC = Path("/proc")
_PARENT, _SESSION, _TASKS = 1, 3, 17
"""Fields of ``/proc/PID/stat`` after the command's name."""


class Process(NamedTuple):
    """One row of the process table; ``session`` is the process group where ``ps`` cannot tell sessions (macOS).

    ``tasks`` is the number of its threads, the first one included, where that is told (Linux).
    """

    parent: int
    session: int
    tasks: int = 1


def process_table() -> dict[int, Process]:
    """Every process that can be seen; on Linux from ``/proc``, elsewhere from ``ps``."""
    if LINUX:
        pids = [int(name) for name in os.listdir(_PROC) if name.isdecimal()]
        return {pid: row for pid in pids if (row := _read_stat(pid))}
    listing = subprocess.run(["/bin/ps", "-axo", "pid=,ppid=,pgid="], capture_output=True, check=True).stdout
    rows = [map(int, line.split()) for line in listing.splitlines()]
    return {pid: Process(parent, session) for pid, parent, session in rows}


def descendants(table: Mapping[int, Process], roots: Iterable[int]) -> set[int]:
    """The children of ``roots``, their children and so on; without ``roots`` themselves."""
    children: dict[int, list[int]] = {}
    for pid, row in table.items():
        children.setdefault(row.parent, []).append(pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        fresh = [pid for pid in children.get(waiting.pop(), ()) if pid not in found]
        found.update(fresh)
        waiting += fresh
    return found


def families(table: Mapping[int, Process], living: Mapping[int, str]) -> dict[int, set[int]]:
    """The processes of each kernel in ``living`` (process id to mark), which are all descendants of this process.

    A process whose own parent has ended still belongs to a kernel when it is in the kernel's session or carries the
    kernel's mark in its environment.
    """
    found = {leader: {leader, *descendants(table, [leader])} for leader in living}
    leaders = {mark: leader for leader, mark in living.items()}
    for pid in descendants(table, [os.getpid()]).difference(*found.values()):
        session = table[pid].session
        leader = session if session in found else leaders.get(mark(pid) or "")
        if leader is not None:
            found[leader].add(pid)
    return found


def orphans(table: Mapping[int, Process], living: Mapping[int, str]) -> set[int]:
    """Descendants of this process which belong to no kernel in ``living``, as far as that can be known."""
    return descendants(table, [os.getpid()]).difference(*families(table, living).values())


def marked(prefix: str) -> set[int]:
    """The processes, wherever they are, whose mark begins with ``prefix``."""
    return {pid for pid in process_table() if (mark(pid) or "").startswith(prefix)}


def mark(pid: int) -> str | None:
    """The mark in the environment with which the process was started, where the system tells (Linux)."""
    start = f"{MARK}=".encode()
    try:
        environ = (_PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return None
    return next((entry[len(start) :].decode() for entry in environ.split(b"\0") if entry.startswith(start)), None)


def _read_stat(pid: int) -> Process | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None  # it ended while we looked
    fields = stat[stat.rindex(b")") + 2 :].split(maxsplit=_TASKS + 1)
    return Process(int(fields[_PARENT]), int(fields[_SESSION]), int(fields[_TASKS]))
