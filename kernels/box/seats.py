"""How a kernel that waits in its box gets an app's folder: the folder comes to the kernel.

What a box lets in is not a path but the folder itself (its inode), fixed before any app is known. So a waiting kernel
has an empty *seat*; when an app takes the kernel, what is in the app's folder is moved into the seat, and the seat
takes the place of the folder. The path stays, nothing is copied, and nothing has to be moved back. Whatever interrupts
this is made good by the next :func:`recover`.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def take_seat(seat: Path, directory: Path) -> None:
    """Let the empty folder ``seat`` take the place of the folder ``directory``, with everything that is in it.

    Both are on one file system. Raises :class:`OSError` when something in ``directory`` cannot be moved; it is then as
    it was.
    """
    recover(directory)
    moving = _moving(directory)
    seat.rename(moving)
    try:
        _move_all(directory, moving)
        moving.rename(directory)  # which is empty now, so that this is one step
    except OSError:
        recover(directory)
        raise


def recover(directory: Path) -> None:
    """Put back what a move that was interrupted left beside ``directory``."""
    moving = _moving(directory)
    with contextlib.suppress(FileNotFoundError):
        _move_all(moving, directory)
        moving.rmdir()


def _moving(directory: Path) -> Path:
    return directory.with_name(f".{directory.name}.moving")


def _move_all(source: Path, target: Path) -> None:
    for name in os.listdir(source):
        os.rename(source / name, target / name)
