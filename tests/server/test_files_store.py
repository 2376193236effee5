"""The files of an app as one document: limits, preconditions, races, owners."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.server.http.problem import ApiError, PreconditionFailed
from podium.server.models.apps import MAX_APP_BYTES, MAX_FILE_BYTES, MAX_FILES
from podium.server.models.common import AppId, UserId
from podium.server.store.client import Store
from podium.server.store.files import (
    AppTooLarge,
    FileExists,
    Files,
    FileTooLarge,
    NoSuchFile,
    Precondition,
    TooManyFiles,
    etag_of,
)
from podium.server.store.paths import PathClash

ME = UserId("me")
OTHER = UserId("other")
APP = AppId("app_1")


@pytest.fixture
async def files(store: Store) -> Files:
    files = Files(store)
    await files.prepare()
    await files.create(ME, APP, {"main.py": "x = 1\n", "a/b.txt": "hello"})
    return files


async def test_what_is_written_is_read(files: Files) -> None:
    tree, created = await files.write(ME, APP, "new.py", "π = 3")
    assert created
    assert tree.revision == 2
    assert tree.get("new.py").size == 6
    assert (await files.tree(ME, APP)).texts() == {"main.py": "x = 1\n", "a/b.txt": "hello", "new.py": "π = 3"}


async def test_writing_the_same_text_changes_nothing(files: Files) -> None:
    before = await files.tree(ME, APP)
    after, created = await files.write(ME, APP, "main.py", "x = 1\n")
    assert (after, created) == (before, False)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
async def test_any_text_comes_back_as_it_was(files: Files, text: str) -> None:
    await files.write(ME, APP, "any.txt", text)
    assert (await files.tree(ME, APP)).get("any.txt").text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "a\0b",
        "\r\n\r",
        "\u2028\ufeff",
        "'\"\\",
        '{"$oid": "x"}',
        "$set",
        "\U0001f600",
        "__neosqlite_binary__",
    ],
)
async def test_odd_texts_come_back_too(files: Files, text: str) -> None:
    await files.write(ME, APP, "any.txt", text)
    assert (await files.tree(ME, APP)).get("any.txt").text == text


async def test_nobody_reads_or_changes_the_files_of_others(files: Files) -> None:
    before = await files.tree(ME, APP)
    for attempt in (
        files.tree(OTHER, APP),
        files.write(OTHER, APP, "main.py", "stolen"),
        files.remove(OTHER, APP, "main.py"),
        files.rename(OTHER, APP, "main.py", "mine.py"),
    ):
        with pytest.raises(NoSuchFile):
            await attempt
    await files.purge(OTHER, APP)
    assert await files.revisions(OTHER) == {}
    assert await files.tree(ME, APP) == before


async def test_preconditions_are_about_the_text_that_is_there(files: Files) -> None:
    tag = etag_of("x = 1\n")
    await files.write(ME, APP, "main.py", "x = 2\n", Precondition(match=frozenset([tag])))
    for precondition in (
        Precondition(match=frozenset([tag])),
        Precondition(none_match=frozenset("*")),
        Precondition(match=frozenset()),
    ):
        with pytest.raises(PreconditionFailed) as caught:
            await files.write(ME, APP, "main.py", "x = 3\n", precondition)
        assert caught.value.problem().etag == etag_of("x = 2\n")
        assert caught.value.headers["ETag"] == etag_of("x = 2\n")
    with pytest.raises(PreconditionFailed):
        await files.write(ME, APP, "missing.py", "", Precondition(match=frozenset("*")))
    assert (await files.tree(ME, APP)).get("main.py").text == "x = 2\n"


async def test_of_many_who_change_one_file_one_wins(files: Files) -> None:
    expected = Precondition(match=frozenset([etag_of("x = 1\n")]))
    results = await asyncio.gather(
        *(files.write(ME, APP, "main.py", f"x = {n}", expected) for n in range(10, 18)), return_exceptions=True
    )
    won = [result for result in results if not isinstance(result, BaseException)]
    assert len(won) == 1
    assert all(isinstance(result, PreconditionFailed) for result in results if isinstance(result, BaseException))
    assert await files.tree(ME, APP) == won[0][0]


async def test_many_who_change_different_files_all_win(files: Files) -> None:
    await asyncio.gather(*(files.write(ME, APP, f"f{n}.py", str(n)) for n in range(10)))
    tree = await files.tree(ME, APP)
    assert {f"f{n}.py" for n in range(10)} <= set(tree.files)
    assert tree.revision == 11


async def refused(files: Files, path: str, text: str, kind: type[ApiError], limit: int) -> None:
    """The write is refused with the limit named, and nothing is changed."""
    before = await files.tree(ME, APP)
    with pytest.raises(kind) as caught:
        await files.write(ME, APP, path, text)
    assert caught.value.problem().limit == limit
    assert await files.tree(ME, APP) == before


async def test_the_limit_of_a_file(files: Files) -> None:
    await files.write(ME, APP, "big.txt", "é" * (MAX_FILE_BYTES // 2))
    await refused(files, "big.txt", "é" * (MAX_FILE_BYTES // 2) + "x", FileTooLarge, MAX_FILE_BYTES)


async def test_the_limit_of_an_app(files: Files) -> None:
    for number in range(4):
        await files.write(ME, APP, f"big{number}.txt", "x" * MAX_FILE_BYTES)
    used = sum(file.size for file in (await files.tree(ME, APP)).files.values())
    await files.write(ME, APP, "rest.txt", "x" * (MAX_APP_BYTES - used))
    await refused(files, "one-more.txt", "x", AppTooLarge, MAX_APP_BYTES)


async def test_the_limit_of_files(files: Files) -> None:
    await files.create(ME, AppId("app_2"), {f"{number}.txt": "" for number in range(MAX_FILES)})
    with pytest.raises(TooManyFiles) as caught:
        await files.write(ME, AppId("app_2"), "one-more.txt", "")
    assert caught.value.problem().limit == MAX_FILES
    with pytest.raises(TooManyFiles):
        await files.create(ME, AppId("app_3"), {f"{number}.txt": "" for number in range(MAX_FILES + 1)})
    with pytest.raises(NoSuchFile):
        await files.tree(ME, AppId("app_3"))


async def test_clashes_are_refused(files: Files) -> None:
    for path in ("Main.py", "a", "main.py/x", "A/c.txt"):
        with pytest.raises(PathClash):
            await files.write(ME, APP, path, "")
    with pytest.raises(PathClash):
        await files.rename(ME, APP, "main.py", "a")


async def test_renaming(files: Files) -> None:
    tree = await files.rename(ME, APP, "main.py", "MAIN.py")
    assert set(tree.files) == {"MAIN.py", "a/b.txt"}
    assert tree.get("MAIN.py").etag == etag_of("x = 1\n")
    with pytest.raises(FileExists):
        await files.rename(ME, APP, "MAIN.py", "a/b.txt")
    with pytest.raises(NoSuchFile):
        await files.rename(ME, APP, "main.py", "x.py")
    assert await files.rename(ME, APP, "a/b.txt", "a/b.txt") == tree


async def test_removing(files: Files) -> None:
    with pytest.raises(PreconditionFailed):
        await files.remove(ME, APP, "main.py", Precondition(match=frozenset(['"old"'])))
    assert set((await files.remove(ME, APP, "main.py")).files) == {"a/b.txt"}
    with pytest.raises(NoSuchFile):
        await files.remove(ME, APP, "main.py")
