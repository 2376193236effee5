"""The data directory: its layout, its lock, its key. Anything wrong with it is one sentence.

::

    <data>/lock         held by the running server
    <data>/key          32 random bytes that all secrets are made from, mode 0600
    <data>/signed-out   sessions that were ended and whose cookies have not expired
    <data>/store/       the platform's documents
    <data>/databases/   what apps store
    <data>/logs/        podium.log
    <data>/work/        working directories of running apps, and of kernels that wait for one
    <data>/environments/  what apps' requirements ask for, installed
    <data>/language/    the files that language processes look at
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

KEY_BYTES = 32
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DataDirError(Exception):
    """The data directory cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class DataDir:
    """A data directory that this process holds the lock of."""

    root: Path
    lock: IO[str]

    @classmethod
    def open(cls, root: Path) -> DataDir:
        """Make it, lock it; raises :class:`DataDirError`."""
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (root / "lock").open("a+")
        except OSError as error:
            raise _unusable(root, error) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(root, lock) from None
        data = cls(root, lock)
        try:
            _write_lock(lock)
            for folder in (data.store, data.databases, data.environments, data.logs, data.work):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            lock.close()
            raise _unusable(root, error) from None
        return data

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def databases(self) -> Path:
        return self.root / "databases"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def environments(self) -> Path:
        return self.root / "environments"

    @property
    def language(self) -> Path:
        return self.root / "language"

    def key(self) -> bytes:
        """The key; made when it is missing. A broken one is put aside and replaced, which signs everybody out."""
        path = self.root / "key"
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            key = b""
        except OSError as error:
            raise _unusable(path, error) from None
        if len(key) == KEY_BYTES:
            return key
        return self._new_key(path)

    def _new_key(self, path: Path) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        temporary = path.with_name("key.new")
        try:
            temporary.unlink(missing_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                path.rename(path.with_name("key.broken"))
            temporary.rename(path)
        except OSError as error:
            raise _unusable(path, error) from None
        return key

    def ended_sessions(self) -> set[str]:
        """Sessions that were signed out and could still be tried; the expired ones are forgotten."""
        path = self.root / "signed-out"
        try:
            lines = path.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise _unusable(path, error) from None
        entries = [line.split() for line in lines]
        kept = [entry for entry in entries if len(entry) == 2 and entry[1].isdigit() and int(entry[1]) > time.time()]
        path.write_text("".join(f"{name} {until}\n" for name, until in kept))
        return {name for name, _ in kept}

    def remember_ended(self, session: str, until: int) -> None:
        """Keep a signed-out session until its cookie has expired (``until``, seconds since the epoch)."""
        with (self.root / "signed-out").open("a") as file:
            file.write(f"{session} {until}\n")


def _write_lock(lock: IO[str]) -> None:
    os.ftruncate(lock.fileno(), 0)
    os.pwrite(lock.fileno(), f"{os.getpid()}\n".encode(), 0)


def _in_use(root: Path, lock: IO[str]) -> DataDirError:
    lock.seek(0)
    holder = lock.read().strip()
    lock.close()
    who = f" (process {holder})" if holder.isdigit() else ""
    return DataDirError(
        f"Podium{who} already runs with the data directory {root}; stop it, or choose another with --data-dir."
    )


def _unusable(path: Path, error: OSError) -> DataDirError:
    reason = (error.strerror or str(error)).lower()
    remedy = "Free some space" if error.errno in _FULL else "Make it writable"
    return DataDirError(
        f"The data directory cannot be used, {reason}: {path}. {remedy}, or choose another with --data-dir."
    )
