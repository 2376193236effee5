"""What user code prints, logs and warns about, as :class:`LogLine` events that know their request.

``sys.stdout`` and ``sys.stderr`` become streams that look at who is writing. No handler is added to ``logging``: a root
handler of ours would turn a user's ``logging.basicConfig()`` into a no-op. Instead a line that a ``StreamHandler``
writes here is recognised by its caller, which has the record with its level and logger. So logging appears exactly
where and when it would appear on a terminal.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, Literal, TextIO
from weakref import WeakKeyDictionary

from podium.runner.current import BoundedText, Cause, current
from podium.runner.events import EventLog
from podium.runner.frames import clip
from podium.runner.protocol import MAX_LOG_LINE, EventType, LogLine

StreamName = Literal["stdout", "stderr"]
Level = Literal["debug", "info", "warning", "error", "critical"]

MAX_LINES_PER_WRITE = 500
"""Lines of one single write that become events; a summary stands for the rest."""

_HANDLER_EMIT = logging.StreamHandler.emit.__code__
_SHOW_WARNING = getattr(warnings, "_showwarnmsg_impl", warnings.showwarning).__code__
_LEVELS: tuple[tuple[int, Level], ...] = (
    (logging.CRITICAL, "critical"),
    (logging.ERROR, "error"),
    (logging.WARNING, "warning"),
    (logging.INFO, "info"),
)


def level_name(number: int) -> Level:
    """Name the level of a log record, rounded down to one of ours."""
    return next((name for least, name in _LEVELS if number >= least), "debug")


class Capture:
    """Turns written text into log lines. ``echo`` says whether the text also goes where it would go without us."""

    def __init__(self, events: EventLog, *, echo: bool = False) -> None:
        self._events = events
        self._unfinished = threading.local()
        self.echo = echo
        self.pid = os.getpid()
        self._requests: WeakKeyDictionary[logging.LogRecord, Cause] = WeakKeyDictionary()

    def streams(self) -> tuple[CapturedStream, CapturedStream]:
        """Make the pair that stands in for ``sys.stdout`` and ``sys.stderr``."""
        return CapturedStream(self, "stdout", sys.stdout), CapturedStream(self, "stderr", sys.stderr)

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Capture the process's standard streams and uvicorn's loggers while the context lasts."""
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self.streams()
        handler = _ServerHandler(self)
        # As uvicorn's own set-up does it: people log through its loggers and expect INFO to appear.
        server = logging.getLogger("uvicorn")
        level, server.propagate = server.level, False
        server.addHandler(handler)
        server.setLevel(logging.INFO)
        make_record = logging.getLogRecordFactory()
        logging.setLogRecordFactory(self._remembering(make_record))
        try:
            yield
        finally:
            logging.setLogRecordFactory(make_record)
            server.removeHandler(handler)
            server.setLevel(level)
            sys.stdout, sys.stderr = before

    def _remembering(self, make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
        """Make records that are known by their request: handlers with a queue (Quart's) write in another thread."""

        def make_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = make(*args, **kwargs)
            request = current.get()
            if request is not None:
                self._requests[record] = request
                if record.exc_info and record.exc_info[1] is not None:
                    request.note_error(record.exc_info[1])
            return record

        return make_record

    def record(self, record: logging.LogRecord, text: str) -> None:
        """Report a log record, of the request that made it; ``text`` is what a handler has made of it."""
        token = current.set(self._requests.get(record) or current.get())
        self.line("logging", level_name(record.levelno), clip(text.rstrip("\n"), MAX_LOG_LINE), record.name)
        current.reset(token)

    def line(
        self,
        stream: Literal["stdout", "stderr", "logging", "server"],
        level: Level,
        text: str,
        logger: str | None = None,
    ) -> None:
        """Report one line (or one log message of several) of the current request, bounded already by the caller."""
        request = current.get()
        line = LogLine(time.time(), stream, level, text, logger, request.id if request else None)
        if request is not None:
            request.note_line(line)
        self._events.append(EventType.LOG, line, cost=len(line.text))

    def printed(self, stream: StreamName, text: str, level: Level) -> None:
        """Take text as it was written: whole lines are reported, the beginning of one waits for its end."""
        *lines, rest = text.split("\n")
        if lines:
            self._extend(stream, lines[0])
            self.flush(stream, level, empty=True)
            for line in lines[1:MAX_LINES_PER_WRITE]:
                self.line(stream, level, clip(line.rstrip("\r"), MAX_LOG_LINE))
        if len(lines) > MAX_LINES_PER_WRITE:
            self.line(stream, level, f"… ({len(lines) - MAX_LINES_PER_WRITE:,} more lines in one write)")
        if rest:
            self._extend(stream, rest)

    def flush(self, stream: StreamName, level: Level, *, empty: bool = False) -> None:
        """Report the beginning of a line without waiting for its end; ``empty`` tells that an empty line counts."""
        rest = str(self._waiting().pop(stream, "")).rstrip("\r")
        if rest or empty:
            self.line(stream, level, rest)

    def _extend(self, stream: StreamName, piece: str) -> None:
        self._waiting().setdefault(stream, BoundedText(MAX_LOG_LINE)).add(piece)

    def _waiting(self) -> dict[str, BoundedText]:
        """Return the unfinished lines of the current request, or of this thread when there is none."""
        request = current.get()
        if request is not None:
            return request.unfinished
        waiting: dict[str, BoundedText] = self._unfinished.__dict__.setdefault("lines", {})
        return waiting


class CapturedStream(io.TextIOBase):
    """Stands in for ``sys.stdout`` or ``sys.stderr``.

    ``console`` is the kernel's own stream: what the main thread writes outside any request is the console's and goes
    there. Everything else is captured.
    """

    def __init__(self, capture: Capture, name: StreamName, original: TextIO) -> None:
        self._capture = capture
        self._name: StreamName = name
        self._original = original
        self._level: Level = "info" if name == "stdout" else "error"
        self.console: Any = None

    def write(self, text: str) -> int:
        """Capture ``text``; a ``TypeError`` for anything but text, as from any text stream."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if os.getpid() != self._capture.pid:
            # A forked child (multiprocessing): nobody reads its copy of the event log.
            return self._original.write(text)
        if self._of_console():
            self.console.write(text)
            return len(text)
        if self._capture.echo:
            self._original.write(text)
        request = current.get()
        error = sys.exc_info()[1]
        if request is not None and error is not None:
            # Printed in an except block: whoever handles the error says so here and nowhere else (Falcon does).
            request.note_error(error)
        self._take(text, sys._getframe(1))
        return len(text)

    def flush(self) -> None:
        """Report what has no line end yet."""
        if self._of_console():
            self.console.flush()
            return
        if self._capture.echo or os.getpid() != self._capture.pid:
            self._original.flush()
        self._capture.flush(self._name, self._level)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has an attribute where CPython has a property
        """Text is kept as text; this is what :mod:`io` expects to hear."""
        return "utf-8"

    @property
    def buffer(self) -> io.RawIOBase:
        """A binary view, for code that writes bytes to ``sys.stdout.buffer``."""
        return _BinaryView(self)

    def writable(self) -> bool:
        """Return ``True``."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the stream that this one replaces: for subprocesses, which are not captured here."""
        return self._original.fileno()

    def __getattr__(self, name: str) -> Any:
        # ipykernel sets the parent message of a console cell on its stream (``set_parent``, ``parent_header``).
        console = self.__dict__.get("console")
        if console is None:
            raise AttributeError(name)
        return getattr(console, name)

    def _of_console(self) -> bool:
        return (
            self.console is not None
            and current.get() is None
            and threading.get_ident() == threading.main_thread().ident
        )

    def _take(self, text: str, caller: FrameType) -> None:
        record = caller.f_locals.get("record") if caller.f_code is _HANDLER_EMIT else None
        if isinstance(record, logging.LogRecord):
            self._capture.record(record, text)
        elif caller.f_code is _SHOW_WARNING:
            self._capture.printed(self._name, text, "warning")
        else:
            self._capture.printed(self._name, text, self._level)


class _BinaryView(io.RawIOBase):
    """Bytes for a captured stream, decoded as UTF-8."""

    def __init__(self, stream: CapturedStream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._stream.write(raw.decode("utf-8", "replace"))
        return len(raw)


class _ServerHandler(logging.Handler):
    """What is logged through uvicorn's loggers: the app's own lines, and of uvicorn's own only the warnings.

    uvicorn also logs every exception of the app; that is in the request's record already.
    """

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self._capture = capture

    def emit(self, record: logging.LogRecord) -> None:
        own = "uvicorn" in Path(record.pathname).parts
        if own and record.levelno != logging.WARNING:
            return
        if own:
            self._capture.line("server", "warning", clip(self.format(record), MAX_LOG_LINE), record.name)
        else:
            self._capture.record(record, self.format(record))
