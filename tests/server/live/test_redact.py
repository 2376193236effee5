"""Which headers are secret, and what is left of them."""

from __future__ import annotations

import pytest

from podium.server.live.redact import is_secret, redact_headers, redacted_names


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "Apikey",
        "Api-Key",
        "X-Auth-Token",
        "X-CSRF-Token",
        "X-Amz-Security-Token",
        "X-Hub-Signature-256",
        "X-Session-Id",
        "Client-Secret",
        "X-Password",
        "X-Goog-Api-Key",
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "Content-Type",
        "X-Request-Id",
        "WWW-Authenticate",
        "X-Author",
        "X-Tokenizer",
        "Sec-WebSocket-Key",
        "ETag",
        "Accept",
    ],
)
def test_names_that_are_not(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer abc", "Bearer [redacted]"),
        ("Authorization", "abc", "[redacted]"),
        ("Cookie", "a=1; b=2", "a=[redacted]; b=[redacted]"),
        ("Set-Cookie", "a=1; Path=/; HttpOnly", "a=[redacted]; Path=/; HttpOnly"),
        ("X-Api-Key", "abc", "[redacted]"),
        ("Accept", "text/html", "text/html"),
    ],
)
def test_what_is_left(name: str, value: str, shown: str) -> None:
    assert redact_headers([(name, value)]) == [(name, shown)]


def test_which_values_are_gone() -> None:
    shown = redact_headers([("Accept", "*/*"), ("Cookie", "a=1"), ("X-Api-Key", "abc")])
    assert redacted_names(shown) == ["Cookie", "X-Api-Key"]
