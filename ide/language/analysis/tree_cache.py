"""The syntax trees of libraries that jedi keeps on disk, from which a new process starts three times as fast.

parso writes them in place. A process that is killed meanwhile, or reads while another writes, finds half a file, and
every later process would find it again: so half files are deleted and the work is done once more.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import jedi
import parso.cache
from parso.cache import parser_cache

_T = TypeVar("_T")
_STOP = b"."
"""What every whole pickle ends with."""


def use(folder: Path, but_for: Path) -> None:
    """Keep the trees in ``folder``, but for those of files in ``but_for``: those of an app change all the time."""
    jedi.settings.cache_directory = str(folder)
    plain: Callable[..., None] = parso.cache._save_to_file_system

    def save(grammar: str, path: str | Path, item: object, cache_path: Path | None = None) -> None:
        if not Path(path).is_relative_to(but_for):
            plain(grammar, path, item, cache_path)

    parso.cache._save_to_file_system = save


def share(libraries: Path, others: tuple[Path, ...], theirs: Path) -> None:
    """Use the trees in the folder ``theirs`` too, which are of files in ``others`` and elsewhere, and add none there.

    The files of ``libraries`` have the trees of the same files in ``others``: environments have most of their files in
    common, at paths of their own, and by the path parso knows a tree on disk.
    """
    plain: Callable[..., str] = parso.cache._get_hashed_path

    def hashed(grammar: str, path: str | Path, cache_path: Path | None = None) -> str:
        if theirs.is_dir():
            known = plain(grammar, _elsewhere(Path(path), libraries, others), theirs)
            if _is_whole(Path(known)):
                return known
        return plain(grammar, path, cache_path)

    parso.cache._get_hashed_path = hashed


def _elsewhere(file: Path, libraries: Path, others: tuple[Path, ...]) -> Path:
    if file.is_relative_to(libraries):
        for folder in others:
            twin = folder / file.relative_to(libraries)
            if _identity(twin) == _identity(file) is not None:
                return twin
    return file


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def healing(work: Callable[[], _T]) -> _T:
    """Do some work of jedi's, and do it again when it fails because of a half file."""
    try:
        return work()
    except (EOFError, pickle.UnpicklingError):
        _delete_half_files(Path(jedi.settings.cache_directory))
        return work()


def _delete_half_files(folder: Path) -> None:
    broken = [file for file in folder.rglob("*.pkl") if not _is_whole(file)]
    for file in broken:
        file.unlink(missing_ok=True)
    if not broken:
        # The file was cut off right behind a byte that looks like an end.
        shutil.rmtree(folder, ignore_errors=True)


def _is_whole(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            stream.seek(-len(_STOP), os.SEEK_END)
            return stream.read() == _STOP
    except OSError:
        return False


def forget(folder: Path) -> None:
    """Drop the trees of a folder's files: they are changed in place, and an interruption may leave one half done."""
    for trees in parser_cache.values():
        for file in [file for file in trees if file is not None and Path(file).is_relative_to(folder)]:
            del trees[file]
