"""What a runner and the process that controls it say to each other.

The runner listens on two TCP ports. The *app port* serves the user's app and nothing else. The *control port*
speaks HTTP with JSON bodies; every request carries ``Authorization: Bearer TOKEN``.

=======================  ===========================  ============================================================
request                  answer                       meaning
=======================  ===========================  ============================================================
``GET /healthz``         :class:`Health`              the runner is alive (it says nothing about the app's own code)
``POST /claim``          200                          become the runner of one app: the environment of :class:`Claim`
``POST /load``           :class:`Loaded`, 422         write the files of :class:`Load`, import what changed, serve it;
                         :class:`LoadFailed`          on failure the app that was served before goes on serving
``POST /restore``        200                          another process has written files beside this one: write those of
                                                      the app that is served here, and import nothing
``POST /look``           :class:`Sight`               what a dotted name of :class:`Look` stands for in the running app
``GET /events?since=N``  NDJSON of :class:`Event`     every event after number N, then those to come, one per line
``POST /drain``          200                          close WebSockets; answer when no request is in flight any more
``POST /shutdown``       202                          finish requests in flight, run the lifespan's end, exit with 0
=======================  ===========================  ============================================================

Where the ports are comes in the environment: ``PODIUM_APP_FD`` and ``PODIUM_CONTROL_FD`` name inherited listening
sockets (socket activation, so that a client may connect before the process is up), else ``PODIUM_APP_PORT`` and
``PODIUM_CONTROL_PORT`` name ports to listen on. ``PODIUM_APP_DIR`` is the folder that files are written to and the
working directory of the app; ``PODIUM_CONTROL_TOKEN`` is taken out of the environment before user code runs. A runner
without ``PODIUM_APP_DIR`` waits for a claim, which has it.

``PODIUM_LOAD_TIMEOUT`` is how many seconds a load may take (30), ``PODIUM_SHUTDOWN_GRACE`` how many a shutdown waits
for requests in flight (10).

Other answers are ``{"detail": SENTENCE}``: 400 for what is no load, 401 without the token, 404, 405, 409 for a load
before the claim and for a second claim, and 413 for a load that is too big. Loads wait for one another. When nothing
that the app uses has changed, a load is answered with the same ``generation`` and the new ``version``. A failure of
kind ``restart`` asks for a new process and the same load.

The shapes are plain dataclasses so that the runner needs no validation library; the public API embeds the same ones.
Times are seconds since the epoch, durations are milliseconds, sizes are bytes, lines count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

MAX_RECORDED_BODY = 64 * 1024
"""Bytes of a request's or an answer's body that a record keeps."""
MAX_LOG_LINE = 8 * 1024
"""Characters of one log line that are kept; the rest is counted in the line's last words."""
MAX_RECORDED_LOGS = 500
"""Log lines that one request record keeps; the event stream has them all."""

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One traceback entry. ``user`` is true for the app's own files, whose ``path`` is relative to the app's folder."""

    path: str
    line: int
    function: str
    source: str | None = None
    user: bool = False


class FailureKind(StrEnum):
    """Where user code went wrong; ``ended`` is what others say of a runner whose process it ended."""

    SYNTAX = "syntax"
    IMPORT = "import"
    NO_APP = "no_app"
    LIFESPAN = "lifespan"
    TIMEOUT = "timeout"
    HANDLER = "handler"
    STREAM = "stream"
    PROTOCOL = "protocol"
    BACKGROUND = "background"
    RESTART = "restart"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of user code as a value: what happened (``message``), where (``frames``), what to do now (``hint``).

    ``exception`` is the qualified name of the exception's type, where there was one. Frames run from the outermost
    call to the place of the error; frames of libraries are kept but marked.
    """

    kind: FailureKind
    message: str
    frames: tuple[Frame, ...] = ()
    exception: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the running app.

    ``path`` is a template such as ``/notes/{id}``; ``methods`` is empty for a WebSocket or a mounted app.
    ``handler`` is the qualified function name, ``file`` and ``line`` say where it is defined, when that is known.
    """

    path: str
    methods: tuple[str, ...] = ()
    kind: Literal["http", "websocket", "mount"] = "http"
    name: str | None = None
    handler: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that user code printed or logged. ``request`` is the id of the request that caused it, if one did."""

    at: float
    stream: Literal["stdout", "stderr", "logging", "server"]
    level: Literal["debug", "info", "warning", "error", "critical"]
    text: str
    logger: str | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What is kept of a body: ``size`` in bytes of the whole, and the beginning as text or, when not UTF-8, base64."""

    size: int
    text: str | None = None
    base64: str | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """The request half of a record; ``path`` includes the query string as it was sent."""

    method: str
    path: str
    headers: Headers
    body: Body


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """The answer half of a record. ``first_byte_ms`` counts from the request's arrival at the app."""

    status: int
    headers: Headers
    body: Body
    first_byte_ms: float


@dataclass(frozen=True, slots=True)
class Record:
    """One HTTP exchange with an app, as the recorder saw it from inside.

    ``id`` is the ``X-Request-Id`` that the gateway gave, or one of the runner's own making. ``response`` is missing
    when the app failed before it answered; ``failure`` says how it failed, also half way through a stream.
    """

    id: str
    started_at: float
    duration_ms: float
    request: RecordedRequest
    response: RecordedResponse | None
    logs: tuple[LogLine, ...] = ()
    failure: Failure | None = None
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Environment variables for a runner that waits, in addition to those that it has."""

    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Load:
    """An app to serve: its files (path to text), its entry module's path, and the name of this version of it."""

    files: dict[str, str]
    entry: str
    version: str


@dataclass(frozen=True, slots=True)
class LoadTimings:
    """Milliseconds: ``load`` is writing files and importing, ``ready`` is the lifespan and the swap."""

    load_ms: float
    ready_ms: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """The app that is served from now on. ``reloaded`` names the modules that were imported anew, in order."""

    generation: int
    version: str
    framework: str
    interface: Literal["asgi", "wsgi"]
    routes: tuple[Route, ...]
    reloaded: tuple[str, ...]
    timings: LoadTimings


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """Why a load failed; ``serving`` is the version that still answers, or ``None`` when there is none."""

    failure: Failure
    serving: str | None
    timings: LoadTimings


@dataclass(frozen=True, slots=True)
class Look:
    """A dotted name as it is written in a module of the app: ``("app", "state")`` in the file ``main.py``."""

    file: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """An attribute. ``type`` is the qualified name of its value's class, where that is there without running code."""

    name: str
    kind: Literal["class", "function", "module", "property", "value"]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a name stands for: the qualified name of its class, ``None`` for what is not there, and what it has."""

    type: str | None
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """The answer to ``GET /healthz``: ``blocked_ms`` is how long the app's event loop has not come round."""

    generation: int
    version: str | None
    in_flight: int
    blocked_ms: float
    last_event: int


class EventType(StrEnum):
    """What a runner reports; the comment names the shape of :attr:`Event.data`."""

    LOG = "log"  # LogLine
    REQUEST_STARTED = "request_started"  # {"id", "method", "path"}
    REQUEST_FINISHED = "request_finished"  # Record
    LOADING = "loading"  # {"stage": "load" | "ready"}
    LOADED = "loaded"  # Loaded
    LOAD_FAILED = "load_failed"  # LoadFailed
    OPENAPI = "openapi"  # {"generation", "document": object or None}: a moment after the load
    BLOCKED = "blocked"  # {"ms": float, "frames": [Frame]}: the app's event loop stands still at these frames
    UNBLOCKED = "unblocked"  # {"ms": float}
    FAILURE = "failure"  # Failure outside any request: a background task, a thread, the end of a lifespan
    DROPPED = "dropped"  # {"count": int}: events the buffer had to drop before a reader took them


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the event stream; ``n`` counts from 1 for each runner process."""

    n: int
    at: float
    type: EventType
    data: dict[str, Any] = field(default_factory=dict)
