"""Starts real runners as processes and speaks to them as the kernels room and the gateway do."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, Literal

import httpx
from websockets.asyncio.client import connect

from podium.runner.protocol import Event, EventType, Health, Load, Loaded, LoadFailed, Record
from podium.runner.wire import from_wire, to_wire
from podium.tests.runner.kernel_client import KernelClient

Body = Literal["kernel", "live"]
MODULES = {"kernel": "podium.runner.kernel", "live": "podium.runner"}
TOKEN = secrets.token_urlsafe()


class RunnerProcess:
    """One runner in a process of its own, with both ports bound before it starts."""

    def __init__(self, folder: Path, body: Body = "live", **environment: str) -> None:
        self.body = body
        self.app_dir = folder / "app"
        self.app_dir.mkdir(parents=True)
        self.output = folder / "output"
        self._app = socket.create_server(("127.0.0.1", 0))
        self._control = socket.create_server(("127.0.0.1", 0))
        self.app_port: int = self._app.getsockname()[1]
        self.control_port: int = self._control.getsockname()[1]
        self.connection_file = folder / "connection.json"
        self._environment = environment
        self.process = self._spawn()

    def restart(self) -> None:
        """Start a new process in the same folder, on the same ports."""
        self._app = socket.create_server(("127.0.0.1", self.app_port))
        self._control = socket.create_server(("127.0.0.1", self.control_port))
        self.process = self._spawn()

    async def console_is_up(self) -> None:
        """Wait until the kernel's main thread answers."""
        async with KernelClient(self.connection_file):
            pass

    def wait(self, seconds: float = 30) -> int:
        """Wait for the process's end and return its status."""
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Kill the process, whatever state it is in, and reap it."""
        self.process.kill()
        self.process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-P", "-m", MODULES[self.body]]
        if self.body == "kernel":
            from jupyter_client.connect import write_connection_file

            write_connection_file(str(self.connection_file), ip="127.0.0.1", key=TOKEN.encode())
            arguments += ["-f", str(self.connection_file)]
        environment = os.environ | {
            "PODIUM_APP_DIR": str(self.app_dir),
            "PODIUM_APP_FD": str(self._app.fileno()),
            "PODIUM_CONTROL_FD": str(self._control.fileno()),
            "PODIUM_CONTROL_TOKEN": TOKEN,
            **self._environment,
        }
        with self._app, self._control, self.output.open("wb") as output:
            return subprocess.Popen(
                arguments,
                cwd=self.app_dir,
                env=environment,
                pass_fds=(self._app.fileno(), self._control.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


class Runner:
    """Speaks to a runner's two ports. Events from before it was made are not looked at."""

    def __init__(self, process: RunnerProcess) -> None:
        self.process = process
        self.app_dir = process.app_dir
        self.since = 0
        self.app = httpx.AsyncClient(base_url=f"http://127.0.0.1:{process.app_port}", timeout=30, verify=False)
        self.control = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{process.control_port}",
            timeout=60,
            verify=False,
            headers={"authorization": f"Bearer {TOKEN}"},
        )

    async def __aenter__(self) -> Runner:
        self.since = (await self.health()).last_event
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.app.aclose()
        await self.control.aclose()

    def websocket(self, path: str) -> connect:
        """Open a WebSocket to the app."""
        return connect(f"ws://127.0.0.1:{self.process.app_port}{path}")

    async def load(self, files: dict[str, str], entry: str = "main.py", version: str = "v1") -> Loaded | LoadFailed:
        """Load files and return the answer, whichever it is."""
        answer = await self.control.post("/load", json=to_wire(Load(files, entry, version)))
        if answer.status_code == 422:
            return from_wire(LoadFailed, answer.json())
        assert answer.status_code == 200, answer.text
        return from_wire(Loaded, answer.json())

    async def loaded(self, files: dict[str, str], entry: str = "main.py", version: str = "v1") -> Loaded:
        """Load files that must load."""
        answer = await self.load(files, entry, version)
        assert isinstance(answer, Loaded), answer
        return answer

    async def refused(self, files: dict[str, str], entry: str = "main.py", version: str = "v1") -> LoadFailed:
        """Load files that must not load."""
        answer = await self.load(files, entry, version)
        assert isinstance(answer, LoadFailed), answer
        return answer

    async def health(self) -> Health:
        """Ask for the runner's health."""
        return from_wire(Health, (await self.control.get("/healthz")).json())

    async def events(self, since: int | None = None) -> AsyncGenerator[Event, None]:
        """Follow the event stream, from what is new since this client was made."""
        number = self.since if since is None else since
        async with self.control.stream("GET", "/events", params={"since": number}) as answer:
            async for line in answer.aiter_lines():
                yield from_wire(Event, json.loads(line))

    async def event(self, type_: EventType, fits: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
        """Wait for the first event of a type that fits, and return its data."""
        async with contextlib.aclosing(self.events()) as events:
            async for event in events:
                if event.type is type_ and fits(event.data):
                    return event.data
        raise AssertionError("the event stream ended")

    async def record(self, path: str) -> Record:
        """Wait for the record of the first request to ``path`` (with its query string)."""
        data = await self.event(EventType.REQUEST_FINISHED, lambda record: record["request"]["path"] == path)
        return from_wire(Record, data)
