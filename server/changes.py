"""What happened to apps, told to whoever wants to know: the event streams, the running sessions, the sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from podium.server.models.common import AppId, UserId

log = structlog.get_logger("podium.changes")


@dataclass(frozen=True, slots=True)
class FilesChanged:
    """Files of an app were written, renamed or removed; ``origin`` is the tab that did it (``X-Podium-Tab``)."""

    owner: UserId
    app: AppId
    revision: int
    paths: tuple[str, ...]
    origin: str | None


@dataclass(frozen=True, slots=True)
class AppRenamed:
    """An app has another name, and so another host name."""

    owner: UserId
    app: AppId
    name: str


@dataclass(frozen=True, slots=True)
class AppDeleted:
    """An app was deleted: what runs for it should end. It can still be brought back."""

    owner: UserId
    app: AppId


@dataclass(frozen=True, slots=True)
class AppPurged:
    """A deleted app cannot be brought back any more: its records and its database may go."""

    owner: UserId
    app: AppId


@dataclass(frozen=True, slots=True)
class VariablesChanged:
    """An app has other environment variables."""

    owner: UserId
    app: AppId
    variables: Mapping[str, str]


Change = FilesChanged | AppRenamed | VariablesChanged | AppDeleted | AppPurged
Listener = Callable[[Change], None]


class Changes:
    """Tells every listener, in the order in which they subscribed. Listeners return at once; work goes to a task."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, change: Change) -> None:
        for listener in self._listeners:
            try:
                listener(change)
            except Exception:
                log.exception("listener failed", change=type(change).__name__)
