"""Evidence of the system's out-of-memory killer."""

from __future__ import annotations

from pathlib import Path


def oom_kills() -> int:
    """How often the killer struck: in this process's control group where that is counted, else in the whole system.

    0 where the system does not count. See ``memory.events`` in the Linux kernel's cgroup-v2 document and ``oom_kill``
    in ``/proc/vmstat``.
    """
    for path in (_cgroup_events(), Path("/proc/vmstat")):
        count = _count(path)
        if count is not None:
            return count
    return 0


def _cgroup_events() -> Path:
    own = _read(Path("/proc/self/cgroup")).partition("0::/")[2].partition("\n")[0]
    return Path("/sys/fs/cgroup") / own / "memory.events"


def _count(path: Path) -> int | None:
    fields = dict(line.split(" ", 1) for line in _read(path).splitlines())
    return int(fields["oom_kill"]) if "oom_kill" in fields else None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
