"""How the kernels of one server are boxed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BoxPlan:
    """What kernels never reach.

    Of the ``hidden`` folders, wherever they are, a kernel can read only what is its own. No TCP connection can be made
    to ``ports``. In ``work`` are the folders of all apps.
    """

    hidden: tuple[str, ...]
    ports: tuple[int, ...]
    work: str

    @property
    def seats(self) -> Path:
        """Where kernels that wait have their folders, on the same file system."""
        return Path(self.work, ".seats")

    def to_argument(self) -> str:
        """As one argument of a command."""
        return json.dumps(asdict(self))

    @classmethod
    def from_argument(cls, text: str) -> BoxPlan:
        """What :meth:`to_argument` gave."""
        fields = json.loads(text)
        return cls(tuple(fields["hidden"]), tuple(fields["ports"]), fields["work"])

    def seat(self, kernel: str) -> Path:
        """The folder that is to become the folder of the app which a waiting kernel gets."""
        return self.seats / kernel
