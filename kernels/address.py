"""Where a process listens."""

from __future__ import annotations

from typing import NamedTuple


class Address(NamedTuple):
    """A TCP address."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
