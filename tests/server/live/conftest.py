"""An app of one's own, and one that the tests of a file share because it takes a while to start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.tests.server.live.bench import Bench, new_bench
from podium.tests.support.names import unique_name
from podium.tests.support.server import Podium

WORKSHOP = Path(__file__).with_name("workshop.py").read_text()


@pytest.fixture
async def bench(podium: Podium, api: httpx.AsyncClient) -> AsyncIterator[Bench]:
    """A new app; its kernel is stopped at the end."""
    bench = await new_bench(podium, api)
    yield bench
    await api.delete(f"{bench.path}/run")


@pytest.fixture(scope="module")
def running_workshop(podium: Podium) -> Iterator[dict[str, Any]]:
    """The workshop as a running app."""
    with podium.client() as api:
        app: dict[str, Any] = api.post("/api/v1/apps", json={"name": unique_name("workshop")}).json()
        path = f"/api/v1/apps/{app['id']}"
        api.put(f"{path}/files/main.py", content=WORKSHOP.encode()).raise_for_status()
        api.post(f"{path}/run").raise_for_status()
        yield app
        api.delete(f"{path}/run")


@pytest.fixture
async def workshop(running_workshop: dict[str, Any], podium: Podium, api: httpx.AsyncClient) -> Bench:
    """The workshop for one test."""
    return Bench(podium, api, running_workshop)
