"""What a replay needs and a stored record does not have: secret headers and long bodies.

They are kept in memory only, for the newest requests of this server process, and never leave it but towards the app
that they were meant for. After a restart a request whose record was redacted cannot be sent again; its sender is told.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from dataclasses import dataclass, replace

from podium.runner.protocol import Headers
from podium.server.live.problems import CannotReplay
from podium.server.live.redact import redacted_names
from podium.server.models.common import AppId, RequestId
from podium.server.models.runs import RequestRecord

MAX_ORIGINALS = 500
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to send to an app. ``body`` is ``None`` when it was streamed and not kept."""

    method: str
    path: str
    headers: Headers
    body: bytes | None

    @property
    def size(self) -> int:
        """About how many bytes this takes."""
        return len(self.path) + len(self.body or b"") + sum(len(name) + len(value) for name, value in self.headers)


class Originals:
    """The newest requests as they were sent, up to a number and a size."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[AppId, RequestId], Outgoing] = OrderedDict()
        self._bytes = 0

    def keep(self, app: AppId, id: RequestId, request: Outgoing) -> None:
        """Remember a request; the oldest are forgotten for it."""
        self._kept[app, id] = request
        self._bytes += request.size
        while len(self._kept) > MAX_ORIGINALS or self._bytes > MAX_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size

    def again(self, record: RequestRecord) -> Outgoing:
        """Make the request of a record once more; raises :class:`CannotReplay` when something of it is gone."""
        original = self._kept.get((record.app, record.id))
        if original is not None:
            return original if original.body is not None else replace(original, body=_recorded_body(record))
        request = record.request
        gone = redacted_names(request.headers)
        if gone:
            raise CannotReplay(
                f"The values of {', '.join(gone)} were not kept, because they are secret. Send the request anew."
            )
        return Outgoing(request.method, request.path, request.headers, _recorded_body(record))


def _recorded_body(record: RequestRecord) -> bytes:
    body = record.request.body
    if body.truncated:
        raise CannotReplay(f"Its body has {body.size:,} bytes, of which only the beginning was kept. Send it anew.")
    return base64.b64decode(body.base64) if body.base64 is not None else (body.text or "").encode()
