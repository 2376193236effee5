"""Apps as they were read last, kept in memory: most requests begin with asking which app they are about.

Only where nobody else writes to the store: then what was read, and not changed since, is what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from podium.server.models.common import AppId, UserId

if TYPE_CHECKING:
    from podium.server.store.apps import StoredApp


class KnownApps:
    """At most ``size`` apps by what they were asked for with; ``changes`` counts the changes of all of them.

    An app whose change did not come to its end is never known again: the change may still happen at any time.
    """

    def __init__(self, size: int) -> None:
        self.changes = 0
        self._size = size
        self._kept: dict[tuple[UserId, str], StoredApp] = {}
        self._in_doubt: set[AppId] = set()

    def get(self, owner: UserId, ref: str) -> StoredApp | None:
        """The app with that id or name, if it is known."""
        return self._kept.get((owner, ref))

    def read(self, ref: str, app: StoredApp, since: int) -> None:
        """Keep what was read, unless anything has changed since ``changes`` was ``since``, before the read began."""
        if self.changes == since and app.id not in self._in_doubt:
            self._keep((app.owner, ref), app)

    @contextmanager
    def changing(self, owner: UserId, app: AppId, times: Mapping[str, Any] | None = None) -> Iterator[None]:
        """Go around a write. Nothing is known of the app afterwards, unless only its ``times`` change.

        What is read meanwhile may be old, and is not kept.
        """
        after: dict[tuple[UserId, str], StoredApp] = {}
        try:
            yield
            if times is not None:
                after = {asked: replace(known, **times) for asked, known in self._of(owner, app)}
        except DuplicateKeyError:  # nothing was written
            raise
        except BaseException:
            self._in_doubt.add(app)
            raise
        finally:
            self.changes += 1
            for asked, _ in self._of(owner, app):
                del self._kept[asked]
            self._kept |= after

    def _of(self, owner: UserId, app: AppId) -> list[tuple[tuple[UserId, str], StoredApp]]:
        return [(asked, known) for asked, known in self._kept.items() if known.id == app and known.owner == owner]

    def _keep(self, asked: tuple[UserId, str], app: StoredApp) -> None:
        self._kept.pop(asked, None)
        self._kept[asked] = app
        if len(self._kept) > self._size:  # the one that was kept first
            del self._kept[next(iter(self._kept))]
