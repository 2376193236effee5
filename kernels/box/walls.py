"""The walls of one server's kernels, kept by the kernel parent: it makes the rulesets, each kernel enters them."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from podium.kernels.box.landlock import READ, WRITE, Access, abi, restrict_self, ruleset_of_files, ruleset_of_ports
from podium.kernels.box.places import common_places
from podium.kernels.box.plan import BoxPlan
from podium.kernels.box.privileges import give_up_privileges


class Walls:
    """Makes the rulesets of kernels; raises :class:`OSError` where Landlock is missing.

    The ports take a rule for each one that stays open. That ruleset is made once and never changes; a kernel that
    enters it still gets a copy of all rules, which takes milliseconds and is why it enters before it knows its app.
    """

    def __init__(self, plan: BoxPlan) -> None:
        self._plan = plan
        self._abi = abi()

    def prepare(self) -> None:
        """Do what takes long and is the same for all."""
        _ = self._common, self._ports

    def rulesets(self, own: Iterable[str], reads: Iterable[str]) -> list[int]:
        """Descriptors, the caller's to close, for a kernel that may read ``reads`` and do what it likes in ``own``."""
        places = [*self._common, *((path, READ) for path in reads), *((path, READ | WRITE) for path in own)]
        files = ruleset_of_files(self._abi, places)
        return [files] if self._ports is None else [files, os.dup(self._ports)]

    @functools.cached_property
    def _common(self) -> list[tuple[str, Access]]:
        return common_places([Path(path) for path in self._plan.hidden])

    @functools.cached_property
    def _ports(self) -> int | None:
        return ruleset_of_ports(self._abi, self._plan.ports)


def enter(rulesets: Sequence[int]) -> None:
    """Put this process, which has one thread, inside for good; nothing happens without rulesets."""
    if rulesets:
        give_up_privileges()
    for ruleset in rulesets:  # the large one last, so that its rules are copied once
        restrict_self(ruleset)
