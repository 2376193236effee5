"""Noticing early that somebody starts processes and threads without end, at the cost of reading one short line.

The system counts what runs in all; only when that has grown is it worth looking at every process for whose it is.
"""

from __future__ import annotations

import time
from pathlib import Path

LOOK_EVERY_S = 0.25
_ANYWAY_S = 10.0
_SHARE = 4
"""Growth of a quarter of what a kernel may have makes it worth looking: nobody exceeds his limit by more unseen."""


def running_tasks() -> int:
    """Processes and threads in the whole system (Linux; ``/proc/loadavg``)."""
    return int(Path("/proc/loadavg").read_bytes().split()[3].partition(b"/")[2])


class CrowdWatch:
    """Says when to count the families."""

    def __init__(self) -> None:
        self._least = 0
        self._looked = 0.0

    def is_due(self, limit: int) -> bool:
        """Whether there may be a family that has grown beyond ``limit`` since this was last true."""
        now, running = time.monotonic(), running_tasks()
        due = now - self._looked > _ANYWAY_S or running - self._least > limit / _SHARE
        self._least = running if due else min(self._least, running)
        self._looked = now if due else self._looked
        return due
