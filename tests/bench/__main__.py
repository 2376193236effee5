"""``make bench``: measure everything in one run, print the table, write ``bench.json``.

``make bench ARGS="loop language"`` measures these parts alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from playwright.sync_api import BrowserType
from rich.console import Console

from podium.tests.bench import clicks, kernels, language, loop, memory, navigation, peers, squiggles, startup
from podium.tests.bench.figures import Figure, show, write
from podium.tests.bench.pages import browsers
from podium.tests.bench.subject import Subject, subject

_ALONE: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
    "startup": ("From the command to the first page", startup.measure),
    "kernels": ("Kernels", kernels.measure),
}
_HTTP: dict[str, tuple[str, Callable[[Subject], list[Figure]]]] = {
    "memory": ("Memory", memory.measure),
    "loop": ("From Run to the first byte", loop.measure),
    "language": ("Language answers", language.measure),
}
_BROWSER: dict[str, tuple[str, Callable[[Subject, BrowserType], list[Figure]]]] = {
    "navigation": ("From the navigation to the first character", navigation.measure),
    "squiggles": ("From the keystroke to the underline", squiggles.measure),
    "clicks": ("From the click to the painted answer", clicks.measure),
}
PARTS = (*_ALONE, *_HTTP, *_BROWSER)


def main() -> None:
    """Run every benchmark, or those that are named."""
    wanted = sys.argv[1:] or PARTS
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. The parts are {', '.join(PARTS)}.")
    console = Console(width=120)
    with console.status("Installing the peers"):
        peers.install()
    figures: list[Figure] = []
    for words, start in (_ALONE[part] for part in _ALONE if part in wanted):
        with console.status(words):
            figures += start()
    with subject() as podium:
        for words, measure in (_HTTP[part] for part in _HTTP if part in wanted):
            with console.status(words):
                figures += measure(podium)
        with browsers() as chrome:
            for words, look in (_BROWSER[part] for part in _BROWSER if part in wanted):
                with console.status(words):
                    figures += look(podium, chrome)
    show(figures, console)
    write(figures, peers.ROOT / "bench.json")


if __name__ == "__main__":
    main()
