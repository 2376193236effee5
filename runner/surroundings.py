"""What a process takes from the system when its program starts, taken anew by one that is a copy of another."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping


def renew(environment: Mapping[str, str]) -> None:
    """Give a freshly forked process an environment, and secrets of its own.

    Python itself reseeds ``random``; ``tempfile``, PyMongo, OpenSSL and libzmq notice by the process id that they have
    been copied.
    """
    os.environ.clear()
    enter(environment)
    process = sys.modules.get("multiprocessing.process")
    if process is not None:
        process.current_process().authkey = os.urandom(32)


def enter(environment: Mapping[str, str]) -> None:
    """Set environment variables, and forget what was concluded from those before."""
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None
