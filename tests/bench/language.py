"""Language answers, beside the language servers that people use: the same requests about the same app."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from podium.tests.bench import lsp, peers
from podium.tests.bench.commands import milliseconds_since
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.lsp import Client
from podium.tests.bench.subject import Subject
from podium.tests.support.apps import make_app

TRIES = 30
FIRST_TRIES = 10
"""Fewer, since some of the peers take ten seconds each time."""
PODIUM = "Podium"
APP: dict[str, str] = yaml.safe_load(files("podium.tests.bench").joinpath("shop.yaml").read_text(encoding="utf-8"))

_HEAD = "\n\ndef probe(request: Request, order: Order, cart: Cart, line: Line) -> None:\n    "
_COMPLETIONS = (
    ("main.py", "app.", "include_router"),
    ("main.py", "request.", "headers"),
    ("main.py", "order.", "model_dump"),
    ("main.py", "cart.", "lines"),
    ("main.py", "line.price.", "currency"),
    ("main.py", "asyncio.", "gather"),
    ("main.py", "storage.", "turnover"),
    ("main.py", "Pro", "Product"),
    ("storage.py", "products.", "find_one"),
    ("storage.py", "client.", "close"),
)
"""What is typed at the end of a file, and what must be among the answers."""

_POINTED = (("main.py", "FastAPI(title"), ("main.py", "JSONResponse({"), ("models.py", "computed_field"))
_CALLED = (("main.py", "app.add_middleware("), ("main.py", "HTTPException("), ("storage.py", "products.insert_one("))

_SILENCE_S = 5.0
"""Who has not complained by then does not check names."""

Start = Callable[[], AbstractContextManager[Client]]
Times = dict[str, dict[str, list[float]]]


def measure(subject: Subject) -> list[Figure]:
    """Measure with a running Podium; its peers are started here."""
    make_app(subject.http, "shop", APP)
    times: Times = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        for path, text in APP.items():
            (Path(folder) / path).write_text(text, encoding="utf-8")
        starts: dict[str, Start] = {PODIUM: partial(_opened, partial(lsp.podium, subject, "shop"))}
        for name, command in peers.language_servers().items():
            starts[name] = partial(_opened, partial(lsp.stdio, command, Path(folder)))
        # A server that has only just started still learns about the frameworks.
        _first(starts[PODIUM], [])
        for _ in range(FIRST_TRIES):
            for name, start in starts.items():
                _first(start, times["first completion"][name])
        with ExitStack() as stack:
            clients = {name: stack.enter_context(start()) for name, start in starts.items()}
            for attempt in range(-len(_COMPLETIONS), TRIES):
                for name, client in clients.items():
                    _warm(client, attempt, name, times if attempt >= 0 else defaultdict(lambda: defaultdict(list)))
    return _figures(times)


@contextmanager
def _opened(start: Start) -> Iterator[Client]:
    with start() as client:
        client.initialize()
        for path, text in APP.items():
            client.open(path, text)
        yield client


def _first(start: Start, times: list[float]) -> None:
    began = time.perf_counter()
    with start() as client:
        _complete(client, *_COMPLETIONS[0])
        times.append(milliseconds_since(began))


def _warm(client: Client, attempt: int, name: str, times: Times) -> None:
    taken = _complete(client, *_COMPLETIONS[attempt % len(_COMPLETIONS)])
    times["completion"][name].append(taken)
    for what, method, places in (("hover", "hover", _POINTED), ("signature", "signatureHelp", _CALLED)):
        path, code = places[attempt % len(places)]
        taken, answer = _timed(partial(client.at, method, path, _place(path, code)))
        if answer:
            times[what][name].append(taken)
    if client.checks_names:
        found = _diagnose(client, f"undefined_{abs(attempt)}_{attempt < 0:d}")
        client.checks_names = found is not None
        if found is not None:
            times["diagnostics of 300 lines"][name].append(found)


def _complete(client: Client, path: str, code: str, wanted: str) -> float:
    """Type some code at the end of a file and ask until ``wanted`` is offered; the milliseconds that took."""
    (line, column), (last, end) = _end(APP[path]), _end(APP[path] + _HEAD + code)
    client.edit(path, (line, column), (line, column), _HEAD + code)
    began = time.perf_counter()
    while wanted not in _labels(client.at("completion", path, (last, end))):
        if time.perf_counter() - began > lsp.PATIENCE_S:
            raise TimeoutError(f"{wanted} is not offered after {code}")
    taken = milliseconds_since(began)
    client.edit(path, (line, column), (last, end), "")
    return taken


def _diagnose(client: Client, name: str) -> float | None:
    """Type a name that is not defined, and wait until it is complained about; ``None`` for who does not."""
    line, column = _end(APP["main.py"])
    client.edit("main.py", (line, column), (line, column), f"{name}\n")
    began = time.perf_counter()

    def complains(message: dict[str, Any]) -> bool:
        return message.get("method") == "textDocument/publishDiagnostics" and name in str(message)

    try:
        client.until(complains, _SILENCE_S)
        return milliseconds_since(began)
    except TimeoutError:
        return None
    finally:
        client.edit("main.py", (line, column), (line + 1, 0), "")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = work()
    return milliseconds_since(began), answer


def _labels(answer: Any) -> set[str]:
    items = answer["items"] if isinstance(answer, dict) else answer or ()
    return {item["label"].partition("(")[0] for item in items}


def _end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines) - 1, len(lines[-1])


def _place(path: str, code: str) -> tuple[int, int]:
    """Behind the bracket of a call, or in the middle of a name."""
    offset = APP[path].index(code) + (len(code) if code.endswith("(") else 3)
    return _end(APP[path][:offset])


_GOALS = {"first completion": 300.0, "completion": 20.0, "diagnostics of 300 lines": 20.0}


def _figures(times: Times) -> list[Figure]:
    return [
        Figure(
            name=name,
            unit="ms",
            podium=Samples.of(taken.pop(PODIUM)),
            peers={peer: Samples.of(values) for peer, values in taken.items()},
            goal=Goal(limit=_GOALS[name]) if name in _GOALS else None,
            note="from the start of the peer, or from the connection to a running Podium"
            if name.startswith("first")
            else "from the request to its answer, through Podium's server; each after an edit",
        )
        for name, taken in times.items()
    ]
