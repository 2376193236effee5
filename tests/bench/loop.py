"""From Run to the app's first byte: a new app, one that is unchanged, an edit; beside servers that reload."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from podium.tests.bench import peers
from podium.tests.bench.commands import fetch, free_port, milliseconds_since, running, until_answer
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.subject import APP, Subject, unwarmed

TRIES = 30
COLD_TRIES = 10
PEERS = {"uvicorn --reload": peers.uvicorn, "fastapi dev": peers.fastapi_dev}
NEW = Goal(limit=30, p95=80, ratio=1 / 15)
EDITED = Goal(limit=20, p95=60, ratio=1 / 15)

Tries = dict[str, list[float]]


@dataclass
class Runs:
    """Milliseconds of Podium's tries, and of their parts."""

    totals: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, subject: Subject, name: str, mark: str) -> None:
        """Run an app, and ask it once."""
        started = time.perf_counter()
        stages = subject.run(name)
        answered = milliseconds_since(started)
        status, body = fetch(subject.podium.port, "/", {"Host": f"{name}.localhost:{subject.podium.port}"})
        self.totals.append(milliseconds_since(started))
        if status != 200 or mark.encode() not in body:
            raise RuntimeError(f"{name} answered {status} {body!r}")
        total = stages.pop("total_ms")
        named = {stage.removesuffix("_ms"): taken for stage, taken in stages.items()}
        for part, taken in {
            **named,
            "reading files, noting the run": total - stages["load_ms"] - stages["ready_ms"] - _before_load(stages),
            "the API around it": answered - total,
            "first request": self.totals[-1] - answered,
        }.items():
            self.parts[part].append(taken)

    def medians(self) -> dict[str, float]:
        """The parts of a usual try."""
        return {part: statistics.median(taken) for part, taken in self.parts.items()}


def _before_load(stages: dict[str, float]) -> float:
    """Check and kernel are got at the same time."""
    return stages["environment_ms"] + max(stages["check_ms"], stages["kernel_ms"])


def measure(subject: Subject) -> list[Figure]:
    """Milliseconds from Run (from starting or saving, for the peers) to the first answer of the new code."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        cold = _cold()
        new, beside_new = _new(subject, Path(folder))
        edited, unchanged, beside_edited = _edited(subject, Path(folder))
    return [
        _figure("Run to first byte, cold kernel", cold, beside_new, None, "nothing is kept warm"),
        _figure("Run to first byte, new app", new, beside_new, NEW, "process start to first answer"),
        _figure("Run to first byte, nothing changed", unchanged, {}, None, "the app runs already"),
        _figure("Run to first byte, edited app", edited, beside_edited, EDITED, "saved file to first new answer"),
    ]


def _figure(name: str, ours: Runs, beside: Tries, goal: Goal | None, note: str) -> Figure:
    peers_ = {peer: Samples.of(tries) for peer, tries in beside.items()}
    return Figure(name, "ms", Samples.of(ours.totals), peers_, goal, note, stages=ours.medians())


def _cold() -> Runs:
    ours = Runs()
    with unwarmed() as subject:
        for attempt in range(COLD_TRIES):
            name = f"cold-{attempt}"
            subject.create(name, name)
            ours.add(subject, name, name)
            subject.stop(name)
    return ours


def _new(subject: Subject, folder: Path) -> tuple[Runs, Tries]:
    ours = Runs()
    beside: Tries = {peer: [] for peer in PEERS}
    for attempt in range(TRIES):
        name = f"api-{attempt}"
        subject.create(name, name)
        ours.add(subject, name, name)
        subject.stop(name)
        for peer, tries in beside.items():
            started = time.perf_counter()
            with _serving(peer, folder, name):
                tries.append(milliseconds_since(started))
    return ours, beside


def _edited(subject: Subject, folder: Path) -> tuple[Runs, Runs, Tries]:
    ours, again = Runs(), Runs()
    beside: Tries = {peer: [] for peer in PEERS}
    subject.create("edited", "start")
    subject.run("edited")
    with ExitStack() as stack:
        ports = {peer: stack.enter_context(_serving(peer, folder / peer, "start")) for peer in PEERS}
        for attempt in range(TRIES):
            mark = f"edit-{attempt}"
            subject.edit("edited", mark)
            ours.add(subject, "edited", mark)
            again.add(subject, "edited", mark)
            for peer, port in ports.items():
                started = time.perf_counter()
                _write(folder / peer, mark)
                until_answer(port, "/", mark.encode())
                beside[peer].append(milliseconds_since(started))
    subject.stop("edited")
    return ours, again, beside


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
