"""What the box keeps out on this machine, and what this version of Linux leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from podium.kernels.box.landlock import abi

_GAPS = (
    (3, "files outside can be emptied (Linux 6.2 and later prevent that)"),
    (4, "Podium's own ports can be connected to (Linux 6.7 and later prevent that)"),
    (6, "signals reach other programs (Linux 6.12 and later prevent that)"),
    (9, "programs that listen on a socket file can be connected to (Linux 7.1 and later prevent that)"),
)
"""From which Landlock on nothing is left open, and what is until then."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether there can be a box, else why not; and what it leaves open all the same, as parts of sentences."""

    boxed: bool
    reason: str | None = None
    gaps: tuple[str, ...] = ()


def coverage() -> Coverage:
    """Ask the system."""
    try:
        version = abi()
    except OSError as error:
        return Coverage(boxed=False, reason=f"this system has no Landlock ({error.strerror})")
    return covered_by(version)


def covered_by(version: int) -> Coverage:
    """What a version of Landlock covers."""
    return Coverage(boxed=True, gaps=tuple(gap for since, gap in _GAPS if version < since))
