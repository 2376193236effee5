"""Where language processes keep files, and what else of this machine they reach.

::

    <folder>/NAME/PID/     the files of the app that a process looks at; NAME is "own" or the key of an environment
    <folder>/trees/KEY/    syntax trees of packages that this environment alone has

The trees of Podium's own environment outlive any data directory, and are read by all. Since reading a tree can run
what somebody wrote into it, processes of an app's environment, which may import its packages, write them nowhere else.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from podium.kernels.box.cell import Cell
from podium.kernels.box.plan import BoxPlan
from podium.kernels.environments.python import Python

_PROGRAM = "podium.ide.language"
_OWN = "own"


@dataclass(frozen=True, slots=True)
class LanguageHome:
    """Below ``folder``, which is one server's alone; below ``environments`` are those of all apps.

    Without ``box`` the processes can do what the server can.
    """

    folder: Path
    environments: Path
    box: BoxPlan | None = None

    def clear(self) -> None:
        """Remove what an earlier server left, but for syntax trees."""
        for left in self.folder.glob("*"):
            if left != self._trees:
                shutil.rmtree(left, ignore_errors=True)

    def forget(self, keys: Iterable[str]) -> None:
        """Remove what was kept for environments that are gone."""
        for key in keys:
            shutil.rmtree(self._trees / key, ignore_errors=True)

    def prepare(self, python: Python) -> Path:
        """Make the folders of an environment, without what an earlier parent left; the one that processes work in."""
        work = self._work(python)
        shutil.rmtree(work, ignore_errors=True)
        for folder in (work, self._trees_of(python)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return work

    def command(self, python: Python, control: int) -> list[str]:
        """What starts the parent of an environment, in its box, with a socket of this number."""
        work, trees = self._work(python), self._trees_of(python)
        reads, arguments = [self.environments], [trees]
        if python.root is not None and python.libraries is not None:
            reads, arguments = [python.root, self._own_trees], [trees, python.libraries, self._own_trees]
        program = ["-m", _PROGRAM]
        if self.box is not None:
            cell = Cell(list(self.box.hidden), [str(path) for path in reads], [str(work), str(trees)])
            program = cell.command(_PROGRAM)
        return [sys.executable, "-P", *program, str(control), str(work), *map(str, arguments)]

    @property
    def _trees(self) -> Path:
        return self.folder / "trees"

    def _trees_of(self, python: Python) -> Path:
        return self._own_trees if python.root is None else self._trees / python.root.name

    def _work(self, python: Python) -> Path:
        return self.folder / (_OWN if python.root is None else python.root.name)

    @property
    def _own_trees(self) -> Path:
        """In the user's cache, apart from those of other programs that use jedi; here if there can be none."""
        try:
            cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "podium" / "jedi"
            cache.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):  # the latter where the user has no home
            return self._trees / _OWN
        return cache if os.access(cache, os.W_OK) else self._trees / _OWN
