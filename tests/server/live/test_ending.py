"""A server that ends, gently or not, with everything open: nothing stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from podium.tests.server.live.bench import NDJSON, Bench, new_bench
from podium.tests.server.live.conftest import WORKSHOP
from podium.tests.server.live.test_language import Editor
from podium.tests.support.server import Podium, running

GONE_S = 20.0


@asynccontextmanager
async def busy(podium: Podium) -> AsyncIterator[Bench]:
    """An app that runs, with a console, an editor, a reader of events and a stream that never ends."""
    async with podium.async_client() as api:
        bench = await new_bench(podium, api)
        await bench.start(WORKSHOP)
        async with (
            bench.socket("events"),
            bench.socket("console"),
            bench.socket("lsp") as lsp,
            api.stream("POST", f"{bench.path}/requests", json={"path": "/stream"}, headers=NDJSON) as panel,
            httpx.AsyncClient(base_url=podium.url, headers={"Host": bench.host}) as anybody,
            anybody.stream("GET", "/stream") as browser,
        ):
            await Editor(lsp).initialize()
            await anext(panel.aiter_lines())
            await anext(browser.aiter_bytes())
            yield bench


async def left_of(children: list[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that are still there after a while."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, children, GONE_S)
    return alive


async def use_up_to_the_end(podium: Podium, number: signal.Signals) -> tuple[int, list[psutil.Process]]:
    """End a busy server; returns its exit code and the processes it had. Raises what its clients notice."""
    async with busy(podium) as bench, bench.socket("events") as events:
        children = podium.children()
        code = await asyncio.to_thread(podium.stop, number)
        with contextlib.suppress(ConnectionClosed):
            while True:
                await events.recv()
    return code, children


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_server_that_ends_takes_everything_with_it(data_dir: Path, number: signal.Signals) -> None:
    with running(data_dir) as podium:
        code, children = await use_up_to_the_end(podium, number)
        assert code == (0 if number is signal.SIGTERM else -number)
        assert await left_of(children) == []
        assert podium.stderr == []
        assert '"level": "error"' not in podium.log()


async def test_what_was_recorded_is_there_after_a_kill_and_a_new_start(data_dir: Path) -> None:
    with running(data_dir) as podium:
        async with podium.async_client() as api:
            bench = await new_bench(podium, api)
            await bench.start(WORKSHOP)
            secret = [["Authorization", "Bearer app-secret"]]
            id = (await bench.send("/print", headers=secret))["record"]["id"]
            assert len((await api.get(f"{bench.path}/requests")).json()["requests"]) == 1
        podium.kill()
    assert all(b"app-secret" not in content for content in await asyncio.to_thread(contents, data_dir))
    with running(data_dir) as podium:
        async with podium.async_client() as api:
            bench = Bench(podium, api, bench.app)
            history = (await api.get(f"{bench.path}/requests")).json()["requests"]
            assert [item["id"] for item in history] == [id]
            record = (await api.get(f"{bench.path}/requests/{id}")).json()
            assert [line["text"] for line in record["logs"]] == ["printed by the app"]
            assert (await bench.state())["state"] == "stopped"
            replayed = await api.post(f"{bench.path}/requests/{id}/replay")
            assert replayed.status_code == 409
            assert replayed.json()["type"] == "/problems/cannot-replay"
            assert "authorization" in replayed.json()["detail"]


def contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
