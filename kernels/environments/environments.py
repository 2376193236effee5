"""All environments of a server: found, made once for all who want them, and collected.

::

    <folder>/asked/NAME      which environment was made for these requirements: its key, or nothing for Podium's own
    <folder>/KEY/            a complete environment; its key is made from its lock
    <folder>/.making-…/      one that is being made
    <folder>/.leaving-…/     one that is being removed

An environment appears by being renamed when it is complete, so one that is half made is never used.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from podium.kernels.environments.basis import Wishes, fingerprint, satisfies
from podium.kernels.environments.build import build
from podium.kernels.environments.failure import disk_failure, too_slow
from podium.kernels.environments.python import OWN, Python
from podium.kernels.environments.resolve import Lock, Resolver
from podium.kernels.environments.shared import SharedWork
from podium.kernels.environments.uv import Tell

_MAKING, _LEAVING = ".making-", ".leaving-"
_AT_ONCE = 2
"""Environments that are made at the same time; others wait."""


class Environments:
    """Environments below ``folder``, which is one server's alone. Making one may take ``limit_s`` seconds."""

    def __init__(self, folder: Path, limit_s: float = 600.0) -> None:
        self._folder = folder
        self._asked = folder / "asked"
        self._limit_s = limit_s
        self._known: dict[str, Python] = {}
        self._making = SharedWork[Python]("environment for")
        self._building = SharedWork[Python]("environment")
        self._room = asyncio.Semaphore(_AT_ONCE)

    def known(self, wishes: Wishes) -> Python | None:
        """The environment for these requirements, if it need not be made first."""
        if satisfies(wishes):
            return OWN
        name = _name(wishes)
        python = self._known.get(name) or self._read(name)
        if python is None or (python.root is not None and not python.root.is_dir()):
            self._known.pop(name, None)
            return None
        self._known[name] = python
        _touch(python)
        return python

    async def make(self, wishes: Wishes, tell: Tell) -> Python:
        """The environment for these requirements, made if there is none; ``tell`` takes the progress line by line.

        Whoever asks for the same meanwhile gets the same; when nobody waits any more, it is given up. Raises
        :class:`~podium.kernels.environments.failure.EnvironmentFailed`.
        """
        known = self.known(wishes)
        if known is not None:
            return known
        name = _name(wishes)
        return await self._making.result(name, lambda tell: self._make(name, wishes, tell), tell)

    def collect(self, wanted: Iterable[Wishes], used: Collection[Python], grace_s: float) -> list[str]:
        """Remove what no app wants, no process uses and nobody asked for in ``grace_s`` seconds; the keys of that.

        This removes many files, so call it in a thread; leftovers of a killed server go too.
        """
        names = {_name(wishes) for wishes in wanted}
        kept = {python.root.name for name in names if (python := self._read(name)) and python.root is not None}
        kept |= {python.root.name for python in used if python.root is not None}
        leaving = [root for root in self._complete() if root.name not in kept and _age(root) >= grace_s]
        for root in leaving:
            with contextlib.suppress(FileNotFoundError):
                root.rename(root.with_name(f"{_LEAVING}{root.name}"))
        for root in self._folder.glob(f"{_LEAVING}*"):
            shutil.rmtree(root, ignore_errors=True)
        self._forget(names)
        return [root.name for root in leaving]

    def clear_leftovers(self) -> None:
        """Remove what a killed server was about to make. Only before anything is made."""
        for root in self._folder.glob(f"{_MAKING}*"):
            shutil.rmtree(root, ignore_errors=True)

    async def _make(self, name: str, wishes: Wishes, tell: Tell) -> Python:
        try:
            async with self._room, asyncio.timeout(self._limit_s):
                self._asked.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._scratch() as scratch:
                    tell("Resolving the requirements")
                    lock, installed = await Resolver(wishes, scratch, tell).lock()
                    python = OWN if lock.is_own(installed) else await self._built(lock, wishes, tell)
                await asyncio.to_thread(_write, self._asked / name, "" if python.root is None else python.root.name)
        except TimeoutError as error:
            raise too_slow(self._limit_s) from error
        except OSError as error:
            raise disk_failure(error) from error
        self._known[name] = python
        return python

    async def _built(self, lock: Lock, wishes: Wishes, tell: Tell) -> Python:
        """The environment of a lock, made once even when several requirements come to the same lock at a time."""
        python = Python(self._folder / lock.key)
        assert python.root is not None  # noqa: S101 - it has just been given
        if python.root.is_dir():
            _touch(python)
            return python

        async def work(tell: Tell) -> Python:
            with self._scratch() as scratch:
                await build(lock, scratch / "environment", wishes, tell)
                await asyncio.to_thread(_publish, scratch / "environment", python)
            return python

        return await self._building.result(lock.key, work, tell)

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix=_MAKING, dir=self._folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _read(self, name: str) -> Python | None:
        try:
            key = (self._asked / name).read_text()
        except OSError:
            return None
        return Python(self._folder / key) if key else OWN

    def _complete(self) -> list[Path]:
        found = self._folder.iterdir() if self._folder.is_dir() else iter(())
        return [root for root in found if root.is_dir() and not root.name.startswith(".") and root != self._asked]

    def _forget(self, wanted: Collection[str]) -> None:
        """Remove the answers that lead nowhere, and those that nobody will ask for."""
        for file in self._asked.glob("*"):
            python = self._read(file.name)
            gone = python is None or (python.root is not None and not python.root.is_dir())
            if gone or (python is OWN and file.name not in wanted):
                file.unlink(missing_ok=True)


def _name(wishes: Wishes) -> str:
    return fingerprint(sorted(str(wish.requirement) for wish in wishes))


def _touch(python: Python) -> None:
    """Note that somebody asked for it."""
    if python.root is not None:
        with contextlib.suppress(OSError):
            os.utime(python.root)


def _age(root: Path) -> float:
    """Seconds since somebody asked for it."""
    try:
        return time.time() - root.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _publish(made: Path, python: Python) -> None:
    """Let an environment appear, complete on disk, so that not even a power cut leaves half of one."""
    assert python.root is not None  # noqa: S101 - Podium's own is never made
    os.sync()
    made.rename(python.root)
    _touch(python)


def _write(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}")
    temporary.write_text(text)
    temporary.rename(file)
