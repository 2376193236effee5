"""What a checker says about a place in a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from podium.ide.text import Position, Range

FILE_START = Range(Position(0, 0), Position(0, 0))


class Severity(StrEnum):
    """``error`` stops Run and Promote; the others are advice."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Source(StrEnum):
    """The checkers."""

    PYTHON = "python"
    PYFLAKES = "pyflakes"
    IMPORTS = "imports"
    DEPLOY = "deploy"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem; ``code`` names the rule of ``source`` that found it, ``path`` is relative to the app's folder."""

    path: str
    range: Range
    severity: Severity
    source: Source
    code: str
    message: str

    @property
    def order(self) -> tuple[str, Position, str, str]:
        """Sorts by file, then by place."""
        return self.path, self.range.start, self.source, self.code

    def as_json(self) -> dict[str, Any]:
        """The shape of the public API and of ``podium/validate``."""
        return asdict(self)
