"""Idle memory as proportional set size: the server with its stores, and one kernel that serves an app."""

from __future__ import annotations

from pathlib import Path

from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.loop import APP
from podium.tests.bench.podium_client import PodiumClient

MEGABYTE = 1_000_000


def measure(client: PodiumClient) -> list[Figure]:
    """Measure before any app has run, then with one kernel more."""
    idle = _by_role(client.pid)
    client.create("resident", {"main.py": APP.format(mark="resident")})
    client.run("resident")
    with_kernel = _by_role(client.pid)
    client.stop("resident")
    server = idle.get("server", 0) + idle.get("store", 0)
    return [
        Figure(
            "idle memory, server and stores", "MB", _samples(server), goal=Goal(limit=150), note="proportional set size"
        ),
        Figure("idle memory, one kernel", "MB", _samples(with_kernel.get("kernel", 0)), note="with a FastAPI app"),
    ]


def _samples(size: int) -> Samples:
    return Samples((size / MEGABYTE,))


def _by_role(server: int) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for pid in _tree(server):
        role = "server" if pid == server else _role(pid)
        sizes[role] = sizes.get(role, 0) + _proportional_size(pid)
    return sizes


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found.extend(int(child) for child in children.read_text().split())
    return found


def _role(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
    if "podium.server.store" in command:
        return "store"
    if "podium.runner.kernel" in command:
        return "kernel"
    return "other"


def _proportional_size(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("Pss:"))
    return int(kilobytes) * 1024
