"""An environment that an app runs in, as a value."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

_LIBRARIES = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")


@dataclass(frozen=True, slots=True)
class Python:
    """An environment that is complete. ``root`` is its folder; Podium's own environment has none."""

    root: Path | None = None

    @property
    def interpreter(self) -> str:
        """The program that kernels of this environment run."""
        return sys.executable if self.root is None else str(self.root / "bin" / "python")

    @property
    def libraries(self) -> Path | None:
        """Where its packages are; ``None`` for Podium's own, whose interpreter knows."""
        return None if self.root is None else self.root / _LIBRARIES


OWN = Python()
"""The environment that Podium itself runs in: for apps that ask for nothing else than what it has."""
