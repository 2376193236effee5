"""The documents of apps: names, owners, deletion."""

from __future__ import annotations

import asyncio

import pytest

from podium.server.models.common import UserId
from podium.server.store.apps import Apps, NameTaken, NoSuchApp, StoredApp
from podium.server.store.client import Store

ME = UserId("me")
OTHER = UserId("other")


@pytest.fixture
async def apps(store: Store) -> Apps:
    apps = Apps(store)
    await apps.prepare()
    return apps


async def made(apps: Apps, owner: UserId, name: str) -> StoredApp:
    app = await apps.begin(owner)
    return await apps.publish(owner, app, name=name, entry="main.py", template=None)


async def test_an_app_is_found_by_id_and_by_name(apps: Apps) -> None:
    app = await made(apps, ME, "notes")
    assert await apps.get(ME, "notes") == app
    assert await apps.get(ME, app.id) == app
    assert app.created_at.tzinfo is not None


async def test_an_app_that_was_only_begun_is_invisible(apps: Apps) -> None:
    app = await apps.begin(ME)
    assert await apps.all(ME) == []
    with pytest.raises(NoSuchApp):
        await apps.get(ME, app)


async def test_nobody_sees_or_changes_the_apps_of_others(apps: Apps) -> None:
    app = await made(apps, ME, "notes")
    assert await apps.all(OTHER) == []
    for ref in (app.id, app.name):
        with pytest.raises(NoSuchApp):
            await apps.get(OTHER, ref)
    for change in (
        apps.update(OTHER, app.id, name="mine", entry=None),
        apps.delete(OTHER, app.id),
        apps.restore(OTHER, app.id, "mine"),
    ):
        with pytest.raises(NoSuchApp):
            await change
    await apps.touch(OTHER, app.id, "last_run_at")
    await apps.purge(OTHER, app.id)
    assert await apps.get(ME, app.id) == app


async def test_names_are_unique_for_one_owner_only(apps: Apps) -> None:
    await made(apps, ME, "notes")
    await made(apps, OTHER, "notes")
    with pytest.raises(NameTaken):
        await made(apps, ME, "notes")
    second = await made(apps, ME, "second")
    with pytest.raises(NameTaken):
        await apps.update(ME, second.id, name="notes", entry=None)


async def test_of_many_who_want_one_name_one_gets_it(apps: Apps) -> None:
    results = await asyncio.gather(*(made(apps, ME, "notes") for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(result, StoredApp) for result in results) == 1
    assert sum(isinstance(result, NameTaken) for result in results) == 7
    assert [app.name for app in await apps.all(ME)] == ["notes"]


async def test_the_newest_change_comes_first(apps: Apps) -> None:
    first, second = await made(apps, ME, "first"), await made(apps, ME, "second")
    assert [app.id for app in await apps.all(ME)] == [second.id, first.id]
    while (await apps.get(ME, first.id)).updated_at <= second.updated_at:
        await apps.touch(ME, first.id, "updated_at")
    assert [app.id for app in await apps.all(ME)] == [first.id, second.id]


async def test_a_deleted_app_frees_its_name_and_comes_back_under_another(apps: Apps) -> None:
    old = await made(apps, ME, "notes")
    await apps.delete(ME, old.id)
    new = await made(apps, ME, "notes")
    assert (await apps.deleted(ME, "notes")).id == old.id
    assert (await apps.deleted(ME, old.id)).id == old.id
    with pytest.raises(NameTaken):
        await apps.restore(ME, old.id, "notes")
    await apps.restore(ME, old.id, "notes-2")
    assert {app.id for app in await apps.all(ME)} == {old.id, new.id}


async def test_only_what_is_deleted_can_be_restored(apps: Apps) -> None:
    app = await made(apps, ME, "notes")
    with pytest.raises(NoSuchApp):
        await apps.deleted(ME, app.id)
    with pytest.raises(NoSuchApp):
        await apps.deleted(ME, "never-was")
    with pytest.raises(NoSuchApp):
        await apps.restore(ME, app.id, "again")


async def test_of_two_deleted_ones_of_a_name_the_last_comes_back(apps: Apps) -> None:
    first = await made(apps, ME, "notes")
    await apps.delete(ME, first.id)
    second = await made(apps, ME, "notes")
    while (await apps.deleted(ME, "notes")).id == first.id:
        await apps.restore(ME, second.id, "notes") if second.deleted_at else None
        await apps.delete(ME, second.id)
        second = await apps.deleted(ME, second.id)
    assert (await apps.deleted(ME, "notes")).id == second.id


async def test_the_sweep_sees_only_what_was_deleted_long_ago(apps: Apps) -> None:
    gone, kept = await made(apps, ME, "gone"), await made(apps, ME, "kept")
    await apps.delete(ME, gone.id)
    assert await apps.expired(3600) == []
    assert [app.id for app in await apps.expired(-1)] == [gone.id]
    await apps.purge(ME, gone.id)
    assert await apps.expired(-1) == []
    assert [app.id for app in await apps.all(ME)] == [kept.id]
