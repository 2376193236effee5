"""Logs: JSON lines in ``<data>/logs/podium.log``, and for the person at the terminal one line for each warning.

The sign-in token is cut out of every line, whoever wrote it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter

FILE_BYTES = 5 * 1024 * 1024
FILES_KEPT = 3
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class _Redacting(ProcessorFormatter):
    """Writes records without the secret."""

    def __init__(self, secret: str, *processors: structlog.typing.Processor) -> None:
        super().__init__(processors=[ProcessorFormatter.remove_processors_meta, *processors], foreign_pre_chain=_SHARED)
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace(self._secret, "[token]")


@contextmanager
def logging_to(path: Path, level: str, secret: str) -> Iterator[None]:
    """Log to ``path`` (rotated, so that at most 20 MB are kept) and warnings to the terminal, until left."""
    file = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", errors="replace")
    file.setFormatter(
        _Redacting(secret, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))
    )
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.addFilter(_is_for_people)
    terminal.setFormatter(_Redacting(secret, _Sentence(path)))
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [file, terminal]
    root.setLevel(level.upper())
    for noisy in ("tornado.access", "pymongo", "asyncio", "urllib3"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        root.handlers[:] = before
        file.close()


def _is_for_people(record: logging.LogRecord) -> bool:
    """Whether a line belongs on the terminal: our own warnings, and errors of whatever library."""
    return record.levelno >= logging.ERROR or record.name.startswith("podium")


class _Sentence:
    """One line for a person: what happened, and where the rest is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
        hidden = {"event", "level", "logger", "timestamp", "exc_info", "_record", "_from_structlog"}
        details = ", ".join(f"{key} {value}" for key, value in event.items() if key not in hidden)
        more = f" (the traceback is in {self._path})" if event.get("exc_info") else ""
        return f"podium: {event.get('level', 'warning')}: {event['event']}{': ' if details else ''}{details}{more}"
