"""From a lock to a virtual environment.

What Podium's own environment has in the same version is taken over from there by hard links, which needs no network
and no time; the rest is installed by uv. Only built packages are installed: building one would run its code as the
server. Of Podium itself an environment has just the rooms that run beside an app, as links to where they are, so that
they are the server's own version and nothing of Podium's other packages is to be seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import errno
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from podium.kernels.environments.basis import PACKAGE, ROOMS, Wishes
from podium.kernels.environments.failure import explain
from podium.kernels.environments.python import Python
from podium.kernels.environments.resolve import Lock
from podium.kernels.environments.uv import Tell, UvError, run_leashed, run_uv

LOCK = "requirements.lock"
_NO_NEWS = ("Using Python", "warning: Failed to hardlink", "If the cache and target", "If this is intentional")
"""How lines of uv begin that nobody can act upon who waits for packages."""
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}


async def build(lock: Lock, root: Path, wishes: Wishes, tell: Tell) -> None:
    """Make the environment in ``root``, which must not exist.

    Raises :class:`~podium.kernels.environments.failure.EnvironmentFailed` and :class:`OSError`.
    """
    libraries = Python(root).libraries
    assert libraries is not None  # noqa: S101 - it has a root
    try:
        await run_uv("venv", "--quiet", "--relocatable", "--python", sys.executable, root.name, folder=root.parent)
        (root / LOCK).write_text(lock.text)
        shared = await asyncio.to_thread(_share, lock, libraries)
        tell(f"{len(shared)} of {len(lock.pins)} packages are here already")
        if len(shared) < len(lock.pins):
            await _install(lock.without(shared), root, tell)
    except UvError as error:
        raise explain(error.output, wishes) from error
    await asyncio.to_thread(_link_rooms, libraries)
    await _compile(root, libraries)


async def _install(missing: Lock, root: Path, tell: Tell) -> None:
    listing = root / "missing.lock"
    listing.write_text(missing.text)
    options = ("--python", str(root / "bin" / "python"), "--no-build", "--no-deps", "--require-hashes")

    def tell_news(line: str) -> None:
        if not line.strip().startswith(_NO_NEWS):
            tell(line)

    await run_uv("pip", "install", *options, "--requirement", listing.name, folder=root, tell=tell_news)
    listing.unlink()


def _share(lock: Lock, libraries: Path) -> list[str]:
    """Take over what Podium's own environment has in the version that the lock asks for; the names of that.

    These are thousands of files, so paths are plain strings here.
    """
    made: set[str] = set()
    return [name for name, version in lock.pins.items() if _take_over(name, version, str(libraries), made)]


def _take_over(name: str, version: str, libraries: str, made: set[str]) -> bool:
    """Take over one distribution; ``made`` are the folders that are there already."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    record = found.read_text("RECORD")
    if found.version != version or record is None or found.read_text("direct_url.json") is not None:
        return False
    source, linked = str(found.locate_file("")), []
    try:
        for file in _files(record):
            target = os.path.join(libraries, file)
            folder = os.path.dirname(target)
            if folder not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            _link(os.path.join(source, file), target)
            linked.append(target)
            if file.endswith(".py"):
                _link_compiled(os.path.join(source, file), target, made)
    except FileNotFoundError:  # somebody has taken it apart: it is installed from the index
        for target in linked:
            os.unlink(target)
        return False
    return True


def _files(record: str) -> Iterator[str]:
    """The files of a distribution but its programs, which begin with the path of their interpreter."""
    for file, *_ in csv.reader(record.splitlines()):
        if not os.path.isabs(file) and ".." not in file.split("/") and "__pycache__" not in file:
            yield file


def _link_compiled(source: str, target: str, made: set[str]) -> None:
    compiled, place = importlib.util.cache_from_source(source), importlib.util.cache_from_source(target)
    if os.path.exists(compiled):
        if (folder := os.path.dirname(place)) not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        _link(compiled, place)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        shutil.copy2(source, target)


def _link_rooms(libraries: Path) -> None:
    package = libraries / "podium"
    package.mkdir()
    for part in ("__init__.py", *ROOMS):
        (package / part).symlink_to(PACKAGE / part)


async def _compile(root: Path, libraries: Path) -> None:
    """Compile what is not compiled: kernels may not write here. Sources that are not for this Python stay as they are.

    Without ``site``, so that no package gets to run anything.
    """
    missing = await asyncio.to_thread(_uncompiled, libraries)
    listing = root / "to-compile"
    await asyncio.to_thread(listing.write_text, "".join(f"{file}\n" for file in missing))
    with contextlib.suppress(UvError):
        await run_leashed(sys.executable, "-I", "-S", "-m", "compileall", "-q", "-i", str(listing), folder=root)
    await asyncio.to_thread(listing.unlink)


def _uncompiled(libraries: Path) -> list[Path]:
    found = []
    for folder, _, names in os.walk(libraries):
        for name in names:
            file = Path(folder, name)
            if file.suffix == ".py" and not os.path.exists(importlib.util.cache_from_source(str(file))):
                found.append(file)
    return found
