"""The app's files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.runner.files import MANIFEST, AppFiles, BadPathError, check_path

NAMES = st.sampled_from(["a.py", "b/a.py", "b/c.txt", "c/d/e.py", "c/f.py"])
FILES = st.dictionaries(NAMES, st.text(max_size=10), max_size=5)


def on_disk(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(versions=st.lists(FILES, min_size=1, max_size=5), restart=st.integers(0, 4))
def test_the_folder_follows_the_files(
    tmp_path_factory: pytest.TempPathFactory, versions: list[dict[str, str]], restart: int
) -> None:
    root = tmp_path_factory.mktemp("files")
    files = AppFiles(root)
    before: dict[str, str] = {}
    for number, version in enumerate(versions):
        if number == restart:
            files = AppFiles(root)
        changes = files.sync(version)
        assert on_disk(root) == encoded(version)
        assert changes.removed == before.keys() - version.keys()
        assert changes.written == {path for path, text in version.items() if before.get(path) != text}
        files.undo(changes)
        assert on_disk(root) == encoded(before)
        assert files.sync(version).paths == changes.paths
        assert not any(path.is_dir() and not any(path.iterdir()) for path in root.rglob("*"))
        before = version


def test_a_file_that_the_app_changed_is_kept_until_its_author_changes_it(tmp_path: Path) -> None:
    files = AppFiles(tmp_path)
    files.sync({"data.json": "[]"})
    (tmp_path / "data.json").write_text("[1]")
    assert files.sync({"data.json": "[]"}).paths == frozenset()
    assert (tmp_path / "data.json").read_text() == "[1]"
    assert files.sync({"data.json": "{}"}).written == {"data.json"}
    assert (tmp_path / "data.json").read_text() == "{}"


def test_a_file_that_the_app_removed_comes_back(tmp_path: Path) -> None:
    files = AppFiles(tmp_path)
    files.sync({"data.json": "[]"})
    (tmp_path / "data.json").unlink()
    assert files.sync({"data.json": "[]"}).written == {"data.json"}


def test_a_file_takes_the_place_of_a_folder_and_back(tmp_path: Path) -> None:
    files = AppFiles(tmp_path)
    files.sync({"thing/inner.py": "1"})
    files.sync({"thing": "2"})
    files.sync({"thing/inner.py": "3"})
    assert on_disk(tmp_path) == {"thing/inner.py": b"3"}


def test_a_manifest_that_was_spoiled_is_not_believed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("kept")
    root = tmp_path / "app"
    root.mkdir()
    for text in ("{", "[]", '{"../outside.txt": "0"}'):
        (root / MANIFEST).write_text(text)
        AppFiles(root).sync({"main.py": text})
        assert outside.read_text() == "kept"


def test_nothing_is_half_written_when_the_disk_refuses(tmp_path: Path) -> None:
    files = AppFiles(tmp_path)
    files.sync({"a/one.py": "1"})
    (tmp_path / "b").write_text("in the way, and not ours")
    with pytest.raises(OSError, match="b"):
        files.sync({"a/one.py": "2", "b/two.py": "2"})
    assert on_disk(tmp_path) == {"a/one.py": b"1", "b": b"in the way, and not ours"}
    assert files.sync({"a/one.py": "2"}).written == {"a/one.py"}


@pytest.mark.parametrize("path", ["a.py", "a/b.py", "ä/ö.py", ".env", "a b.txt"])
def test_plain_paths_are_taken(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize("path", ["", "/", "/a", "..", "a/..", "a/../b", "./a", "a//b", "a/", "a\nb", "a\\b", MANIFEST])
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(BadPathError):
        check_path(path)
