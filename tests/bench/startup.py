"""From the command to the first page: Podium, marimo and JupyterLab in turn."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from podium.tests.bench.commands import free_port, milliseconds_since, running, until_answer
from podium.tests.bench.figures import Figure, Goal, Samples

TRIES = 7
PODIUM = Path(sys.executable).with_name("podium")


def measure(peers: Path) -> list[Figure]:
    """Time from starting the process to the first page's last byte, data directories made before."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        place = Path(folder)
        samples = _interleaved(peers, place)
    return [
        Figure(
            "command to first page",
            "ms",
            Samples(tuple(samples.pop("podium"))),
            {name: Samples(tuple(values)) for name, values in samples.items()},
            Goal(limit=1200),
            "process start to the last byte of the first page",
        )
    ]


def _interleaved(peers: Path, place: Path) -> dict[str, list[float]]:
    samples: dict[str, list[float]] = {"podium": [], "marimo": [], "jupyterlab": []}
    for attempt in range(TRIES + 1):
        for name in samples:
            port = free_port()
            elapsed = _first_page(_command(name, peers, place, port), port, "/lab" if name == "jupyterlab" else "/")
            if attempt:  # the first round fills caches
                samples[name].append(elapsed)
    return samples


def _command(name: str, peers: Path, place: Path, port: int) -> Sequence[str]:
    if name == "podium":
        return [str(PODIUM), "up", "--no-browser", "--port", str(port), "--data-dir", str(place / "podium")]
    if name == "marimo":
        notebook = place / "notebook.py"
        return [str(peers / "marimo"), "edit", "--headless", "--no-token", "--port", str(port), str(notebook)]
    options = [f"--ServerApp.port={port}", "--ServerApp.token=", "--allow-root", f"--ServerApp.root_dir={place}"]
    return [str(peers / "jupyter-lab"), "--no-browser", "--ServerApp.ip=127.0.0.1", *options]


def _first_page(command: Sequence[str], port: int, path: str) -> float:
    started = time.perf_counter()
    with running(command):
        until_answer(port, path)
        return milliseconds_since(started)
