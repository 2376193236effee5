"""From the command to the first page: Podium, marimo and JupyterLab in turn."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from podium.tests.bench import peers
from podium.tests.bench.commands import free_port, milliseconds_since, running, until_answer
from podium.tests.bench.figures import Figure, Goal, Samples

TRIES = 7
PODIUM = Path(sys.executable).with_name("podium")


def measure() -> list[Figure]:
    """Time from starting the process to the first page's last byte, data directories made before."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        samples = _interleaved(Path(folder))
    return [
        Figure(
            "command to first page",
            "ms",
            Samples.of(samples.pop("podium")),
            {name: Samples.of(values) for name, values in samples.items()},
            Goal(limit=1200),
            "process start to the last byte of the first page",
        )
    ]


def _interleaved(folder: Path) -> dict[str, list[float]]:
    samples: dict[str, list[float]] = {"podium": [], "marimo": [], "jupyterlab": []}
    for attempt in range(TRIES + 1):
        for name, values in samples.items():
            port = free_port()
            elapsed = _first_page(_command(name, folder, port), port, "/lab" if name == "jupyterlab" else "/")
            if attempt:  # the first round fills caches
                values.append(elapsed)
    return samples


def _command(name: str, folder: Path, port: int) -> Sequence[str]:
    if name == "podium":
        return [str(PODIUM), "up", "--no-browser", "--port", str(port), "--data-dir", str(folder / "podium")]
    if name == "marimo":
        return peers.marimo(port, folder / "notebook.py")
    return peers.jupyterlab(port, folder)


def _first_page(command: Sequence[str], port: int, path: str) -> float:
    started = time.perf_counter()
    with running(command):
        until_answer(port, path)
        return milliseconds_since(started)
