"""The rules for headers, one by one."""

from __future__ import annotations

import pytest
from tornado.httputil import HTTPHeaders

from podium.runner.protocol import Headers
from podium.server.gateway import forward
from podium.server.gateway.forward import Framing, FramingError, Origin
from podium.tests.server.gateway.conftest import CREDENTIALS

ORIGIN = Origin("req_1", "127.0.0.1", "app.localhost:8000")


def forwarded(*received: tuple[str, str]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name, value in forward.request_headers(received, ORIGIN, CREDENTIALS):
        named.setdefault(name.lower(), []).append(value)
    return named


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Request-Id", "X_Forwarded_For"],
)
def test_what_claims_to_know_the_sender_is_replaced(name: str) -> None:
    sent = forwarded((name, "evil"))
    assert "evil" not in [value for values in sent.values() for value in values]
    assert sent["x-forwarded-for"] == ["127.0.0.1"]
    assert sent["x-forwarded-host"] == ["app.localhost:8000"]
    assert sent["x-forwarded-proto"] == ["http"]
    assert sent["x-request-id"] == ["req_1"]
    assert sent["forwarded"] == ['for=127.0.0.1;host="app.localhost:8000";proto=http']


@pytest.mark.parametrize("name", ["X-Real-IP", "X-Original-URL", "X-Rewrite-URL", "X-Http-Host-Override", "x_real_ip"])
def test_other_claims_are_dropped(name: str) -> None:
    assert name.lower() not in forwarded((name, "evil"))


def test_an_ipv6_sender_is_quoted_in_forwarded() -> None:
    headers = forward.request_headers([], Origin("r", "::1", "app.localhost"), CREDENTIALS)
    assert ("Forwarded", 'for="[::1]";host="app.localhost";proto=http') in headers


@pytest.mark.parametrize(
    "name", ["Keep-Alive", "TE", "Trailer", "Upgrade", "Proxy-Authorization", "Proxy-Connection", "HTTP2-Settings"]
)
def test_headers_of_the_connection_end_here(name: str) -> None:
    assert name.lower() not in forwarded((name, "x"))


def test_headers_that_connection_names_end_here_but_not_the_important_ones() -> None:
    sent = forwarded(("Connection", "close, X-Hop, Cookie"), ("X-Hop", "1"), ("Cookie", "a=1"), ("X-Stays", "2"))
    assert "x-hop" not in sent
    assert sent["cookie"] == ["a=1"]
    assert sent["x-stays"] == ["2"]
    assert sent["connection"] == ["close"]


def test_repeated_headers_stay_repeated_and_in_order() -> None:
    assert forwarded(("X-Tag", "a"), ("X-Tag", "b"))["x-tag"] == ["a", "b"]


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("podium-session-8000=secret", None),
        ("a=1; podium-session-8000=secret; b=2", "a=1; b=2"),
        ("PODIUM-session-1=secret;a=1", "a=1"),
        ("theme=dark; podium=mine", "theme=dark; podium=mine"),
    ],
)
def test_the_platforms_cookies_are_taken_out(cookie: str, kept: str | None) -> None:
    assert forwarded(("Cookie", cookie)).get("cookie", [None]) == [kept]


@pytest.mark.parametrize("value", ["Bearer the-platform-token", "bearer  the-platform-token "])
def test_the_platforms_token_is_taken_out(value: str) -> None:
    assert "authorization" not in forwarded(("Authorization", value))


@pytest.mark.parametrize("value", ["Bearer of-the-app", "Basic dXNlcjpwYXNz", "Bearer"])
def test_an_apps_own_credentials_stay(value: str) -> None:
    assert forwarded(("Authorization", value))["authorization"] == [value]


@pytest.mark.parametrize(
    ("cookie", "kept"),
    [
        ("a=1; Path=/; Domain=localhost; HttpOnly", "a=1; Path=/; HttpOnly"),
        ("a=1; domain = .localhost", "a=1"),
        ("a=1; Path=/", "a=1; Path=/"),
        ("podium-session-8000=planted; Path=/", None),
        (" Podium-Session-8000 =planted", None),
    ],
)
def test_an_apps_cookies_stay_with_its_host(cookie: str, kept: str | None) -> None:
    assert forward.own_cookie(cookie, CREDENTIALS) == kept


def test_an_answers_headers() -> None:
    received: Headers = [
        ("Content-Length", "5"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2; Domain=localhost"),
        ("Connection", "close, X-Hop"),
        ("X-Hop", "1"),
        ("Transfer-Encoding", "chunked"),
    ]
    assert forward.response_headers(received, CREDENTIALS) == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, Framing.NONE), ({"Content-Length": "0"}, Framing.NONE), ({"Content-Length": "5"}, Framing.LENGTH)],
)
def test_framing_by_length(headers: dict[str, str], expected: Framing) -> None:
    assert forward.framing("HTTP/1.1", HTTPHeaders(headers)) is expected


def test_framing_by_chunks() -> None:
    assert forward.framing("HTTP/1.1", HTTPHeaders({"Transfer-Encoding": "Chunked"})) is Framing.CHUNKED


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        ("HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
        ("HTTP/1.1", "Content-Length: 5\r\nContent-Length: 5"),
        ("HTTP/1.1", "Content-Length: 5, 5"),
        ("HTTP/1.1", "Content-Length: +5"),
        ("HTTP/1.1", "Content-Length: 0x5"),
        ("HTTP/1.1", "Content-Length: 5_0"),
        ("HTTP/1.1", "Content-Length:"),
        ("HTTP/1.1", "Transfer-Encoding: gzip, chunked"),
        ("HTTP/1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        ("HTTP/1.1", "Transfer-Encoding: identity"),
        ("HTTP/1.0", "Transfer-Encoding: chunked"),
    ],
)
def test_framing_that_can_be_read_in_two_ways_is_refused(version: str, lines: str) -> None:
    with pytest.raises(FramingError):
        forward.framing(version, HTTPHeaders.parse(lines))


def test_a_target_is_percent_encoded_where_it_has_to_be() -> None:
    assert forward.request_target("/caf\xc3\xa9?a=%20&b=[1]") == "/caf%C3%A9?a=%20&b=[1]"
    assert forward.request_target("/plain%2Fpath?x=1") == "/plain%2Fpath?x=1"
