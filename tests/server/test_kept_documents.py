"""What is kept in memory of the store: never older than what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.server.models.common import UserId
from podium.server.store.apps import Apps, NameTaken, NoSuchApp, StoredApp
from podium.server.store.memory import Kept
from podium.tests.server.conftest import running_store

ME, OTHER = UserId("me"), UserId("other")


@pytest.fixture
def kept() -> Kept[str, int]:
    kept = Kept[str, int](2)
    kept.read("a", 1, 0)
    return kept


def test_as_many_are_kept_as_there_is_room_for(kept: Kept[str, int]) -> None:
    kept.read("b", 2, 0)
    kept.read("c", 3, 0)
    assert [kept.get(key) for key in "abc"] == [None, 2, 3]
    nothing = Kept[str, int](0)
    nothing.read("a", 1, 0)
    assert nothing.get("a") is None


def test_what_was_being_read_during_a_write_is_not_kept(kept: Kept[str, int]) -> None:
    since = kept.writes
    kept.forget("a")
    kept.read("a", 1, since)
    assert kept.get("a") is None
    kept.read("a", 2, kept.writes)
    assert kept.get("a") == 2


def test_what_may_still_be_written_is_not_kept(kept: Kept[str, int]) -> None:
    kept.doubt("a")
    kept.read("a", 1, kept.writes)
    assert kept.get("a") is None


async def test_apps_are_known_until_they_change(tmp_path: Path) -> None:
    async with running_store(tmp_path) as (store, _):
        apps = Apps(store)
        await apps.prepare()
        first, second = [await _made(apps, name) for name in ("first", "second")]
        assert await apps.get(ME, "first") is await apps.get(ME, first.id)
        with pytest.raises(NoSuchApp):
            await apps.get(OTHER, "first")

        await apps.touch(ME, first.id, "last_run_at")
        await apps.touch(OTHER, first.id, "last_request_at")
        assert await apps.get(ME, "first") == await Apps(store).get(ME, "first") != first
        assert (await apps.set_variables(ME, first.id, {"A": "1"})).variables == {"A": "1"}
        with pytest.raises(NameTaken):
            await apps.update(ME, first.id, name="second", entry=None)
        assert await apps.get(ME, "second") == second
        await apps.update(ME, first.id, name="third", entry=None)
        with pytest.raises(NoSuchApp):
            await apps.get(ME, "first")

        await apps.delete(ME, first.id)
        with pytest.raises(NoSuchApp):
            await apps.get(ME, first.id)


async def _made(apps: Apps, name: str) -> StoredApp:
    return await apps.publish(ME, await apps.begin(ME), name=name, entry="main.py", template=None)
