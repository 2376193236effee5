"""How much memory a kernel and everything it started take."""

from __future__ import annotations

import subprocess
from pathlib import Path

from podium.kernels.parent.families import descendants, process_table

_KIB = 1024


def family_memory(pid: int) -> int | None:
    """Bytes of the process and its descendants: proportional set sizes where Linux tells, else resident sets.

    ``None`` when the process has ended. This reads ``/proc`` or runs ``ps``, so call it in a thread.
    """
    family = [pid, *descendants(process_table(), [pid])]
    sizes = [size for member in family if (size := _proportional(member)) is not None]
    if not sizes:
        sizes = _resident(family)
    return sum(sizes) or None


def _proportional(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith("Pss:")), None)


def _resident(pids: list[int]) -> list[int]:
    command = ["/bin/ps", "-o", "rss=", "-p", ",".join(map(str, pids))]
    listing = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - numbers only
    return [int(line) * _KIB for line in listing.stdout.split()]
