"""The Podium that is measured, and what the benchmark asks of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from podium.tests.support.apps import make_app, save_file
from podium.tests.support.server import Podium, running

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
"""The app of all measurements; ``mark`` tells its versions apart."""


@dataclass(frozen=True)
class Subject:
    """A running Podium and one kept connection to its API; every call raises for an answer that is an error."""

    podium: Podium
    http: httpx.Client

    def create(self, name: str, mark: str) -> None:
        """Create an app of the measurements."""
        make_app(self.http, name, {"main.py": APP.format(mark=mark)})

    def edit(self, name: str, mark: str) -> None:
        """Store its next version."""
        save_file(self.http, name, "main.py", APP.format(mark=mark))

    def run(self, name: str) -> dict[str, float]:
        """Run the app as it is stored; the milliseconds of its stages, as Podium tells them."""
        timings = self.http.post(f"/api/v1/apps/{name}/run").raise_for_status().json()["timings"]
        return {stage: taken for stage, taken in timings.items() if stage.endswith("_ms")}

    def memory(self, name: str) -> int | None:
        """Bytes that the app's kernel takes (proportional set size), once Podium has looked."""
        run = self.http.get(f"/api/v1/apps/{name}/run").raise_for_status().json()
        size: int | None = run["memory_bytes"]
        return size

    def stop(self, name: str) -> None:
        """Stop the app's kernel."""
        self.http.delete(f"/api/v1/apps/{name}/run").raise_for_status()


@contextmanager
def subject(**settings: str) -> Iterator[Subject]:
    """Start Podium in a data directory of its own and stop it at the end; ``settings`` are environment variables."""
    environment = {"PODIUM_LOG_LEVEL": "warning", "PODIUM_MAX_KERNELS": "100", **settings}
    with (
        tempfile.TemporaryDirectory(prefix="podium-bench-") as folder,
        running(Path(folder), env=environment) as podium,
        podium.client() as http,
    ):
        yield Subject(podium, http)


def unwarmed() -> AbstractContextManager[Subject]:
    """Start a Podium that keeps nothing warm: every kernel begins from nothing."""
    return subject(PODIUM_READY_KERNELS="0")
