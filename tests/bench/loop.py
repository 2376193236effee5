"""From Run to the app's first byte: a cold kernel, a kernel that is up, and an edit; beside ``uvicorn --reload``."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from podium.tests.bench.commands import fetch, free_port, milliseconds_since, running, until_answer
from podium.tests.bench.figures import Figure, Samples
from podium.tests.bench.podium_client import PodiumClient

TRIES = 15
COLD_TRIES = 7

APP = '''"""A small API."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float


@app.get("/")
def read_root() -> dict[str, str]:
    return {{"mark": "{mark}"}}


@app.post("/items")
def create_item(item: Item) -> Item:
    return item
'''


def measure(client: PodiumClient, peers: Path) -> list[Figure]:
    """Time from pressing Run (or saving, for the peer) to the first answer with the new code in it."""
    podium_cold, podium_edit, podium_again = [], [], []
    peer_cold, peer_edit = [], []
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        for attempt in range(COLD_TRIES):
            podium_cold.append(_podium_cold(client, f"cold-{attempt}"))
            peer_cold.append(_peer_cold(peers, Path(folder)))
        client.create("edited", {"main.py": APP.format(mark="start")})
        client.run("edited")
        port = free_port()
        with running(_uvicorn(peers, port), cwd=Path(folder)):
            until_answer(port, "/")
            for attempt in range(TRIES):
                podium_edit.append(_podium_edit(client, f"edit-{attempt}"))
                podium_again.append(_podium_run(client, "edited", f"edit-{attempt}"))
                peer_edit.append(_peer_edit(Path(folder), port, f"edit-{attempt}"))
        client.stop("edited")
    return [
        _figure("Run to first byte, cold kernel", podium_cold, peer_cold, "process start to first answer"),
        _figure("Run to first byte, warm kernel", podium_again, None, "the app runs and nothing was changed"),
        _figure("Run to first byte, after an edit", podium_edit, peer_edit, "saved file to first new answer"),
    ]


def _figure(name: str, podium: list[float], peer: list[float] | None, note: str) -> Figure:
    peers = {"uvicorn --reload": Samples(tuple(peer))} if peer else {}
    return Figure(name, "ms", Samples(tuple(podium)), peers, note=note)


def _podium_cold(client: PodiumClient, name: str) -> float:
    client.create(name, {"main.py": APP.format(mark=name)})
    elapsed = _podium_run(client, name, name)
    client.stop(name)
    return elapsed


def _podium_edit(client: PodiumClient, mark: str) -> float:
    client.save("edited", "main.py", APP.format(mark=mark))
    return _podium_run(client, "edited", mark)


def _podium_run(client: PodiumClient, name: str, mark: str) -> float:
    started = time.perf_counter()
    client.run(name)
    status, body = fetch(client.port, "/", {"Host": f"{name}.localhost:{client.port}"})
    elapsed = milliseconds_since(started)
    if status != 200 or mark.encode() not in body:
        raise RuntimeError(f"{name} answered {status} {body!r}")
    return elapsed


def _uvicorn(peers: Path, port: int) -> list[str]:
    return [str(peers / "uvicorn"), "main:app", "--reload", "--port", str(port), "--log-level", "error"]


def _peer_cold(peers: Path, folder: Path) -> float:
    (folder / "main.py").write_text(APP.format(mark="cold"))
    port = free_port()
    started = time.perf_counter()
    with running(_uvicorn(peers, port), cwd=folder):
        until_answer(port, "/", b"cold")
        return milliseconds_since(started)


def _peer_edit(folder: Path, port: int, mark: str) -> float:
    (folder / "main.py").write_text(APP.format(mark=mark))
    started = time.perf_counter()
    until_answer(port, "/", mark.encode())
    return milliseconds_since(started)
