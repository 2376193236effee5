"""Why a kernel ended, as a value with a sentence for its user."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import dataclass, replace
from enum import StrEnum


class ExitReason(StrEnum):
    """What ended a kernel."""

    EXITED = "exited"
    SIGNAL = "signal"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_MANY_TASKS = "too_many_tasks"
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


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of the end of a kernel's process.

    ``status`` is as from :func:`os.wait4`, ``None`` when whoever would have waited for it is gone. ``peak_bytes`` is
    the largest resident set and ``memory_bytes`` the limit that was set (0 for none); ``oom_kill`` says that the
    system's out-of-memory killer struck at about that time, ``crowd`` how many processes and threads the kernel was
    allowed when it was ended for having more.
    """

    status: int | None = None
    peak_bytes: int = 0
    memory_bytes: int = 0
    oom_kill: bool = False
    output: str = ""
    crowd: int = 0


_RUN_AGAIN = "Press Run to start it again."
_ASKED = {
    ExitReason.STOPPED: ("The kernel was stopped.", _RUN_AGAIN),
    ExitReason.IDLE: ("The kernel was stopped because nobody had used it for a while.", _RUN_AGAIN),
    ExitReason.TIMEOUT: (
        "The kernel did not get ready in time.",
        "Press Run to try again. If it happens again, the machine may be too busy; the output below may say more.",
    ),
}
_SIGNALS = {
    "SIGSEGV": "memory was used that the process does not own, most likely by a C extension or by ctypes",
    "SIGBUS": "memory was used that is not there, most likely by a C extension or a mapped file that shrank",
    "SIGABRT": "a C extension or the interpreter itself found its data damaged and gave up",
    "SIGFPE": "a C extension divided by zero",
    "SIGILL": "a C extension used an instruction that this processor does not have",
    "SIGSYS": "it made a system call that is not allowed here",
    "SIGKILL": "somebody or something outside of Podium killed it",
    "SIGTERM": "somebody or something outside of Podium asked it to end",
    "SIGHUP": "somebody or something outside of Podium hung it up",
    "SIGINT": "it was interrupted before it could handle that",
    "SIGXCPU": "it used more processor time than it is allowed to",
    "SIGXFSZ": "it wrote a file larger than it is allowed to",
}
_CRASHES = {"SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGILL"}
_MEMORY_ERRORS = ("MemoryError", "Cannot allocate memory", "std::bad_alloc", "out of memory")
_IMPORT_ERROR = re.compile(r"^(?:ModuleNotFoundError|ImportError)\b.*$", re.MULTILINE)
_NEAR_LIMIT = 0.9


def explain(ending: Ending, *, asked: ExitReason | None = None, ready: bool = True) -> KernelExit:
    """Why a kernel ended.

    ``asked`` is the reason for which the server itself ended it, if it did; ``ready`` says whether it had got as far
    as answering.
    """
    exit_ = _reason(ending, asked, ready)
    name = signal_name(ending.status)
    code = None if ending.status is None or name else os.waitstatus_to_exitcode(ending.status)
    return replace(exit_, code=code, signal=name, output=ending.output)


def signal_name(status: int | None) -> str | None:
    """The name of the signal which ended a process, from its wait status."""
    if status is None or not os.WIFSIGNALED(status):
        return None
    number = os.WTERMSIG(status)
    return next((each.name for each in signal.Signals if each == number), f"signal {number}")


def _reason(ending: Ending, asked: ExitReason | None, ready: bool) -> KernelExit:
    if asked in _ASKED:
        return KernelExit(asked, *_ASKED[asked])
    if ending.status is None:
        message = "The process that holds all kernels ended, and this kernel with it."
        return KernelExit(ExitReason.LOST, message, f"Podium starts that process again by itself. {_RUN_AGAIN}")
    if ending.crowd:
        return _explain_crowd(ending.crowd)
    if _out_of_memory(ending):
        return _explain_memory(ending)
    if not ready:
        return _explain_start(ending)
    if name := signal_name(ending.status):
        return _explain_signal(name)
    return _explain_code(os.waitstatus_to_exitcode(ending.status))


def _out_of_memory(ending: Ending) -> bool:
    """A kill while the system was short of memory, or a death at the limit with a complaint about it."""
    if ending.status == 0:
        return False
    if signal_name(ending.status) == "SIGKILL":
        return ending.oom_kill
    complained = any(text in ending.output for text in _MEMORY_ERRORS)
    at_limit = bool(ending.memory_bytes) and ending.peak_bytes >= _NEAR_LIMIT * ending.memory_bytes
    return complained or at_limit


def _explain_memory(ending: Ending) -> KernelExit:
    if signal_name(ending.status) == "SIGKILL":
        message = "The kernel was killed because the machine ran out of memory."
    else:
        message = f"The kernel ran out of memory: it may use {_size(ending.memory_bytes)}."
    hint = f"Load less data at once, or keep it in the database instead of in variables. {_RUN_AGAIN}"
    return KernelExit(ExitReason.OUT_OF_MEMORY, message, hint)


def _explain_crowd(limit: int) -> KernelExit:
    message = f"The kernel was ended because it ran more than {limit} processes and threads at once."
    hint = f"Start fewer of them, and wait for them to end; PODIUM_KERNEL_TASKS allows more. {_RUN_AGAIN}"
    return KernelExit(ExitReason.TOO_MANY_TASKS, message, hint)


def _explain_start(ending: Ending) -> KernelExit:
    errors = _IMPORT_ERROR.findall(ending.output)
    if errors:
        message = f"The kernel could not start because a package is missing or broken: {errors[-1]}"
        hint = "Install the package in the environment that Podium runs in, then press Run again."
        return KernelExit(ExitReason.START_FAILED, message, hint)
    last = next((line for line in reversed(ending.output.splitlines()) if line.strip()), "")
    how = signal_name(ending.status) or f"exit code {os.waitstatus_to_exitcode(ending.status or 0)}"
    message = f"The kernel ended before it was ready ({how})" + (f": {last.strip()}" if last else ".")
    hint = "The output of the process says more. Press Run to try again."
    return KernelExit(ExitReason.START_FAILED, message, hint)


def _explain_signal(name: str) -> KernelExit:
    meaning = _SIGNALS.get(name, "no part of Podium sent it")
    message = f"The kernel was ended by {name}: {meaning}."
    hint = _RUN_AGAIN
    if name in _CRASHES:
        hint = "Look for the last call into a C extension; the output names the line where that is known. " + _RUN_AGAIN
    return KernelExit(ExitReason.SIGNAL, message, hint)


def _explain_code(code: int) -> KernelExit:
    if code == 0:
        message = "The kernel ended by itself: code in it called quit(), exit() or os._exit(0)."
    else:
        message = f"The kernel ended by itself with exit code {code}: code in it called os._exit({code}) or the like."
    return KernelExit(ExitReason.EXITED, message, f"Take that call out of the code. {_RUN_AGAIN}")


def _size(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"
