"""From Run to the app's first byte: a new app, one that is unchanged, an edit; beside servers that reload."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from podium.tests.bench import peers
from podium.tests.bench.commands import fetch, free_port, milliseconds_since, running, until_answer
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.subject import APP, Subject

TRIES = 30
PEERS = {"uvicorn --reload": peers.uvicorn, "fastapi dev": peers.fastapi_dev}
NEW = Goal(limit=30, p95=80, ratio=1 / 15)
EDITED = Goal(limit=20, p95=60, ratio=1 / 15)

Tries = dict[str, list[float]]


def measure(subject: Subject) -> list[Figure]:
    """Milliseconds from Run (from starting or saving, for the peers) to the first answer of the new code."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        new, beside_new = _new(subject, Path(folder))
        edited, unchanged, beside_edited = _edited(subject, Path(folder))
    return [
        _figure("Run to first byte, new app", new, beside_new, NEW, "process start to first answer"),
        _figure("Run to first byte, nothing changed", unchanged, {}, None, "the app runs already"),
        _figure("Run to first byte, edited app", edited, beside_edited, EDITED, "saved file to first new answer"),
    ]


def _figure(name: str, ours: list[float], beside: Tries, goal: Goal | None, note: str) -> Figure:
    return Figure(name, "ms", Samples.of(ours), {peer: Samples.of(tries) for peer, tries in beside.items()}, goal, note)


def _new(subject: Subject, folder: Path) -> tuple[list[float], Tries]:
    ours: list[float] = []
    beside: Tries = {peer: [] for peer in PEERS}
    for attempt in range(TRIES):
        name = f"api-{attempt}"
        subject.create(name, name)
        ours.append(_run(subject, name, name))
        subject.stop(name)
        for peer, tries in beside.items():
            started = time.perf_counter()
            with _serving(peer, folder, name):
                tries.append(milliseconds_since(started))
    return ours, beside


def _edited(subject: Subject, folder: Path) -> tuple[list[float], list[float], Tries]:
    ours: list[float] = []
    again: list[float] = []
    beside: Tries = {peer: [] for peer in PEERS}
    subject.create("edited", "start")
    subject.run("edited")
    with ExitStack() as stack:
        ports = {peer: stack.enter_context(_serving(peer, folder / peer, "start")) for peer in PEERS}
        for attempt in range(TRIES):
            mark = f"edit-{attempt}"
            subject.edit("edited", mark)
            ours.append(_run(subject, "edited", mark))
            again.append(_run(subject, "edited", mark))
            for peer, port in ports.items():
                started = time.perf_counter()
                _write(folder / peer, mark)
                until_answer(port, "/", mark.encode())
                beside[peer].append(milliseconds_since(started))
    subject.stop("edited")
    return ours, again, beside


def _run(subject: Subject, name: str, mark: str) -> float:
    started = time.perf_counter()
    subject.run(name)
    status, body = fetch(subject.podium.port, "/", {"Host": f"{name}.localhost:{subject.podium.port}"})
    elapsed = milliseconds_since(started)
    if status != 200 or mark.encode() not in body:
        raise RuntimeError(f"{name} answered {status} {body!r}")
    return elapsed


@contextmanager
def _serving(peer: str, folder: Path, mark: str) -> Iterator[int]:
    """A peer that has answered once, on a port of its own."""
    _write(folder, mark)
    port = free_port()
    with running(PEERS[peer](port), cwd=folder):
        until_answer(port, "/", mark.encode())
        yield port


def _write(folder: Path, mark: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(APP.format(mark=mark))
