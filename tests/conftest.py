"""Fixtures for every room: a shared real server, and clients for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings

from podium.tests.support.clients import http_client
from podium.tests.support.names import unique_name
from podium.tests.support.server import Podium, running

# How long an example takes says more about the machine than about the code.
settings.register_profile("podium", deadline=None)
settings.load_profile("podium")


@pytest.fixture(scope="session")
def podium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podium]:
    """A running server that the tests of one worker share. Tests that kill or configure one start their own."""
    with running(tmp_path_factory.mktemp("podium") / "data") as server:
        yield server


@pytest.fixture
async def api(podium: Podium) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared server that sends the token."""
    async with podium.async_client() as client:
        yield client


@pytest.fixture
async def anonymous(podium: Podium) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the shared server that sends no credentials."""
    async with http_client(podium.url) as client:
        yield client


@pytest.fixture
async def app(api: httpx.AsyncClient) -> dict[str, Any]:
    """A new app with one ``main.py``, as the API shows it."""
    answer = await api.post("/api/v1/apps", json={"name": unique_name()})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data directory that does not exist yet."""
    return tmp_path / "data"
