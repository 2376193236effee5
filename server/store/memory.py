"""The newest versions of documents, kept in memory so that nobody need wait for the store to give them again.

Only where nobody else writes to the store: then what was read or written last is what is stored. A write whose outcome
is not known (the connection broke, the request was cancelled) may still happen later, so of that document nothing is
kept; but where writes are a compare-and-set on the revision, the next one that succeeds excludes the first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, Protocol, TypeVar


class Versioned(Protocol):
    """Each write of a document gives it a higher revision."""

    @property
    def revision(self) -> int:
        """How often it has been written."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R", bound=Versioned)


class Kept(Generic[K, V]):
    """At most ``size`` documents by their keys, as they were read. ``writes`` counts the writes of all of them."""

    def __init__(self, size: int) -> None:
        self.writes = 0
        self._size = size
        self._kept: dict[K, V] = {}
        self._in_doubt: set[K] = set()

    def get(self, key: K) -> V | None:
        """The newest version, if it is known."""
        return self._kept.get(key)

    def values(self) -> Iterable[V]:
        """All that is known."""
        return self._kept.values()

    def read(self, key: K, value: V, since: int) -> None:
        """Keep what was read, unless anything was written since ``writes`` was ``since``, before the read began."""
        if self.writes == since and key not in self._in_doubt:
            self._keep(key, value)

    def doubt(self, key: K) -> None:
        """Keep nothing of a document after a write that did not come to its end."""
        self.forget(key)
        self._in_doubt.add(key)

    def forget(self, key: K) -> None:
        """Keep nothing of a document that is gone, or is not what was kept."""
        self.writes += 1
        self._kept.pop(key, None)

    def _keep(self, key: K, value: V) -> None:
        self._kept.pop(key, None)
        self._kept[key] = value
        if len(self._kept) > self._size:  # the one that was kept first
            del self._kept[next(iter(self._kept))]


class Newest(Kept[K, R]):
    """Documents whose writes are known too, since each of them is a compare-and-set on the revision."""

    def written(self, key: K, value: R) -> None:
        """Keep what was written, unless a later version was told before."""
        self.writes += 1
        self._in_doubt.discard(key)
        kept = self._kept.get(key)
        if kept is None or kept.revision < value.revision:
            self._keep(key, value)
