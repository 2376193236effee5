"""From Run to the app's first byte: a cold kernel, a kernel that is up, and an edit; beside ``uvicorn --reload``."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from podium.tests.bench import peers
from podium.tests.bench.commands import fetch, free_port, milliseconds_since, running, until_answer
from podium.tests.bench.figures import Figure, Samples
from podium.tests.bench.subject import APP, Subject

TRIES = 15
COLD_TRIES = 7


def measure(subject: Subject) -> list[Figure]:
    """Time from pressing Run (or saving, for the peer) to the first answer with the new code in it."""
    podium_cold, podium_edit, podium_again = [], [], []
    peer_cold, peer_edit = [], []
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        for attempt in range(COLD_TRIES):
            podium_cold.append(_podium_cold(subject, f"cold-{attempt}"))
            peer_cold.append(_peer_cold(Path(folder)))
        subject.create("edited", "start")
        subject.run("edited")
        port = free_port()
        with running(peers.uvicorn(port), cwd=Path(folder)):
            until_answer(port, "/")
            for attempt in range(TRIES):
                podium_edit.append(_podium_edit(subject, f"edit-{attempt}"))
                podium_again.append(_podium_run(subject, "edited", f"edit-{attempt}"))
                peer_edit.append(_peer_edit(Path(folder), port, f"edit-{attempt}"))
        subject.stop("edited")
    return [
        _figure("Run to first byte, cold kernel", podium_cold, peer_cold, "process start to first answer"),
        _figure("Run to first byte, warm kernel", podium_again, None, "the app runs and nothing was changed"),
        _figure("Run to first byte, after an edit", podium_edit, peer_edit, "saved file to first new answer"),
    ]


def _figure(name: str, podium: list[float], peer: list[float] | None, note: str) -> Figure:
    beside = {"uvicorn --reload": Samples.of(peer)} if peer else {}
    return Figure(name, "ms", Samples.of(podium), beside, note=note)


def _podium_cold(subject: Subject, name: str) -> float:
    subject.create(name, name)
    elapsed = _podium_run(subject, name, name)
    subject.stop(name)
    return elapsed


def _podium_edit(subject: Subject, mark: str) -> float:
    subject.edit("edited", mark)
    return _podium_run(subject, "edited", mark)


def _podium_run(subject: Subject, name: str, mark: str) -> float:
    started = time.perf_counter()
    subject.run(name)
    status, body = fetch(subject.podium.port, "/", {"Host": f"{name}.localhost:{subject.podium.port}"})
    elapsed = milliseconds_since(started)
    if status != 200 or mark.encode() not in body:
        raise RuntimeError(f"{name} answered {status} {body!r}")
    return elapsed


def _peer_cold(folder: Path) -> float:
    (folder / "main.py").write_text(APP.format(mark="cold"))
    port = free_port()
    started = time.perf_counter()
    with running(peers.uvicorn(port), cwd=folder):
        until_answer(port, "/", b"cold")
        return milliseconds_since(started)


def _peer_edit(folder: Path, port: int, mark: str) -> float:
    (folder / "main.py").write_text(APP.format(mark=mark))
    started = time.perf_counter()
    until_answer(port, "/", mark.encode())
    return milliseconds_since(started)
