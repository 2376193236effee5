"""What was acknowledged stays, whatever is killed and whenever; and the server comes back by itself."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx
import psutil

from podium.tests.support.server import BARE, Podium, running

APPS = "/api/v1/apps"
DEADLINE_S = 60.0
ROUNDS = 3


class Writer:
    """Writes one file after the other and remembers what was acknowledged."""

    def __init__(self, client: httpx.AsyncClient, app: str) -> None:
        self._client = client
        self._files = f"{APPS}/{app}/files"
        self.acknowledged: dict[str, str] = {}
        self.refusals: list[httpx.Response] = []
        self.written = asyncio.Event()

    async def write(self) -> None:
        """Go on until cancelled, through every refusal and lost connection."""
        number = 0
        while True:
            number += 1
            path, text = f"{number % 40}.txt", f"{number} " * 100
            try:
                answer = await self._client.put(f"{self._files}/{path}", content=text.encode())
            except httpx.TransportError:
                self.acknowledged.pop(path, None)  # nobody knows whether it was written
                await asyncio.sleep(0)
                continue
            if answer.is_success:
                self.acknowledged[path] = text
                self.written.set()
            else:
                self.refusals.append(answer)
                self.acknowledged.pop(path, None)

    async def progress(self) -> None:
        """Wait until one more write was acknowledged."""
        self.written.clear()
        await asyncio.wait_for(self.written.wait(), DEADLINE_S)

    async def lost(self) -> list[str]:
        """What was acknowledged and is not there."""
        answer = await self._client.get(f"{self._files}?text=true")
        found = {file["path"]: file["text"] for file in answer.json()["files"]}
        return [path for path, text in self.acknowledged.items() if found.get(path) != text]


async def test_a_store_killed_in_the_middle_of_writes(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        async with podium.async_client() as client:
            await client.post(APPS, json={"name": "notes"})
            writer = Writer(client, "notes")
            writing = asyncio.create_task(writer.write())
            for _ in range(ROUNDS):
                await writer.progress()
                podium.store().kill()
                await writer.progress()
            writing.cancel()
            await asyncio.wait([writing])
            assert await writer.lost() == []
    for refusal in writer.refusals:
        assert refusal.status_code == 503
        document = refusal.json()
        assert document["type"] == "/problems/store-unavailable"
        assert document["detail"]
        assert int(refusal.headers["Retry-After"]) >= 1


async def test_the_stores_are_apart_and_readiness_follows_the_platforms(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        store = podium.store()
        async with podium.async_client() as client:
            await client.post(APPS, json={"name": "notes"})
            assert (await client.get("/readyz")).status_code == 200
            store.kill()
            statuses = await states_until_ready_again(client)
            assert (await client.get("/healthz")).status_code == 200
        assert 503 in statuses
        kept, apart = os.listdir(data_dir / "store"), os.listdir(data_dir / "databases")
        assert "podium.db" in kept
        assert apart == [], "no app stored anything, so the apps' store does not even run"
    assert any("starts again" in line for line in podium.stderr)


async def states_until_ready_again(client: httpx.AsyncClient) -> set[int]:
    """Every status of ``/readyz`` until it has been away and back."""
    seen: set[int] = set()
    async with asyncio.timeout(DEADLINE_S):
        while True:
            status = (await client.get("/readyz")).status_code
            if status == 200 and 503 in seen:
                return seen
            seen.add(status)
            await asyncio.sleep(0.005)


async def test_a_server_killed_in_the_middle_of_writes(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        async with podium.async_client() as client:
            await client.post(APPS, json={"name": "notes"})
            writer = Writer(client, "notes")
            writing = asyncio.create_task(writer.write())
            for _ in range(10):
                await writer.progress()
            children = podium.children()
            await asyncio.to_thread(podium.kill)
            writing.cancel()
            await asyncio.wait([writing])
    await all_gone(children)
    acknowledged = writer.acknowledged
    with running(data_dir, env=BARE) as again:
        async with again.async_client() as client:
            reader = Writer(client, "notes")
            reader.acknowledged = acknowledged
            assert acknowledged
            assert await reader.lost() == []


async def all_gone(processes: list[psutil.Process]) -> None:
    """Wait until every process has ended."""
    assert processes
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, DEADLINE_S)
    assert not alive


async def test_a_deleted_app_is_forgotten_after_a_while(data_dir: Path) -> None:
    with running(data_dir, env=BARE | {"PODIUM_UNDO_SECONDS": "0.001"}) as podium:
        async with podium.async_client() as client:
            app = (await client.post(APPS, json={"name": "notes"})).json()
            await client.delete(f"{APPS}/notes")
    with running(data_dir, env=BARE | {"PODIUM_UNDO_SECONDS": "0.001"}) as podium:
        async with podium.async_client() as client, asyncio.timeout(DEADLINE_S):
            while True:
                answer: Any = await client.post(f"{APPS}/{app['id']}/restore")
                if answer.status_code == 404:
                    break
                await client.delete(f"{APPS}/{app['id']}")


def test_nothing_that_signs_in_is_written_down(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        use_the_token_everywhere(podium)
    secrets = [podium.token.encode()]
    leaks = [
        (path, secret)
        for path in data_dir.rglob("*")
        if path.is_file()
        for secret in secrets
        if secret in path.read_bytes()
    ]
    assert leaks == []
    assert podium.token not in "".join(podium.stderr)


def use_the_token_everywhere(podium: Podium) -> None:
    """Send the token in each way in which it can be sent, right and wrong."""
    with podium.client() as client:
        client.get("/", params={"token": podium.token})
        client.get("/apps/x", params={"token": podium.token, "next": f"/?token={podium.token}"})
        client.get("/api/v1/apps", params={"token": podium.token})
        client.get(f"/api/v1/apps/{podium.token}")
        client.get("/healthz", headers={"Referer": f"{podium.url}/?token={podium.token}"})
        client.post("/api/v1/session", json={"token": podium.token})
        client.post("/api/v1/session", content=b'{"token": "' + podium.token.encode())
