"""Sessions, requests and events: what happens when an app runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from podium.kernels.exits import KernelExit
from podium.runner.protocol import Body, Failure, Headers, LogLine, RecordedRequest, RecordedResponse, Route
from podium.server.models.common import AppId, Diagnostic, Input, Output, RequestId, SessionId

MAX_SEND_BODY = 10 * 1024 * 1024


class RunState(StrEnum):
    """The state of an app's session; ``stopped`` also stands for *never started*."""

    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"


class RunStage(StrEnum):
    """What a starting session is doing."""

    CHECK = "check"
    ENVIRONMENT = "environment"
    KERNEL = "kernel"
    LOAD = "load"
    READY = "ready"


class KernelSource(StrEnum):
    """Where the kernel of a run came from.

    It ran already (``reused``), waited for an app (``ready``), was forked from a warm process, or was started ``cold``.
    """

    REUSED = "reused"
    READY = "ready"
    FORKED = "forked"
    COLD = "cold"


class RunTimings(Output):
    """Milliseconds of each stage. Check and kernel begin together; the others follow, up to about ``total_ms``.

    ``environment_ms`` is what came before them: making the environment that ``requirements.txt`` asks for, if there was
    none.
    """

    source: KernelSource
    environment_ms: float
    check_ms: float
    kernel_ms: float
    load_ms: float
    ready_ms: float
    total_ms: float


class Run(Output):
    """The session of an app.

    ``version`` names what is being served now, which after a failed reload is not what is stored; ``failure`` is the
    last load's, ``exit`` says why there is no kernel any more. ``openapi`` is the app's own document, if it has one;
    it comes a moment after the app. ``restart_needed`` says what a restart of the kernel
    would apply.
    """

    app: AppId
    session: SessionId | None
    state: RunState
    stage: RunStage | None = None
    url: str
    version: str | None = None
    framework: str | None = None
    generation: int = 0
    routes: tuple[Route, ...] = ()
    openapi: dict[str, Any] | None = None
    reloaded: tuple[str, ...] = ()
    timings: RunTimings | None = None
    failure: Failure | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    exit: KernelExit | None = None
    memory_bytes: int | None = None
    restart_needed: str | None = None


class EnvironmentState(StrEnum):
    """Where the making of an app's environment stands."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class EnvironmentProgress(Output):
    """One line of the making of the environment that an app's ``requirements.txt`` asks for.

    ``ms`` counts from its beginning. ``diagnostics`` say which requirement cannot be met, when it has failed.
    """

    state: EnvironmentState
    line: str
    ms: float
    diagnostics: tuple[Diagnostic, ...] = ()


class Target(StrEnum):
    """Which body of an app a request goes to."""

    DEV = "dev"
    LIVE = "live"


class SendRequest(Input):
    """A request to send to an app; a body is text or base64, not both. ``path`` may have a query string."""

    method: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,19}$")] = "GET"
    path: Annotated[str, Field(pattern=r"^/[^\x00-\x20\x7f#]*$", max_length=8000)] = "/"
    headers: Headers = Field(default_factory=list)
    body: Annotated[str, Field(max_length=MAX_SEND_BODY)] | None = None
    body_base64: Annotated[str, Field(max_length=MAX_SEND_BODY * 4 // 3 + 4)] | None = None
    target: Target = Target.DEV

    @model_validator(mode="after")
    def _one_body(self) -> SendRequest:
        if self.body is not None and self.body_base64 is not None:
            raise ValueError("send either body or body_base64, not both")
        return self


class RequestState(StrEnum):
    """Where an exchange stands; ``failed`` means that no whole answer came."""

    WAITING = "waiting"
    STREAMING = "streaming"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RequestRecord(Output):
    """One HTTP exchange with an app.

    ``source`` is who sent it: the panel, or anything that came through the gateway. ``error`` is a sentence for the
    case that no answer came at all, ``failure`` locates the app's own error. Secret headers are redacted.
    """

    id: RequestId
    app: AppId
    target: Target
    source: Literal["panel", "gateway"]
    state: RequestState
    started_at: datetime
    duration_ms: float | None
    first_byte_ms: float | None
    request: RecordedRequest
    response: RecordedResponse | None
    logs: list[LogLine]
    failure: Failure | None = None
    error: str | None = None
    version: str | None = None
    cold_start: bool = False


class RequestSummary(Output):
    """A record as one row of the history."""

    id: RequestId
    target: Target
    source: Literal["panel", "gateway"]
    state: RequestState
    method: str
    path: str
    status: int | None
    started_at: datetime
    duration_ms: float | None
    size: int | None
    failed: bool


class RequestHistory(Output):
    """The newest requests first; ``next`` is the cursor of the following page."""

    requests: list[RequestSummary]
    next: str | None


class Exchange(Output):
    """The whole answer to a request that the panel sent, with its record. ``body`` is complete up to 10 MiB."""

    status: int | None
    headers: Headers
    body: Body
    record: RequestRecord


class StreamLine(Output):
    """One line of an exchange as ``application/x-ndjson``: ``start``, then any number of ``chunk``, then ``end``."""

    type: Literal["start", "chunk", "end"]
    id: RequestId
    status: int | None = None
    headers: Headers | None = None
    first_byte_ms: float | None = None
    text: str | None = None
    base64: str | None = None
    record: RequestRecord | None = None


class AppEventType(StrEnum):
    """What the event stream of an app carries; the comment names the shape of the event's ``data``."""

    HELLO = "hello"  # {"epoch": str, "first": int, "last": int, "run": Run}: always first, not numbered (n = 0)
    RUN = "run"  # Run: state, stage, routes, failure or exit changed
    ENVIRONMENT = "environment"  # EnvironmentProgress: one line
    LOG = "log"  # LogLine
    REQUEST = "request"  # RequestSummary: started, first byte, or finished
    FILES = "files"  # {"revision": int, "paths": [str], "origin": str | None}: files were changed, by whichever tab
    BLOCKED = "blocked"  # {"ms": float, "frames": [Frame]}: the app's event loop stands still
    UNBLOCKED = "unblocked"  # {"ms": float}
    FAILURE = "failure"  # Failure outside any request
    DROPPED = "dropped"  # {"count": int}: events that were not kept for this reader


class AppEvent(Output):
    """One event of an app, numbered from 1 within an ``epoch`` (the life of a server process)."""

    n: int
    at: float
    type: AppEventType
    data: dict[str, Any]
