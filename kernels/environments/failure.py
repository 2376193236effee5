"""Why an environment could not be made, as a value with sentences for its user."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable

from packaging.utils import canonicalize_name

from podium.kernels.environments.basis import Wish, Wishes

_FULL = ("No space left on device", "os error 28", "Disk quota exceeded", "os error 122")
_UNREACHABLE = (
    *("Failed to fetch", "error sending request", "Failed to download", "dns error", "Request failed"),
    *("network was disabled", "was not found in the cache", "operation timed out", "401 Unauthorized"),
)
_HINT = re.compile(r"^hint:.*", re.MULTILINE | re.DOTALL)
_CAUSE = re.compile(r"^\s*(?:error|cause): ", re.MULTILINE)
_MAX_REASON = 600


class EnvironmentFailed(Exception):  # noqa: N818 - the name in the contract between the rooms
    """No environment could be made.

    ``message`` says what happened and ``hint`` what to do now; ``wish`` is the requirement that is the cause, where it
    is one, and ``passing`` says that the same may work at another time.
    """

    def __init__(self, message: str, hint: str, *, wish: Wish | None = None, passing: bool = False) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint
        self.wish = wish
        self.passing = passing


def disk_failure(error: OSError) -> EnvironmentFailed:
    """What it means that a file could not be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full()
    reason = (error.strerror or str(error)).lower()
    message = f"The environment could not be written to the data directory: {reason}."
    return EnvironmentFailed(message, "Look at the folder's rights and the disk, then run again.", passing=True)


def too_slow(seconds: float) -> EnvironmentFailed:
    """What it means that the time was up."""
    message = f"The environment was not complete after {seconds:g} s."
    hint = "The connection to the package index may be slow. Run again: what has been downloaded is kept."
    return EnvironmentFailed(message, hint, passing=True)


def explain(output: str, wishes: Wishes) -> EnvironmentFailed:
    """What uv's words mean for the app whose requirements these are."""
    if any(sign in output for sign in _FULL):
        return _full()
    reason = _reason(output)
    if any(sign in output for sign in _UNREACHABLE) and not _is_missing(output):
        message = f"The package index cannot be reached: {reason[-1].rstrip('.')}."
        return EnvironmentFailed(message, "Look at the network connection, then run again.", passing=True)
    wish = _culprit(output, wishes)
    name = "A requirement" if wish is None else f"'{wish.requirement}'"
    if "was not found in the package registry" in output:
        missing = re.search(r"Because (\S+) was not found in the package registry", output)
        what = f"There is no package '{missing[1]}'" if missing else "A package was not found"
        return EnvironmentFailed(f"{what} in the package index.", "Look at how its name is spelled.", wish=wish)
    if "no usable wheels" in output or "no wheels with a matching" in output:
        message = f"{name} cannot be installed: the index has no built package (wheel) of it that fits here."
        hint = "Choose another version or package; Podium does not build packages, since that runs their code."
        return EnvironmentFailed(message, hint, wish=wish)
    if re.search(r"there (?:is|are) no versions? of", output) and wish is not None:
        message = f"{wish.requirement.name} has no version {wish.requirement.specifier or 'at all'}."
        return EnvironmentFailed(message, "Ask for another version.", wish=wish)
    why = " ".join(reason)
    why = why if len(why) <= _MAX_REASON else f"{why[:_MAX_REASON]}…"
    return EnvironmentFailed(f"{name} cannot be installed: {why}", "Change the versions asked for.", wish=wish)


def not_with_runner(wish: Wish, needed: str) -> EnvironmentFailed:
    """A requirement excludes the versions that the runner works with."""
    message = f"'{wish.requirement}' does not go with what Podium runs apps with, which needs {needed}."
    return EnvironmentFailed(message, "Ask for another version, or leave the line out.", wish=wish)


def _full() -> EnvironmentFailed:
    message = "The disk is full, so the packages could not be installed."
    return EnvironmentFailed(message, "Free some space, then run again.", passing=True)


def _is_missing(output: str) -> bool:
    return "was not found in the package registry" in output


def _culprit(output: str, wishes: Wishes) -> Wish | None:
    """The requirement that uv's words are about: the last that it says the app requires, else the first it names."""
    said = re.findall(r"you\s+require\s+([A-Za-z0-9][\w.-]*)", output)
    return _named(reversed(said), wishes) or _named(re.findall(r"[A-Za-z0-9][\w.-]*", output), wishes)


def _named(names: Iterable[str], wishes: Wishes) -> Wish | None:
    by_name = {canonicalize_name(wish.requirement.name): wish for wish in wishes}
    return next((wish for name in names if (wish := by_name.get(canonicalize_name(name)))), None)


def _reason(output: str) -> list[str]:
    """What uv itself says, without its advice on the command line."""
    lines = _CAUSE.sub("", _HINT.sub("", output)).splitlines()
    said = [" ".join(line.split()) for line in lines if line.strip()]
    kept = [line for line in said if not line.startswith("No solution found")]
    return kept or said or ["no reason was given."]
