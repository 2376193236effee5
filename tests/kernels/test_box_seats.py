"""How an app's folder comes to a kernel that waited in its box."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from podium.kernels.box.seats import recover, take_seat


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An app's folder with something in it."""
    folder = tmp_path / "app"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "kept.txt").write_text("kept")
    (folder / "main.py").write_text("")
    return folder


@pytest.fixture
def seat(tmp_path: Path) -> Path:
    """A kernel's seat."""
    seat = tmp_path / ".seats" / "kernel"
    seat.mkdir(parents=True)
    return seat


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


ALL = {"data", "data/kept.txt", "main.py"}


def test_the_seat_becomes_the_folder(folder: Path, seat: Path) -> None:
    inode = seat.stat().st_ino
    take_seat(seat, folder)
    assert folder.stat().st_ino == inode
    assert contents(folder) == ALL
    assert not seat.exists()
    assert set(os.listdir(folder.parent)) == {"app", ".seats"}


@pytest.mark.parametrize("moved", [(), ("data",), ("data", "main.py")])
def test_a_move_that_was_cut_off_is_made_good(folder: Path, seat: Path, moved: tuple[str, ...]) -> None:
    halfway = seat.rename(folder.with_name(".app.moving"))
    for name in moved:
        (folder / name).rename(halfway / name)
    recover(folder)
    assert contents(folder) == ALL
    assert not halfway.exists()


def test_a_folder_that_cannot_be_replaced_stays_as_it_is(folder: Path, seat: Path) -> None:
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(elsewhere)
    with pytest.raises(NotADirectoryError):
        take_seat(seat, folder)
    assert contents(elsewhere) == ALL
    assert folder.is_symlink()
    recover(folder)


def test_there_is_nothing_to_recover_as_a_rule(folder: Path) -> None:
    recover(folder)
    assert contents(folder) == ALL
