"""Secrets in headers: what a stored record shows instead of them.

Only the value is taken out, so that a record still says *that* a credential was sent, of which kind, and with which
attributes a cookie was set. Bodies and query strings are kept as they are: they are what one looks for in a record.
"""

from __future__ import annotations

import re
from dataclasses import replace

from podium.runner.protocol import Headers, RecordedRequest, RecordedResponse

REDACTED = "[redacted]"
_SECRET = re.compile(
    r"(proxy-)?authorization|cookie|set-cookie"
    r"|(.*[-_])?(api-?key|token|secret|password|passwd|signature|credentials?|session(-?id)?|auth|jwt|private-key)([-_].*)?"
)


def is_secret(name: str) -> bool:
    """Whether the values of headers of this name are secrets."""
    return _SECRET.fullmatch(name.lower()) is not None


def redact_headers(headers: Headers) -> Headers:
    """Return the headers without secrets; those that hold none are untouched."""
    return [(name, _redacted(name.lower(), value) if is_secret(name) else value) for name, value in headers]


def redact_request(request: RecordedRequest) -> RecordedRequest:
    """Return the request without secret headers."""
    return replace(request, headers=redact_headers(request.headers))


def redact_response(response: RecordedResponse | None) -> RecordedResponse | None:
    """Return the answer without secret headers."""
    return None if response is None else replace(response, headers=redact_headers(response.headers))


def redacted_names(headers: Headers) -> list[str]:
    """Name the headers whose values are gone."""
    return [name for name, value in headers if REDACTED in value]


def _redacted(name: str, value: str) -> str:
    if name == "cookie":
        return "; ".join(_pair(pair) for pair in value.split(";"))
    if name == "set-cookie":
        pair, *attributes = value.split(";")
        return ";".join([_pair(pair), *attributes])
    if name.endswith("authorization"):
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {REDACTED}" if space else REDACTED
    return REDACTED


def _pair(pair: str) -> str:
    return f"{pair.partition('=')[0].strip()}={REDACTED}"
