"""Figures of a benchmark: what was measured, beside what, and the goal it is held against."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Goal:
    """Upper bounds on the median: ``limit`` in the figure's unit, and ``ratio`` times the median of ``peer``.

    Without a ``peer`` the ratio holds for each. ``p95`` is a bound on the 95th percentile.
    """

    limit: float | None = None
    ratio: float | None = None
    peer: str | None = None
    p95: float | None = None

    def bound(self, peers: dict[str, Samples]) -> float | None:
        """The number that the median must not pass, or ``None`` when no peer was measured that would tell."""
        beside = [samples.median for name, samples in peers.items() if self.peer in (None, name)]
        ratios = [] if self.ratio is None else [median * self.ratio for median in beside]
        return min([*ratios, *([] if self.limit is None else [self.limit])], default=None)

    def __str__(self) -> str:
        limit = "" if self.limit is None else f"≤ {self.limit:g}"
        limit += "" if self.p95 is None else f" (≤ {self.p95:g})"
        ratio = "" if self.ratio is None else f"≤ {self.ratio:.2g} of {self.peer or 'each'}"
        return ", ".join(filter(None, (limit.strip(), ratio)))


@dataclass(frozen=True, slots=True)
class Samples:
    """Repeated measurements of one thing, in the order in which they were taken."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """The measurements of a list that was filled while measuring."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The value that 95 % of the samples do not pass (nearest rank)."""
        ordered = sorted(self.values)
        return ordered[max(0, math.ceil(0.95 * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table: ``unit`` is ms, MB or the like; ``note`` says what exactly was timed.

    ``silent`` says of peers that were not measured to the end why not. ``stages`` tell where Podium's time goes (the
    name of a stage, and its median in ``unit``); they are shown where a goal is missed.
    """

    name: str
    unit: str
    podium: Samples
    peers: dict[str, Samples] = field(default_factory=dict)
    goal: Goal | None = None
    note: str = ""
    silent: dict[str, str] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or nothing where no goal was set."""
        if self.goal is None:
            return ""
        bounds = ((self.podium.median, self.goal.bound(self.peers)), (self.podium.p95, self.goal.p95))
        met = [value <= bound for value, bound in bounds if bound is not None]
        return "" if not met else "met" if all(met) else "missed"


def show(figures: Sequence[Figure], console: Console) -> None:
    """Print the table: medians, the 95th percentile in brackets."""
    table = Table(title="Podium beside its peers (median, 95th percentile)", title_justify="left")
    for column in ("figure", "unit", "Podium", "peers", "goal", ""):
        table.add_column(column, overflow="fold")
    for figure in figures:
        row = (_pair(figure.podium), _beside(figure), str(figure.goal or ""), _coloured(figure.verdict))
        table.add_row(figure.name, figure.unit, *row)
    console.print(table)
    for figure in figures:
        if figure.verdict == "missed":
            console.print(f"missed: {figure.name}: {_pair(figure.podium)} {figure.unit}, goal {figure.goal}")
            for stage, taken in figure.stages.items():
                console.print(f"    {taken:8.2f} {figure.unit}  {stage}")


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write every sample as JSON, with the verdicts."""
    rows = [asdict(figure) | {"verdict": figure.verdict, "median": figure.podium.median} for figure in figures]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def _beside(figure: Figure) -> str:
    """The peers, with the number of tries where it is another than Podium's."""
    lines = []
    for name, samples in figure.peers.items():
        tries = len(samples.values)
        lines.append(f"{name} {_pair(samples)}" + (f" of {tries} tries" if tries != len(figure.podium.values) else ""))
    return "\n".join([*lines, *(f"{name} {why}" for name, why in figure.silent.items())])


def _pair(samples: Samples) -> str:
    if len(samples.values) == 1:
        return f"{samples.median:.4g}"
    return f"{samples.median:.4g} ({samples.p95:.4g})"


def _coloured(verdict: str) -> str:
    return {"met": "[green]met[/]", "missed": "[red]missed[/]"}.get(verdict, "")
