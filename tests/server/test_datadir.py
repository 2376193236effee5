"""The data directory: lock, key, ended sessions, and what is said when it cannot be used."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from podium.server.datadir import KEY_BYTES, DataDir, DataDirError


def test_it_is_made_for_its_owner_only(data_dir: Path) -> None:
    data = DataDir.open(data_dir)
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert {"lock", "store", "databases", "logs", "work"} <= {path.name for path in data_dir.iterdir()}
    data.lock.close()


def test_a_second_one_is_told_who_has_it(data_dir: Path) -> None:
    data = DataDir.open(data_dir)
    with pytest.raises(DataDirError, match=r"process \d+\) already runs with the data directory"):
        DataDir.open(data_dir)
    data.lock.close()
    DataDir.open(data_dir).lock.close()


def test_the_key_stays_and_is_private(data_dir: Path) -> None:
    data = DataDir.open(data_dir)
    key = data.key()
    assert len(key) == KEY_BYTES
    assert data.key() == key
    assert stat.S_IMODE((data_dir / "key").stat().st_mode) == 0o600
    data.lock.close()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 100])
def test_a_broken_key_is_replaced_and_kept_aside(data_dir: Path, content: bytes) -> None:
    data = DataDir.open(data_dir)
    (data_dir / "key").write_bytes(content)
    key = data.key()
    assert len(key) == KEY_BYTES
    assert key == data.key()
    assert (data_dir / "key.broken").read_bytes() == content
    data.lock.close()


def test_a_key_that_cannot_be_read_is_one_sentence(data_dir: Path) -> None:
    data = DataDir.open(data_dir)
    (data_dir / "key").mkdir()
    with pytest.raises(DataDirError, match="key"):
        data.key()
    data.lock.close()


def test_a_file_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(DataDirError, match="--data-dir") as caught:
            DataDir.open(path)
        assert "\n" not in str(caught.value)


def test_ended_sessions_are_kept_until_their_cookies_expire(data_dir: Path) -> None:
    data = DataDir.open(data_dir)
    data.remember_ended("old", int(time.time()) - 1)
    data.remember_ended("new", int(time.time()) + 1000)
    assert data.ended_sessions() == {"new"}
    assert "old" not in (data_dir / "signed-out").read_text()
    data.lock.close()


def test_a_broken_list_of_ended_sessions_does_not_stop_the_server(data_dir: Path) -> None:
    data = DataDir.open(data_dir)
    (data_dir / "signed-out").write_bytes(b"\xff\nnonsense\n a b c\n")
    assert data.ended_sessions() == set()
    data.lock.close()
