"""The installed version."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version as installed


@cache
def version() -> str:
    """Of the package ``podium``."""
    return installed("podium")
