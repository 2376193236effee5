"""The app's files on disk: only what changed is written, each file in one step, and a failed load can be undone.

A manifest of what was written, with hashes, is kept in the folder. So a new process knows which files are left over
from an earlier version, and a file that the app itself changed (its own data) is not written over as long as its
author did not change it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

MANIFEST = ".podium-files.json"


class BadPathError(ValueError):
    """A path in a load that does not lie inside the app's folder."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths that a load wrote and removed, and the bytes they had before (``None`` for a file that was not there)."""

    written: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    before: dict[str, bytes | None] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        """All paths that are different now."""
        return self.written | self.removed


class AppFiles:
    """Keeps ``root`` equal to the files of the last load; other files in it are the app's own and are left alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._hashes = self._read_manifest()

    def sync(self, files: dict[str, str]) -> Changes:
        """Write what changed and remove what is gone.

        Raises :class:`BadPathError` before it touches anything, and ``OSError`` after it has put everything back.
        """
        for path in files:
            check_path(path)
        content = {path: text.encode("utf-8") for path, text in files.items()}
        hashes = {path: hashlib.sha256(data).hexdigest() for path, data in content.items()}
        removed = frozenset(self._hashes.keys() - files.keys())
        written = frozenset(
            path for path in files if hashes[path] != self._hashes.get(path) or not (self._root / path).is_file()
        )
        changes = Changes(written, removed, {path: self._bytes(path) for path in written | removed})
        kept = self._hashes
        try:
            for path in sorted(removed):
                self._remove(path)
            for path in sorted(written):
                self._write(path, content[path])
            self._remember(hashes, changed=bool(changes.paths))
        except OSError:
            self._put_back(changes)
            self._hashes = kept
            raise
        return changes

    def restore(self, files: dict[str, str]) -> None:
        """Do as :meth:`sync`, in a folder that another process has written to meanwhile."""
        self._hashes = self._read_manifest()
        self.sync(files)

    def undo(self, changes: Changes) -> None:
        """Put back what :meth:`sync` has changed."""
        self._put_back(changes)
        hashes = {path: old for path, old in self._hashes.items() if path not in changes.written}
        hashes |= {path: hashlib.sha256(data).hexdigest() for path, data in changes.before.items() if data is not None}
        self._remember(hashes, changed=bool(changes.paths))

    def _put_back(self, changes: Changes) -> None:
        for path, data in changes.before.items():
            if data is None:
                self._remove(path)
        for path, data in changes.before.items():
            if data is not None:
                self._write(path, data)

    def _bytes(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def _write(self, path: str, data: bytes) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".podium-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _remove(self, path: str) -> None:
        target = self._root / path
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            target.unlink()
        for folder in target.parents:
            if folder == self._root:
                return
            try:
                folder.rmdir()
            except OSError:  # not empty: the app, or another file of it, still needs it
                return

    def _read_manifest(self) -> dict[str, str]:
        try:
            stored = json.loads((self._root / MANIFEST).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        if not isinstance(stored, dict):
            return {}
        return {path: str(value) for path, value in stored.items() if _is_inside(path)}

    def _remember(self, hashes: dict[str, str], *, changed: bool) -> None:
        self._hashes = hashes
        if changed:
            self._write(MANIFEST, json.dumps(hashes, indent=1).encode())


def check_path(path: str) -> None:
    """Refuse a path that is not relative, plain and inside; raises :class:`BadPathError`."""
    if not _is_inside(path):
        raise BadPathError(f"{path!r} is not a path inside the app's folder")


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    plain = bool(parts) and path == "/".join(parts) and "\\" not in path and path.isprintable()
    return plain and not path.startswith("/") and ".." not in parts and path != MANIFEST
