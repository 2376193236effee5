"""A store for tests of queries: a child process of our own, or the server of ``PODIUM_TEST_MONGO_URI``."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from podium.server.settings import StoreSettings
from podium.server.store.client import Document, Store
from podium.server.store.process import StoreProcess

START_S = 60.0


@asynccontextmanager
async def supervised(process: StoreProcess) -> AsyncIterator[list[str]]:
    """Supervise a process; gives the list of what it reports."""
    reports: list[str] = []
    task = asyncio.create_task(process.supervise(reports.append))
    try:
        yield reports
    finally:
        await process.stop()
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def running_store(folder: Path) -> AsyncIterator[tuple[Store, StoreProcess]]:
    """A store whose process runs, and is supervised until the end."""
    process = StoreProcess("the store", folder)
    process.spawn()
    async with supervised(process):
        await process.wait_ready(START_S)
        store = Store(StoreSettings(), process)
        yield store, process
        await store.close()


@pytest.fixture(scope="session")
def store_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI of a MongoDB server or of a store process that the tests of one worker share."""
    given = os.environ.get("PODIUM_TEST_MONGO_URI")
    if given is not None:
        yield given
        return
    with asyncio.Runner() as runner:
        process = StoreProcess("the store", tmp_path_factory.mktemp("store"))
        process.spawn()
        supervising = supervised(process)
        runner.run(supervising.__aenter__())
        runner.run(process.wait_ready(START_S))
        yield process.uri
        runner.run(supervising.__aexit__(None, None, None))


@pytest.fixture
async def store(store_uri: str) -> AsyncIterator[Store]:
    """A database with nothing in it."""
    database = f"podium-test-{uuid.uuid4().hex}"
    opened = Store(StoreSettings(uri=store_uri, database=database), None)
    yield opened
    await opened.close()
    async with AsyncMongoClient[Document](store_uri) as client:
        await client.drop_database(database)
