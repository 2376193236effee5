"""From what is known of a process's end to a sentence for its user."""

from __future__ import annotations

import signal

import pytest

from podium.kernels.exits import Ending, ExitReason, explain, signal_name

GIB = 1 << 30


def exited(code: int, **known: object) -> Ending:
    """A process that ended with an exit code."""
    return Ending(status=code << 8, **known)  # type: ignore[arg-type]  # passed on


def killed(number: int, **known: object) -> Ending:
    """A process that was ended by a signal."""
    return Ending(status=number, **known)  # type: ignore[arg-type]  # passed on


@pytest.mark.parametrize("reason", [ExitReason.STOPPED, ExitReason.IDLE, ExitReason.TIMEOUT])
def test_what_was_asked_for_is_the_reason(reason: ExitReason) -> None:
    exit_ = explain(killed(signal.SIGKILL, oom_kill=True), asked=reason)
    assert exit_.reason is reason
    assert exit_.signal == "SIGKILL"
    assert exit_.code is None


def test_no_status_means_that_the_parent_was_lost() -> None:
    exit_ = explain(Ending())
    assert exit_.reason is ExitReason.LOST
    assert (exit_.code, exit_.signal) == (None, None)


@pytest.mark.parametrize(
    "ending",
    [
        killed(signal.SIGKILL, oom_kill=True),
        exited(1, output="Traceback ...\nMemoryError\n"),
        killed(signal.SIGABRT, output="terminate called after throwing an instance of 'std::bad_alloc'"),
        killed(signal.SIGSEGV, peak_bytes=GIB - (GIB >> 5), memory_bytes=GIB),
    ],
    ids=["killer", "python", "c++", "at the limit"],
)
@pytest.mark.parametrize("ready", [True, False])
def test_out_of_memory(ending: Ending, ready: bool) -> None:
    assert explain(ending, ready=ready).reason is ExitReason.OUT_OF_MEMORY


@pytest.mark.parametrize(
    "ending",
    [
        killed(signal.SIGKILL, output="MemoryError"),
        exited(0, output="MemoryError"),
        killed(signal.SIGSEGV, peak_bytes=GIB // 2, memory_bytes=GIB),
        killed(signal.SIGSEGV, peak_bytes=GIB),
        exited(1, oom_kill=True),
    ],
    ids=["killed by hand", "ended well", "far from the limit", "no limit", "another process was killed"],
)
def test_not_out_of_memory(ending: Ending) -> None:
    assert explain(ending).reason is not ExitReason.OUT_OF_MEMORY


@pytest.mark.parametrize("number", sorted(signal.valid_signals()))
def test_every_signal_has_a_name_and_a_meaning(number: int) -> None:
    exit_ = explain(killed(number))
    assert exit_.reason is ExitReason.SIGNAL
    assert exit_.signal
    assert exit_.message.startswith(f"The kernel was ended by {exit_.signal}: ")
    assert exit_.hint.endswith("Press Run to start it again.")


def test_names_of_signals() -> None:
    assert signal_name(signal.SIGSEGV) == "SIGSEGV"
    assert signal_name(signal.SIGSEGV | 0x80) == "SIGSEGV"  # with a core dump
    assert signal_name(3 << 8) is None
    assert signal_name(None) is None


def test_exit_codes() -> None:
    assert "os._exit(0)" in explain(exited(0)).message
    exit_ = explain(exited(3, output="bye"))
    assert (exit_.code, exit_.output) == (3, "bye")
    assert "exit code 3" in exit_.message


def test_a_start_that_fails_names_the_last_import_error() -> None:
    output = "ImportError: first\nDuring handling of ...\nModuleNotFoundError: No module named 'ipykernel'\nbye\n"
    exit_ = explain(exited(1, output=output), ready=False)
    assert exit_.reason is ExitReason.START_FAILED
    assert exit_.message.endswith("No module named 'ipykernel'")


def test_a_start_that_fails_otherwise_quotes_the_last_line() -> None:
    exit_ = explain(exited(2, output="usage\nerror: no such option\n\n"), ready=False)
    assert exit_.message == "The kernel ended before it was ready (exit code 2): error: no such option"
    assert explain(killed(signal.SIGTERM), ready=False).message.endswith("(SIGTERM).")
