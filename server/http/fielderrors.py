"""Pydantic's errors in the words of the API."""

from __future__ import annotations

from pydantic import ValidationError

from podium.server.http.problem import ApiError, InvalidFields, MalformedBody
from podium.server.models.common import FieldError


def body_error(error: ValidationError) -> ApiError:
    """What is wrong with a JSON body: that it is none, or which fields have mistakes."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return MalformedBody(f"It is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}.")
    return InvalidFields(field_errors(error))


def field_errors(error: ValidationError, *where: str) -> list[FieldError]:
    """Every mistake with its place; ``where`` comes before the field's own name."""
    return [
        FieldError(pointer="".join(f"/{_escaped(str(part))}" for part in (*where, *item["loc"])), message=item["msg"])
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _escaped(part: str) -> str:
    """One part of an RFC 6901 pointer."""
    return part.replace("~", "~0").replace("/", "~1")
