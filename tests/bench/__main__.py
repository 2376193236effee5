"""``make bench``: measure everything in one run, print the table, write ``bench.json``."""

from __future__ import annotations

from rich.console import Console

from podium.tests.bench import clicks, language, loop, memory, navigation, peers, startup
from podium.tests.bench.figures import show, write
from podium.tests.bench.pages import browsers
from podium.tests.bench.subject import subject


def main() -> None:
    """Run every benchmark."""
    console = Console(width=120)
    with console.status("Installing the peers"):
        peers.install()
    with console.status("From the command to the first page"):
        figures = startup.measure()
    with subject() as podium:
        with console.status("Memory"):
            figures += memory.measure(podium)
        with console.status("From Run to the first byte"):
            figures += loop.measure(podium)
        with console.status("Language answers"):
            figures += language.measure(podium)
        with browsers() as chrome:
            with console.status("From the navigation to the first character"):
                figures += navigation.measure(podium, chrome)
            with console.status("From the click to the painted answer"):
                figures += clicks.measure(podium, chrome)
    show(figures, console)
    write(figures, peers.ROOT / "bench.json")


if __name__ == "__main__":
    main()
