"""The supervised store process: it comes back, keeps its address, starts on demand, and goes with its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from pymongo import AsyncMongoClient

from podium.server.http.problem import StoreUnavailable
from podium.server.models.common import AppId, UserId
from podium.server.store import client as store_client
from podium.server.store.client import Document, Store
from podium.server.store.databases import Databases
from podium.server.store.files import Files
from podium.server.store.process import StoreProcess, StoreStartFailed
from podium.tests.server.conftest import START_S, running_store, supervised

DEADLINE_S = 60.0
OWNER = UserId("me")
APP = AppId("app_1")


async def available(process: StoreProcess, wanted: bool = True) -> None:
    """Wait until the process is (or is not) available."""
    async with asyncio.timeout(DEADLINE_S):
        while process.available is not wanted:  # noqa: ASYNC110 - the process has no event of its leaving
            await asyncio.sleep(0.01)


async def test_it_is_restarted_at_the_same_address_with_everything_in_it(tmp_path: Path) -> None:
    process = StoreProcess("the store", tmp_path)
    process.spawn()
    async with supervised(process) as reports, AsyncMongoClient[Document](process.uri, journal=True) as client:
        await process.wait_ready(START_S)
        await client.db.things.insert_one({"_id": 1})
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await available(process, False)
        await available(process)
        assert process.pid != first
        assert process.restarts == 1
        assert reports == ["The store ended (signal 9); it starts again in 0.1 s"]
        assert await client.db.things.find_one({"_id": 1}) == {"_id": 1}


async def test_on_demand_it_starts_with_the_first_client_who_waits_for_it(tmp_path: Path) -> None:
    process = StoreProcess("the apps' store", tmp_path, on_demand=True)
    async with supervised(process):
        uri = process.uri
        assert process.pid is None
        async with AsyncMongoClient[Document](uri, serverSelectionTimeoutMS=60_000) as client:
            await client.db.things.insert_one({"_id": 1})
        assert process.pid is not None
        assert process.uri == uri
    assert not psutil.pid_exists(process.pid)


async def test_a_store_that_cannot_start_says_why_once(tmp_path: Path) -> None:
    (tmp_path / "admin.db").mkdir()
    process = StoreProcess("the store", tmp_path)
    process.spawn()
    async with supervised(process):
        with pytest.raises(StoreStartFailed, match=r"unable to open database file\. Look at") as caught:
            await process.wait_ready(START_S)
    assert "\n" not in str(caught.value)


async def test_one_that_hangs_is_ended_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_client, "_WATCH_S", 0.05)
    monkeypatch.setattr(store_client, "_HANGS_AFTER_S", 0.5)
    async with running_store(tmp_path) as (store, process):
        watching = asyncio.create_task(store.watch())
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)
        await available(process, False)
        await available(process)
        watching.cancel()
        await asyncio.wait([watching])


async def test_while_it_is_away_there_is_a_reason(tmp_path: Path) -> None:
    async with running_store(tmp_path) as (store, process):
        await store.ping()
        process.kill()
        await available(process, False)
        with pytest.raises(StoreUnavailable, match="signal 9") as caught:
            await store.ping()
        assert caught.value.status == 503
        assert int(caught.value.headers["Retry-After"]) >= 1
        await available(process)
        async with asyncio.timeout(DEADLINE_S):
            while not await _answers(store):  # noqa: ASYNC110 - asking is the only way to know
                await asyncio.sleep(0.01)


async def test_a_full_disk_is_said_and_forgotten_when_there_is_room_again(tmp_path: Path) -> None:
    async with running_store(tmp_path) as (store, process):
        files = Files(store)
        await files.create(OWNER, APP, {"main.py": "x = 1"})
        child = psutil.Process(process.pid)
        unlimited = child.rlimit(psutil.RLIMIT_FSIZE)
        child.rlimit(psutil.RLIMIT_FSIZE, (1024, unlimited[1]))
        with pytest.raises(StoreUnavailable, match="The store refused") as caught:
            await files.write(OWNER, APP, "main.py", "x = 2" * 10_000)
        assert caught.value.status == 503
        child.rlimit(psutil.RLIMIT_FSIZE, unlimited)
        assert (await files.tree(OWNER, APP)).texts() == {"main.py": "x = 1"}
        await files.write(OWNER, APP, "main.py", "x = 3")
        assert (await files.tree(OWNER, APP)).texts() == {"main.py": "x = 3"}


async def test_what_is_remembered_of_an_app_is_what_is_stored_even_after_writes_that_were_given_up(
    tmp_path: Path,
) -> None:
    async with running_store(tmp_path) as (store, _):
        files = Files(store)
        await files.create(OWNER, APP, {"main.py": ""})
        for turns in range(60):
            writing = asyncio.create_task(files.write(OWNER, APP, "main.py", f"x = {turns}"))
            for _ in range(turns // 2):
                await asyncio.sleep(0)
            writing.cancel()
            await asyncio.wait([writing])
            async with asyncio.timeout(DEADLINE_S):
                while await files.tree(OWNER, APP) != await Files(store).tree(OWNER, APP):
                    pass  # a write that was given up may still have been on its way
        assert await files.tree(OWNER, APP) != (await files.write(OWNER, APP, "main.py", "y"))[0]
        assert await files.tree(OWNER, APP) is await files.tree(OWNER, APP)


async def _answers(store: Store) -> bool:
    try:
        await store.ping()
    except StoreUnavailable:
        return False
    return True


def test_it_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from podium.server.store.process import StoreProcess\n"
        "process = StoreProcess('the store', pathlib.Path(sys.argv[1]))\n"
        "process.spawn()\n"
        "print(process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(DEADLINE_S)


async def test_each_app_has_a_database_of_its_own_which_can_be_dropped(tmp_path: Path) -> None:
    process = StoreProcess("the apps' store", tmp_path, on_demand=True)
    databases = Databases(None, process)
    async with supervised(process):
        await databases.drop(AppId("app_1"))
        assert process.pid is None, "nothing was stored, so the store is not woken"
        for app in ("app_1", "app_2"):
            async with AsyncMongoClient[Document](
                databases.uri_for(AppId(app)), serverSelectionTimeoutMS=60_000
            ) as client:
                await client.get_default_database().things.insert_one({"_id": app})
        await databases.drop(AppId("app_1"))
        assert not [name for name in os.listdir(tmp_path) if name.startswith("app_1")]
        async with AsyncMongoClient[Document](databases.uri_for(AppId("app_2"))) as client:
            assert await client.get_default_database().things.find_one() == {"_id": "app_2"}


def test_a_server_of_ones_own_keeps_its_options() -> None:
    process = StoreProcess("the apps' store", Path("unused"), on_demand=True)
    databases = Databases("mongodb://me:secret@db.lan:27018/ignored?tls=true", process)
    assert databases.uri_for(AppId("app_1")) == "mongodb://me:secret@db.lan:27018/app_1?tls=true"
    asyncio.run(process.stop())
