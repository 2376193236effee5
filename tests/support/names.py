"""Names that no other test uses, since tests share a server."""

from __future__ import annotations

import itertools
import os

_numbers = itertools.count(1)


def unique_name(prefix: str = "app") -> str:
    """Return a new name for an app."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"
