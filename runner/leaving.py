"""The end of the process, also when user code does not let it end."""

from __future__ import annotations

import os
import threading

EXIT_GRACE = 2.0


def exit_soon(status: int, grace: float = EXIT_GRACE) -> None:
    """End the process at the latest after ``grace`` seconds: threads of the app that still run cannot hold it."""
    timer = threading.Timer(grace, os._exit, [status])
    timer.daemon = True
    timer.start()
