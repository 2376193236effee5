"""An app on a real server and everything that a page does with it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect

from podium.tests.support.names import unique_name
from podium.tests.support.server import Podium

NDJSON = {"Accept": "application/x-ndjson"}
Json = dict[str, Any]


@dataclass
class Events:
    """A reader of an app's event stream; ``hello`` is its first message."""

    socket: ClientConnection
    hello: Json

    async def next(self) -> Json:
        """Return the next event."""
        event: Json = json.loads(await self.socket.recv())
        return event

    async def until(self, wanted: Callable[[Json], bool]) -> Json:
        """Read on to the first event that is wanted."""
        while not wanted(event := await self.next()):
            pass
        return event

    async def stage(self, stage: str) -> Json:
        """Read on to the ``run`` event that tells this stage."""
        return await self.run(lambda data: data["stage"] == stage)

    async def run(self, wanted: Callable[[Json], bool]) -> Json:
        """Read on to the first ``run`` event whose data is wanted."""
        data: Json = (await self.until(lambda event: event["type"] == "run" and wanted(event["data"])))["data"]
        return data


@dataclass
class Bench:
    """One app."""

    podium: Podium
    api: httpx.AsyncClient
    app: Json

    @property
    def path(self) -> str:
        return f"/api/v1/apps/{self.app['id']}"

    @property
    def host(self) -> str:
        return f"{self.app['name']}.localhost:{self.podium.port}"

    async def write(self, text: str, path: str = "main.py") -> None:
        """Store a file."""
        answer = await self.api.put(f"{self.path}/files/{path}", content=text.encode())
        assert answer.status_code in {200, 201}, answer.text

    async def run(self) -> httpx.Response:
        return await self.api.post(f"{self.path}/run")

    async def start(self, text: str) -> Json:
        """Store ``main.py`` and run it; it must work."""
        await self.write(text)
        answer = await self.run()
        assert answer.status_code == 200, answer.text
        run: Json = answer.json()
        return run

    async def state(self) -> Json:
        run: Json = (await self.api.get(f"{self.path}/run")).json()
        return run

    async def send(self, path: str = "/", method: str = "GET", **request: Any) -> Json:
        """Send a request from the panel and return the whole exchange."""
        answer = await self.api.post(f"{self.path}/requests", json={"path": path, "method": method, **request})
        assert answer.status_code == 200, answer.text
        exchange: Json = answer.json()
        return exchange

    async def call(self, path: str = "/", method: str = "GET", **options: Any) -> httpx.Response:
        """Send a request to the app's own host, as a browser or any program would."""
        headers = {"Host": self.host, **options.pop("headers", {})}
        async with httpx.AsyncClient(base_url=self.podium.url, timeout=30) as anybody:
            return await anybody.request(method, path, headers=headers, **options)

    @asynccontextmanager
    async def events(self, since: int = 0, epoch: str | None = None) -> AsyncIterator[Events]:
        query = f"since={since}" + (f"&epoch={epoch}" if epoch is not None else "")
        async with self.socket(f"events?{query}") as socket:
            yield Events(socket, json.loads(await socket.recv()))

    def socket(self, path: str, **options: Any) -> connect:
        """Open one of the app's WebSockets in the API."""
        url = f"ws://127.0.0.1:{self.podium.port}{self.path}/{path}"
        # Without a limit to what it queues, the client takes in the closing handshake behind messages nobody read.
        headers = self.podium.bearer
        return connect(url, additional_headers=headers, max_size=None, max_queue=None, **options)

    async def kernel(self) -> psutil.Process:
        """Return the kernel's own process, as the app sees it."""
        exchange = await self.send("/pid")
        return psutil.Process(int(exchange["body"]["text"]))


async def new_bench(podium: Podium, api: httpx.AsyncClient) -> Bench:
    """Create an app of a name of its own."""
    answer = await api.post("/api/v1/apps", json={"name": unique_name("live")})
    assert answer.status_code == 201, answer.text
    return Bench(podium, api, answer.json())
