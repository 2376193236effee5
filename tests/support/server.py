"""A real Podium for tests: ``podium up`` in a process of its own, on a free port, with a data directory of its own."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil

from podium.tests.support.clients import blocking_client, http_client

READY_S = 60.0
STOP_S = 30.0
CLI = "from podium.server.cli import main; main()"


class DidNotStart(Exception):  # noqa: N818 - says what happened
    """``podium up`` ended, or said nothing, instead of becoming ready; the message is what it wrote."""


@dataclass
class Podium:
    """A running Podium. ``url`` has no slash at its end."""

    process: subprocess.Popen[str]
    data_dir: Path
    url: str
    token: str
    stderr: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port of :attr:`url`."""
        return urlsplit(self.url).port or 0

    @property
    def link(self) -> str:
        """The address that signs a browser in."""
        return f"{self.url}/?token={self.token}"

    def client(self, **options: Any) -> httpx.Client:
        """A client that sends the token with each request."""
        return blocking_client(self.url, headers=self.bearer, **options)

    def async_client(self, **options: Any) -> httpx.AsyncClient:
        """The same for asyncio."""
        return http_client(self.url, headers=self.bearer, **options)

    @property
    def bearer(self) -> dict[str, str]:
        """The header that lets a program in."""
        return {"Authorization": f"Bearer {self.token}"}

    def children(self) -> list[psutil.Process]:
        """Every process that Podium started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def store(self) -> psutil.Process:
        """The process that keeps the platform's documents."""
        wanted = str(self.data_dir / "store")
        return next(child for child in self.children() if wanted in child.cmdline())

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(STOP_S)

    def log(self) -> str:
        """What its log says."""
        return (self.data_dir / "logs" / "podium.log").read_text()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


BARE = {"PODIUM_READY_KERNELS": "0"}
"""For a Podium that lives briefly and runs no app, or does not mind waiting for it: nothing is kept warm."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a test's Podium: none of the developer's own settings, and compiled modules are kept."""
    dropped = ("PODIUM_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**inherited, **(extra or {})}


def command(*options: str) -> list[str]:
    """``podium up`` with the interpreter of the tests."""
    return [sys.executable, "-c", CLI, "up", "--no-browser", *options]


@contextmanager
def running(
    data_dir: Path, *options: str, env: Mapping[str, str] | None = None, before: Callable[[], None] | None = None
) -> Iterator[Podium]:
    """Start Podium, wait until it is ready, and stop it at the end. Raises :class:`DidNotStart`.

    ``before`` is called in the new process, before it becomes Podium.
    """
    chosen = () if "--port" in options else ("--port", "0")
    process = subprocess.Popen(
        command("--data-dir", str(data_dir), *chosen, *options),
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=before,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    ready: queue.Queue[str] = queue.Queue()
    readers = [
        threading.Thread(target=_read_ready, args=(process.stdout, ready)),
        threading.Thread(target=_collect, args=(process.stderr, errors)),
    ]
    for reader in readers:
        reader.start()
    podium: Podium | None = None
    try:
        podium = _podium(process, data_dir, ready.get(timeout=READY_S), errors, readers[1])
        yield podium
    finally:
        if podium is not None:
            podium.stop()
        elif process.poll() is None:
            process.kill()
        process.wait(STOP_S)
        for reader in readers:
            reader.join(STOP_S)
        process.stdout.close()
        process.stderr.close()


def _podium(
    process: subprocess.Popen[str], data_dir: Path, line: str, errors: list[str], reader: threading.Thread
) -> Podium:
    if not line:
        process.wait(STOP_S)
        reader.join(STOP_S)
        raise DidNotStart("".join(errors))
    link = urlsplit(line.split()[-1])
    return Podium(process, data_dir, f"http://{link.netloc}", parse_qs(link.query)["token"][0], errors)


def _read_ready(pipe: Iterator[str], ready: queue.Queue[str]) -> None:
    line = next((line for line in pipe if line.startswith("Podium is ready at ")), "")
    ready.put(line)
    for _ in pipe:
        pass


def _collect(pipe: Iterator[str], lines: list[str]) -> None:
    lines.extend(pipe)
