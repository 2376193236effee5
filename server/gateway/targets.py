"""What the gateway asks of the rest of the server: where an app listens, and who keeps a record of each exchange."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from podium.runner.protocol import Headers
from podium.server.gateway.forward import Credentials
from podium.server.gateway.upstream import ResponseHead, UpstreamError
from podium.server.models.common import AppId, RequestId, UserId


@dataclass(frozen=True, slots=True)
class Target:
    """A running app: where it accepts connections, and which version of it does."""

    app: AppId
    owner: UserId
    name: str
    host: str
    port: int
    version: str | None


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request as its sender wrote it; ``target`` is the path with the query string."""

    method: str
    target: str
    headers: Headers


class Entry(Protocol):
    """The record of one exchange while it goes on. Exactly one of ``finished`` and ``failed`` ends it."""

    def answered(self, head: ResponseHead) -> None:
        """Note that the head of the answer is there."""

    def passed(self, size: int) -> None:
        """Note that so many bytes of the answer's body were passed on."""

    def finished(self) -> None:
        """Note that the whole answer was passed on."""

    def failed(self, sentence: str) -> None:
        """Note that no whole answer came; the sentence says why."""

    def cancelled(self) -> None:
        """Note that the client went away before the answer was complete."""


class Directory(Protocol):
    """Which apps there are and how they are."""

    async def target(self, name: str) -> Target:
        """Find the app of a host name; raises :class:`~podium.server.http.problem.ApiError` when it cannot be asked."""

    def begin(self, target: Target, id: RequestId, head: RequestHead) -> Entry:
        """Begin the record of a request that goes to the app now."""

    async def explain(self, target: Target, error: UpstreamError | TimeoutError) -> str:
        """Say in a sentence or two why the app gave no whole answer."""


class Surroundings(Protocol):
    """What all exchanges of one gateway share."""

    directory: Directory
    credentials: Credentials

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task that is held and, when the gateway closes, cancelled."""


def new_request_id() -> RequestId:
    """Make an id; those made later sort after those made earlier."""
    return RequestId(f"req_{time.time_ns() // 1_000_000:011x}{secrets.token_hex(6)}")
