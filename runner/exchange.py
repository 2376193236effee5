"""One exchange while it runs: what the record of it will be made of."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from podium.runner.asgi import Scope
from podium.runner.current import BoundedText
from podium.runner.events import EventLog
from podium.runner.protocol import (
    MAX_RECORDED_BODY,
    MAX_RECORDED_LOGS,
    Body,
    EventType,
    Failure,
    Headers,
    LogLine,
    Record,
    RecordedRequest,
    RecordedResponse,
)

MAX_ID = 128


class BodyKeeper:
    """Counts a body's bytes and keeps its beginning."""

    def __init__(self) -> None:
        self.size = 0
        self._kept = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        self.size += len(chunk)
        room = MAX_RECORDED_BODY - len(self._kept)
        if room > 0:
            self._kept += chunk[:room]

    def body(self) -> Body:
        """Return what was kept: text where it is UTF-8, else base64."""
        truncated = self.size > len(self._kept)
        text = _decoded(bytes(self._kept), truncated)
        if text is not None:
            return Body(self.size, text=text, truncated=truncated)
        return Body(self.size, base64=base64.b64encode(self._kept).decode("ascii"), truncated=truncated)


class Exchange:
    """Collects one request and its answer; :meth:`finish` reports the record, once."""

    def __init__(self, scope: Scope, generation: int, events: EventLog) -> None:
        self.headers = _headers(scope["headers"])
        self.id = _request_id(self.headers)
        self.method = str(scope.get("method", "GET"))
        self.path = _target(scope)
        self.unfinished: dict[str, BoundedText] = {}
        self.request_body = BodyKeeper()
        self.response_body = BodyKeeper()
        self.reported_error: BaseException | None = None
        self.failure: Failure | None = None
        self.finished = False
        self.status: int | None = None
        self._generation = generation
        self._events = events
        self._lines: list[LogLine] = []
        self._response_headers: Headers = []
        self._first_byte_ms = 0.0
        self._duration_ms: float | None = None
        self._started_at = time.time()
        self._clock = time.perf_counter()

    def begin(self) -> None:
        """Report that the request has arrived."""
        self._events.append(
            EventType.REQUEST_STARTED, {"id": self.id, "method": self.method, "path": self.path}, cost=len(self.path)
        )

    def respond(self, status: int, headers: Iterable[Any]) -> None:
        """Note the answer's head, at the moment when it is sent."""
        self.status = status
        self._response_headers = _headers(headers)
        self._first_byte_ms = self._elapsed_ms()

    def complete(self) -> None:
        """Note that the answer has ended; what runs after it does not count as the request's duration."""
        self._duration_ms = self._elapsed_ms()

    def note_line(self, line: LogLine) -> None:
        """Keep a line that the request caused, up to ``MAX_RECORDED_LOGS`` of them."""
        if len(self._lines) < MAX_RECORDED_LOGS:
            self._lines.append(line)

    def note_error(self, error: BaseException) -> None:
        """Keep the last exception that a framework or a handler reported on its own."""
        self.reported_error = error

    def finish(self, describe: Callable[[BaseException], Failure]) -> None:
        """Report the record. ``describe`` explains an exception that a framework answered with a 5xx of its own."""
        if self.finished:
            return
        self.finished = True
        if self.failure is None and self.reported_error is not None and (self.status is None or self.status >= 500):
            self.failure = describe(self.reported_error)
        self.reported_error = None
        record = self._record()
        cost = 2 * MAX_RECORDED_BODY if self.request_body.size + self.response_body.size > MAX_RECORDED_BODY else 4096
        self._events.append(EventType.REQUEST_FINISHED, record, cost=cost + sum(len(line.text) for line in self._lines))

    def _record(self) -> Record:
        response = None
        if self.status is not None:
            response = RecordedResponse(
                self.status, self._response_headers, self.response_body.body(), self._first_byte_ms
            )
        return Record(
            id=self.id,
            started_at=self._started_at,
            duration_ms=self._elapsed_ms() if self._duration_ms is None else self._duration_ms,
            request=RecordedRequest(self.method, self.path, self.headers, self.request_body.body()),
            response=response,
            logs=tuple(self._lines),
            failure=self.failure,
            generation=self._generation,
        )

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._clock) * 1000


def _headers(raw: Iterable[Any]) -> Headers:
    return [(bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in raw]


def _request_id(headers: Headers) -> str:
    """Return the gateway's ``X-Request-Id`` if it is a plain word, else an id of our own making."""
    given = next((value for name, value in headers if name.lower() == "x-request-id"), "")
    return given if 0 < len(given) <= MAX_ID and given.isascii() and given.isprintable() else secrets.token_hex(16)


def _target(scope: Scope) -> str:
    raw = scope.get("raw_path") or str(scope.get("path", "/")).encode()
    query = bytes(scope.get("query_string", b"")).decode("latin-1")
    path = bytes(raw).partition(b"?")[0].decode("latin-1")
    return f"{path}?{query}" if query else path


def _decoded(kept: bytes, truncated: bool) -> str | None:
    """Decode UTF-8; a character that the limit cut in two is left out."""
    for cut in range(4 if truncated else 1):
        try:
            return kept[: len(kept) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return None
