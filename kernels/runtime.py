"""The private runtime directory: connection files, Unix sockets and temporary files of kernels.

Its path is short, because the path of a Unix socket may have no more than 107 bytes (103 on macOS).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_LONGEST_BASE = 40


def make_runtime_directory() -> Path:
    """A fresh directory that only this user can enter, below ``XDG_RUNTIME_DIR`` or else ``/tmp``."""
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = base and len(base) <= _LONGEST_BASE and os.access(base, os.W_OK)
    return Path(tempfile.mkdtemp(prefix="podium-", dir=base if usable else "/tmp"))  # noqa: S108 - mkdtemp makes it 0700
