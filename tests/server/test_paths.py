"""What a file may be called."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.server.models.apps import MAX_PATH_CHARS
from podium.server.store.paths import InvalidPath, PathClash, check_clash, clean

REFUSED = [
    "", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", "./a", "a/.", "a//b", "a/", "//host/share",
    "a\0b", "a\nb", "a\x7f", "a\u202eb", "a\u200bb", "a\u2028b", "\ufeffa", "\ud800",
    "a\\b", "..\\x", "\\\\host\\share", "C:\\x", "C:x", "c:/x", "a<b", "a>b", 'a"b', "a|b", "a?b", "a*b",
    "CON", "con.py", "aux.tar.gz", "x/NUL", "nul .txt", "COM1", "lpt9.txt", "com¹", "CONIN$",
    "a.", "a ", " a", "a./b", "a /b", "x/ b",
    "a" * (MAX_PATH_CHARS + 1), "\U0001f600" * 70,
]  # fmt: skip
ACCEPTED = [
    "main.py", "a/b/c.txt", ".env", ".github/x.yml", "a..b", "...a", "console.py", "com10", "null", "é.py",
    "данные/файл.txt", "name with spaces.md", "a" * MAX_PATH_CHARS, "%2e%2e", "x~", "$HOME", "-rf",
]  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_refused(path: str) -> None:
    with pytest.raises(InvalidPath) as caught:
        clean(path)
    assert caught.value.status == 422
    assert caught.value.detail


@pytest.mark.parametrize("path", ACCEPTED)
def test_accepted(path: str) -> None:
    assert clean(path) == path


def test_one_form_of_unicode_is_kept() -> None:
    assert clean(unicodedata.normalize("NFD", "é.py")) == unicodedata.normalize("NFC", "é.py")


def test_the_limit_is_named() -> None:
    with pytest.raises(InvalidPath) as caught:
        clean("a" * 201)
    assert caught.value.problem().limit == MAX_PATH_CHARS


@given(st.text(max_size=40) | st.lists(st.sampled_from(["..", ".", "/", "a", "\\", "%2e", "~"])).map("".join))
def test_an_accepted_path_stays_inside_its_folder_and_is_in_normal_form(path: str) -> None:
    try:
        accepted = clean(path)
    except InvalidPath:
        return
    root = Path("/srv/data")
    assert (root / accepted).resolve().is_relative_to(root)
    assert not Path(accepted).is_absolute()
    assert clean(accepted) == accepted
    assert unicodedata.is_normalized("NFC", accepted)


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("Main.py", "main.py"),
        ("A/x.py", "a/y.py"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("a/b/c", "a/b"),
        ("A", "a/b"),
        ("STRASSE", "straße"),
    ],
)
def test_clashes(path: str, other: str) -> None:
    with pytest.raises(PathClash):
        check_clash(path, ["z.py", other])


@pytest.mark.parametrize(
    ("path", "other"), [("a/x", "a/y"), ("ab", "a/b"), ("data-secret/x", "data/x"), ("a.b", "a/b")]
)
def test_neighbours(path: str, other: str) -> None:
    check_clash(path, [other])
