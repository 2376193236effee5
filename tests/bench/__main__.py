"""``make bench``: measure everything in one run, print the table, write ``bench.json``."""

from __future__ import annotations

from rich.console import Console

from podium.tests.bench import loop, memory, peers, startup
from podium.tests.bench.figures import show, write
from podium.tests.bench.podium_client import podium


def main() -> None:
    """Run every benchmark."""
    console = Console(width=120)
    with console.status("Installing the peers"):
        commands = peers.install()
    with console.status("From the command to the first page"):
        figures = startup.measure(commands)
    with podium() as client, console.status("Memory, and from Run to the first byte"):
        figures += memory.measure(client)
        figures += loop.measure(client, commands)
    show(figures, console)
    write(figures, peers.ROOT / "bench.json")


if __name__ == "__main__":
    main()
