"""Where kernels live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from podium.kernels.box.plan import BoxPlan
from podium.kernels.parent.client import Parent


@dataclass(frozen=True, slots=True)
class Host:
    """Where kernels live: the runtime directory, how to get at the kernel parent that runs now, and their boxes."""

    runtime: Path
    parent: Callable[[], Awaitable[Parent]]
    box: BoxPlan | None = None
