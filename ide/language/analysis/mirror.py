"""A folder with the app's Python files, since jedi reads what a file imports from disk."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from podium.ide.text import Text


class Mirror:
    """Holds the files of the last snapshot; a context manager, which deletes ``folder`` in the end."""

    def __init__(self, folder: Path) -> None:
        self.root = folder.resolve()
        self._written: dict[str, Text] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def sync(self, files: Mapping[str, Text]) -> None:
        """Write what changed and delete what is gone."""
        for path in self._written.keys() - files.keys():
            self.file(path).unlink(missing_ok=True)
            del self._written[path]
        for path, text in files.items():
            if _is_mirrored(path) and self._written.get(path) is not text:
                self._write(path, text)

    def _write(self, path: str, text: Text) -> None:
        file = self.file(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            _overwrite(file, text.value.encode("utf-8", "surrogatepass"))
        except OSError as error:
            # Such as a path whose folder is a file: the other files are understood without it.
            sys.stderr.write(f"{path} was not mirrored: {error}\n")
            return
        self._written[path] = text

    def file(self, path: str) -> Path:
        """Where a file of the app is."""
        return self.root / path

    def path(self, file: Path) -> str | None:
        """Which file of the app this is, ``None`` for a file outside."""
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else None


def _overwrite(file: Path, content: bytes) -> None:
    """Write a file without emptying it first: ext4 brings one that was emptied to the disk before it is closed."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as stream:
        stream.write(content)
        stream.truncate()


def _is_mirrored(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return path.endswith((".py", ".pyi")) and not path.startswith("/") and ".." not in parts and "\0" not in path
