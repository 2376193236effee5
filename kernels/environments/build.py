"""From a lock to a virtual environment.

What Podium's own environment has in the same version is taken over from there by hard links, which needs no network
and no time; the rest is installed by uv. Only built packages are installed: building one would run its code as the
server. Of Podium itself an environment has just the rooms that run beside an app, as links to where they are, so that
they are the server's own version and nothing of Podium's other packages is to be seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from podium.kernels.environments.basis import PACKAGE, ROOMS, Wishes
from podium.kernels.environments.failure import explain
from podium.kernels.environments.python import Python
from podium.kernels.environments.resolve import Lock
from podium.kernels.environments.uv import Tell, UvError, run_leashed, run_uv

LOCK = "requirements.lock"
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
        if not line.startswith("Using Python"):  # everybody knows
            tell(line)

    await run_uv("pip", "install", *options, "--requirement", listing.name, folder=root, tell=tell_news)
    listing.unlink()


def _share(lock: Lock, libraries: Path) -> list[str]:
    """Take over what Podium's own environment has in the version that the lock asks for; the names of that."""
    made: set[Path] = set()
    shared = []
    for name, version in lock.pins.items():
        files = _files(name, version)
        for source, file in files:
            target = libraries / file
            if target.parent not in made:
                target.parent.mkdir(parents=True, exist_ok=True)
                made.add(target.parent)
            _link(source, target)
        if files:
            shared.append(name)
    return shared


def _files(name: str, version: str) -> list[tuple[Path, Path]]:
    """The files of an installed distribution and their places in it; none if it is not to be had from here.

    Programs are left out: they begin with the path of their interpreter.
    """
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return []
    if found.version != version or found.files is None or found.read_text("direct_url.json") is not None:
        return []
    inside = [file for file in found.files if ".." not in file.parts and "__pycache__" not in file.parts]
    files = [(Path(str(found.locate_file(file))), Path(file)) for file in inside]
    if not all(source.is_file() for source, _ in files):
        return []
    return [*files, *_compiled(files)]


def _compiled(files: Iterable[tuple[Path, Path]]) -> Iterator[tuple[Path, Path]]:
    for source, file in files:
        if file.suffix == ".py":
            compiled = Path(importlib.util.cache_from_source(str(source)))
            if compiled.is_file():
                yield compiled, file.parent / compiled.parent.name / compiled.name


def _link(source: Path, target: Path) -> None:
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
