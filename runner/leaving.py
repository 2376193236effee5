"""The end of the process, also when user code does not let it end."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

EXIT_GRACE = 2.0


def stop_on(number: int, stop: Callable[[], None]) -> None:
    """Call ``stop`` when this process gets the signal. What it forks is ended by it, as any program is.

    There the system has to do that: a handler in Python may never run while a lock is waited for. The signal is held
    back while a fork goes on, so that none meets the copy before it is without the handler.
    """
    before = threading.local()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    def hold() -> None:
        before.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {number})

    def release() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before.mask)

    def forget() -> None:
        if signal.getsignal(number) is handle:
            signal.signal(number, signal.SIG_DFL)
        release()

    signal.signal(number, handle)
    os.register_at_fork(before=hold, after_in_parent=release, after_in_child=forget)


def exit_soon(status: int, grace: float = EXIT_GRACE) -> None:
    """End the process at the latest after ``grace`` seconds: threads of the app that still run cannot hold it."""
    timer = threading.Timer(grace, os._exit, [status])
    timer.daemon = True
    timer.start()
