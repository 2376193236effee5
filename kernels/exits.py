"""Why a kernel ended, as a value with a sentence for its user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExitReason(StrEnum):
    """What ended a kernel."""

    EXITED = "exited"
    SIGNAL = "signal"
    OUT_OF_MEMORY = "out_of_memory"
    START_FAILED = "start_failed"
    TIMEOUT = "timeout"
    IDLE = "idle"
    STOPPED = "stopped"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class KernelExit:
    """Why a kernel ended.

    ``message`` says what happened and ``hint`` what to do now; ``code`` or ``signal`` (a name such as ``SIGSEGV``) is
    how the process ended, where it was a process; ``output`` is the end of what it wrote to its file descriptors.
    """

    reason: ExitReason
    message: str
    hint: str
    code: int | None = None
    signal: str | None = None
    output: str = ""
