"""Where the time of Podium's language answers goes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from podium.ide.text import Text
from podium.ide.validation import flakes, syntax
from podium.tests.bench.commands import milliseconds_since
from podium.tests.bench.lsp import Client

TRIES = 30
WAY = "the way to a language process and back, with nothing to compute"


def of_completion(client: Client, by_place: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The way there and back, and the whole time by what was typed (milliseconds)."""
    places = {f"in all, behind {code}": statistics.median(taken) for code, taken in by_place.items()}
    return {WAY: _way(client)} | dict(sorted(places.items(), key=lambda item: -item[1]))


def of_diagnostics(client: Client, path: str, text: str) -> dict[str, float]:
    """The way there and back, and the two checks that take the most (milliseconds), in this process."""
    content = Text(text)
    tree = syntax.parse(path, content).tree
    assert tree is not None
    return {
        WAY: _way(client),
        "Python's parser and compiler": _median(lambda: syntax.parse(path, content)),
        "pyflakes": _median(lambda: list(flakes.check(path, content, tree))),
    }


def _way(client: Client) -> float:
    return _median(lambda: client.request("podium/source", {"uri": "library:///nothing"}))


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        taken.append(milliseconds_since(began))
    return statistics.median(taken)
