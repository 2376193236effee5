"""Moments as they are stored: whole milliseconds since the epoch.

Dates are not used in documents: ``nx-27017`` gives one that an update set back without its time zone, and sorts it
apart from one that was inserted.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def moment(ms: int) -> datetime:
    """An aware date in UTC, for answers."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def optional_moment(ms: int | None) -> datetime | None:
    """The same for a moment that may not have come yet."""
    return None if ms is None else moment(ms)
