"""A box for a program of Podium's own that handles what users chose, and speaks with nobody but who started it.

``python -m podium.kernels.box.cell CELL MODULE [ARGUMENT …]`` goes into it and runs the module as a program.
"""

from __future__ import annotations

import json
import runpy
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from podium.kernels.box.landlock import READ, WRITE, abi, ruleset_of_files
from podium.kernels.box.places import common_places
from podium.kernels.box.walls import enter

_SOURCES = ("runner", "kernels", "ide", "server")


@dataclass(frozen=True, slots=True)
class Cell:
    """Of the ``hidden`` folders, wherever they are, only ``reads`` and ``own`` can be read, and only ``own`` written.

    There is no TCP, not even inside.
    """

    hidden: list[str]
    reads: list[str]
    own: list[str]

    def command(self, module: str) -> list[str]:
        """What makes an interpreter run the module inside, to be followed by the module's arguments."""
        return ["-m", __name__, json.dumps(asdict(self)), module]

    def enter(self) -> None:
        """Put this process, which has one thread, inside for good; raises :class:`OSError` where that cannot be."""
        places = common_places([Path(path) for path in self.hidden], _SOURCES)
        places += [(path, READ) for path in self.reads]
        places += [(path, READ | WRITE) for path in self.own]
        enter([ruleset_of_files(abi(), places, offline=True)])


def main() -> None:
    """Run the program."""
    _, cell, module, *arguments = sys.argv
    Cell(**json.loads(cell)).enter()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
