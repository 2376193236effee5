"""A kernel's own folder in the runtime directory: connection file, Unix sockets, temporary files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KernelFolder:
    """Paths below one kernel's folder. ``sockets`` is the prefix of the five Unix sockets' paths."""

    path: Path

    @property
    def connection_file(self) -> Path:
        """Where the connection file is, unless the front end has a place for it."""
        return self.path / "connection.json"

    @property
    def sockets(self) -> Path:
        """What ``ip`` is in the connection file; a hyphen and the channel's number follow."""
        return self.path / "zmq"

    @property
    def temporary(self) -> Path:
        """``TMPDIR``."""
        return self.path / "tmp"

    @property
    def ipython(self) -> Path:
        """``IPYTHONDIR``, so that IPython's history and profile stay out of the app's folder."""
        return self.path / "ipython"

    def make(self) -> None:
        """Create what is not there yet, for this user only."""
        for folder in (self.path, self.temporary, self.ipython):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def remove(self) -> None:
        """Remove everything; what cannot be removed now goes with the runtime directory."""
        shutil.rmtree(self.path, ignore_errors=True)
