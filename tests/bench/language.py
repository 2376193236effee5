"""Language answers, beside the language servers that people use: the same requests about the same app."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from podium.tests.bench import lsp, peers, stages
from podium.tests.bench.commands import milliseconds_since
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.lsp import Client
from podium.tests.bench.subject import Subject
from podium.tests.support.apps import make_app

TRIES = 30
FIRST_TRIES = 10
ROW_S = 25.0
"""Seconds of one server for a row of the table, after which it has fewer tries: some take ten to start."""
FIRST_PATIENCE_S = 45.0
PATIENCE_S = 5.0
"""How long an answer may take of a server that has answered already; who takes longer is not asked for this again."""
PODIUM = "Podium"
FIRST, COMPLETION, HOVER, SIGNATURE = "first completion", "completion", "hover", "signature"
DIAGNOSTICS = "diagnostics of 300 lines"
_GOALS = {FIRST: Goal(limit=300), COMPLETION: Goal(limit=20, p95=50), DIAGNOSTICS: Goal(limit=20)}
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

Start = Callable[[], AbstractContextManager[Client]]


@dataclass
class Entrant:
    """A language server: how a client of it is opened, what it took (milliseconds), what it left without an answer."""

    name: str
    start: Start
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    silent: dict[str, str] = field(default_factory=dict)

    def take(self, row: str, work: Callable[[], float], *, counts: bool = True) -> None:
        """Do some work for a row of the table, unless it was left without an answer before or took its time already."""
        if row in self.silent or sum(self.times[row]) > ROW_S * 1000:
            return
        try:
            taken = work()
        except TimeoutError as error:
            self.silent[row] = str(error)
            return
        if counts:
            self.times[row].append(taken)


def measure(subject: Subject) -> list[Figure]:
    """Measure with a running Podium; its peers are started here."""
    make_app(subject.http, "shop", APP)
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        for path, text in APP.items():
            (Path(folder) / path).write_text(text, encoding="utf-8")
        podium = Entrant(PODIUM, partial(_opened, partial(lsp.podium, subject, "shop")))
        others = [
            Entrant(name, partial(_opened, partial(lsp.stdio, command, Path(folder))))
            for name, command in peers.language_servers().items()
        ]
        # A server that has only just started still learns about the frameworks.
        _first(podium)
        for _ in range(FIRST_TRIES):
            for entrant in (podium, *others):
                entrant.take(FIRST, partial(_first, entrant))
        spent = _measure_warm(podium, others)
    rows = (FIRST, COMPLETION, HOVER, SIGNATURE, DIAGNOSTICS)
    return [_figure(name, podium, others, spent.get(name, {})) for name in rows]


def _measure_warm(podium: Entrant, others: list[Entrant]) -> dict[str, dict[str, float]]:
    """Measure in turn; answers where Podium's time goes, by the row of the table."""
    with ExitStack() as stack:
        clients = [(entrant, stack.enter_context(entrant.start())) for entrant in (podium, *others)]
        for attempt in range(-len(_COMPLETIONS), TRIES):
            for entrant, client in clients:
                client.patience_s = FIRST_PATIENCE_S if attempt < 0 else PATIENCE_S
                _warm(entrant, client, attempt)
        by_place = {
            code: podium.times[COMPLETION][at :: len(_COMPLETIONS)] for at, (_, code, _) in enumerate(_COMPLETIONS)
        }
        own = clients[0][1]
        return {
            COMPLETION: stages.of_completion(own, by_place),
            DIAGNOSTICS: stages.of_diagnostics(own, "main.py", APP["main.py"]),
        }


@contextmanager
def _opened(start: Start) -> Iterator[Client]:
    with start() as client:
        client.patience_s = FIRST_PATIENCE_S
        client.initialize()
        for path, text in APP.items():
            client.open(path, text)
        yield client


def _first(entrant: Entrant) -> float:
    began = time.perf_counter()
    with entrant.start() as client:
        _complete(client, *_COMPLETIONS[0])
        return milliseconds_since(began)


def _warm(entrant: Entrant, client: Client, attempt: int) -> None:
    def take(row: str, work: Callable[[], float]) -> None:
        entrant.take(row, work, counts=attempt >= 0)

    take(COMPLETION, partial(_complete, client, *_COMPLETIONS[attempt % len(_COMPLETIONS)]))
    take(HOVER, partial(_ask, client, "hover", *_POINTED[attempt % len(_POINTED)]))
    take(SIGNATURE, partial(_ask, client, "signatureHelp", *_CALLED[attempt % len(_CALLED)]))
    client.patience_s = PATIENCE_S
    take(DIAGNOSTICS, partial(_diagnose, client, f"undefined_{abs(attempt)}_{attempt < 0:d}"))


def _ask(client: Client, method: str, path: str, code: str) -> float:
    """Ask about a place until there is an answer; the milliseconds that took."""
    return _until(client, lambda: bool(client.at(method, path, _place(path, code))))


def _until(client: Client, done: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not done():
        if time.perf_counter() - began > client.patience_s:
            raise TimeoutError(f"knows nothing within {client.patience_s:g} s")
    return milliseconds_since(began)


def _complete(client: Client, path: str, code: str, wanted: str) -> float:
    """Type some code at the end of a file and ask until ``wanted`` is offered; the milliseconds that took."""
    (line, column), (last, end) = _end(APP[path]), _end(APP[path] + _HEAD + code)
    client.edit(path, (line, column), (line, column), _HEAD + code)
    try:
        return _until(client, lambda: wanted in _labels(client.at("completion", path, (last, end))))
    finally:
        client.edit(path, (line, column), (last, end), "")


def _diagnose(client: Client, name: str) -> float:
    """Type a name that is not defined, and wait until it is complained about; the milliseconds that took."""
    line, column = _end(APP["main.py"])
    client.edit("main.py", (line, column), (line, column), f"{name}\n")
    began = time.perf_counter()

    def complains(message: dict[str, Any]) -> bool:
        return message.get("method") == "textDocument/publishDiagnostics" and name in str(message)

    try:
        client.until(complains)
        return milliseconds_since(began)
    finally:
        client.edit("main.py", (line, column), (line + 1, 0), "")


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


def _figure(name: str, podium: Entrant, others: list[Entrant], spent: dict[str, float]) -> Figure:
    return Figure(
        name=name,
        unit="ms",
        podium=Samples.of(podium.times[name]),
        peers={other.name: Samples.of(other.times[name]) for other in others if other.times[name]},
        goal=_GOALS.get(name),
        note="from the start of the peer, or from the connection to a running Podium"
        if name == FIRST
        else "from the request to its answer, through Podium's server; each after an edit",
        silent={other.name: other.silent[name] for other in others if name in other.silent},
        stages=spent,
    )
