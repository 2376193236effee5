"""Where kernels live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from podium.kernels.parent.client import Parent


@dataclass(frozen=True, slots=True)
class Host:
    """Where kernels live: the runtime directory, and how to get at the kernel parent that runs now."""

    runtime: Path
    parent: Callable[[], Awaitable[Parent]]
