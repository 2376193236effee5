"""The record of one exchange with an app while it goes on, and what it is turned into."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from podium.runner.protocol import Body, Record, RecordedRequest, RecordedResponse
from podium.server.gateway.targets import RequestHead, Target
from podium.server.gateway.upstream import ResponseHead
from podium.server.live.redact import redact_request, redact_response
from podium.server.models.common import AppId, RequestId
from podium.server.models.runs import RequestRecord, RequestState, RequestSummary
from podium.server.models.runs import Target as TargetName

Source = Literal["panel", "gateway"]
_ENDED = frozenset({RequestState.DONE, RequestState.FAILED, RequestState.CANCELLED})


class OpenRecord:
    """What the gateway sees of an exchange, and what the recorder inside the kernel saw (``inner``) once it is told.

    ``changed`` is called with the record whenever its state changes; ``over`` is set when the exchange has ended, and
    ``settled`` when nothing more is waited for. This is the gateway's
    :class:`~podium.server.gateway.targets.Entry`.
    """

    def __init__(
        self,
        target: Target,
        id: RequestId,
        head: RequestHead,
        source: Source,
        changed: Callable[[OpenRecord], None],
        body: Body | None = None,
    ) -> None:
        self.target = target
        self.id = id
        self.inner: Record | None = None
        self.told = False
        """Somebody was told of it while it went on."""
        self.alone = False
        """The kernel has ended: it will record nothing any more."""
        self.over = asyncio.Event()
        self.settled = asyncio.Event()
        self.state = RequestState.WAITING
        self._source: Source = source
        self._changed = changed
        self._request = RecordedRequest(head.method, head.target, head.headers, body or Body(size=0))
        self._response: ResponseHead | None = None
        self._size = 0
        self._error: str | None = None
        self._started_at = datetime.now(UTC)
        self._started = time.perf_counter()
        self._first_byte_ms: float | None = None
        self._duration_ms: float | None = None

    @property
    def app(self) -> AppId:
        return self.target.app

    @property
    def ended(self) -> bool:
        """Whether the exchange is over, however it ended."""
        return self.state in _ENDED

    def answered(self, head: ResponseHead) -> None:
        self.state = RequestState.STREAMING
        self._response = head
        self._first_byte_ms = self._elapsed()
        self._changed(self)

    def passed(self, size: int) -> None:
        self._size += size

    def finished(self) -> None:
        self._end(RequestState.DONE)

    def failed(self, sentence: str) -> None:
        self._end(RequestState.FAILED, sentence)

    def cancelled(self) -> None:
        self._end(RequestState.CANCELLED)

    def _end(self, state: RequestState, error: str | None = None) -> None:
        self.state, self._error = state, error
        self._duration_ms = self._elapsed()
        self.over.set()
        self._changed(self)

    def record(self) -> RequestRecord:
        """Return what is known now, redacted."""
        inner = self.inner
        return RequestRecord(
            id=self.id,
            app=self.app,
            target=TargetName.DEV,
            source=self._source,
            state=self.state,
            started_at=self._started_at,
            duration_ms=self._duration_ms,
            first_byte_ms=self._first_byte_ms,
            request=redact_request(inner.request if inner is not None else self._request),
            response=redact_response(self._answer(inner)),
            logs=list(inner.logs) if inner is not None else [],
            failure=inner.failure if inner is not None else None,
            error=self._error,
            version=self.target.version,
        )

    def _answer(self, inner: Record | None) -> RecordedResponse | None:
        if inner is not None and inner.response is not None:
            return inner.response
        seen = self._response
        if seen is None:
            return None
        return RecordedResponse(seen.status, seen.headers, Body(size=self._size), self._first_byte_ms or 0.0)

    def _elapsed(self) -> float:
        return round((time.perf_counter() - self._started) * 1000, 2)


def record_of(app: AppId, inner: Record) -> RequestRecord:
    """Make a record of a request that did not come through Podium, but from the console or another process."""
    return RequestRecord(
        id=RequestId(inner.id),
        app=app,
        target=TargetName.DEV,
        source="gateway",
        state=RequestState.DONE if inner.response is not None else RequestState.FAILED,
        started_at=datetime.fromtimestamp(inner.started_at, UTC),
        duration_ms=inner.duration_ms,
        first_byte_ms=inner.response.first_byte_ms if inner.response is not None else None,
        request=redact_request(inner.request),
        response=redact_response(inner.response),
        logs=list(inner.logs),
        failure=inner.failure,
    )


def summary_of(record: RequestRecord) -> RequestSummary:
    """Make the row of the history that stands for a record."""
    response = record.response
    status = response.status if response is not None else None
    failed = record.state is RequestState.FAILED or record.failure is not None or (status or 0) >= 500
    return RequestSummary(
        id=record.id,
        target=record.target,
        source=record.source,
        state=record.state,
        method=record.request.method,
        path=record.request.path,
        status=status,
        started_at=record.started_at,
        duration_ms=record.duration_ms,
        size=response.body.size if response is not None else None,
        failed=failed,
    )
