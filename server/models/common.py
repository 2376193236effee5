"""What all of the API's shapes share: strict input, ids, diagnostics, and RFC 9457 problem documents."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NewType

from pydantic import BaseModel, ConfigDict, Field

from podium.runner.protocol import Frame

UserId = NewType("UserId", str)
AppId = NewType("AppId", str)
SessionId = NewType("SessionId", str)
RequestId = NewType("RequestId", str)


class Input(BaseModel):
    """A request body: unknown fields are refused, so that a typing mistake never passes silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Output(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Position(Output):
    """A place in a text: line and character count from 0, characters in UTF-16 code units (as in LSP)."""

    line: Annotated[int, Field(ge=0)]
    character: Annotated[int, Field(ge=0)]


class Range(Output):
    """From ``start`` up to, not including, ``end``."""

    start: Position
    end: Position


class Severity(StrEnum):
    """``error`` stops Run and Promote; the others are advice."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Diagnostic(Output):
    """One problem in an app's files; ``source`` names the checker and ``code`` its rule."""

    path: str
    range: Range
    severity: Severity
    source: str
    code: str
    message: str


class FieldError(Output):
    """One mistake in a request body: ``pointer`` is an RFC 6901 JSON pointer."""

    pointer: str
    message: str


class Problem(Output):
    """An RFC 9457 problem document (``application/problem+json``).

    ``type`` is a stable relative URI such as ``/problems/file-too-large``; ``title`` says what happened and ``detail``
    why and what to do now. ``limit`` is the number that was passed, where a limit was; ``errors`` locates mistakes in
    the request body; ``diagnostics`` and ``frames`` locate mistakes in the app's code; ``etag`` is the tag that the
    file has now (412); ``request`` is the id under which Podium's log has the details (500).
    """

    type: str
    title: str
    status: int
    detail: str
    limit: int | None = None
    errors: list[FieldError] | None = None
    diagnostics: list[Diagnostic] | None = None
    frames: list[Frame] | None = None
    etag: str | None = None
    request: str | None = None
