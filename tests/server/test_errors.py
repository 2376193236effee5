"""Everything that is wrong with a request is a problem document, and never a 500."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from podium.tests.server.broken import broken_server
from podium.tests.support.clients import http_client
from podium.tests.support.server import Podium

APPS = "/api/v1/apps"
JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The answer's problem document, which is the one expected."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"/problems/{kind}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"].endswith(".")
    return document


async def raw(podium: Podium, request: bytes) -> bytes:
    """Send bytes as they are; returns what comes back until the connection ends or pauses."""
    reader, writer = await asyncio.open_connection("127.0.0.1", podium.port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v2/apps", "/api/v1/apps/x/nothing", "/no/such.file"]
)
async def test_unknown_addresses(api: httpx.AsyncClient, path: str) -> None:
    problem(await api.get(path), 404, "no-such-route")


@pytest.mark.parametrize(
    "path", ["/api/v1/apps/nobody", "/api/v1/apps/nobody/files", "/api/v1/apps/%00", "/api/v1/apps/a%2Fb"]
)
async def test_unknown_things(api: httpx.AsyncClient, path: str) -> None:
    problem(await api.get(path), 404, "no-such-app")


async def test_the_wrong_method_names_the_right_ones(api: httpx.AsyncClient) -> None:
    answer = await api.put(APPS, json={})
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    for method in ("POST", "DELETE"):
        answer = await api.request(method, "/apps/notes")
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "BREW", "CONNECT"])
async def test_unusual_methods(api: httpx.AsyncClient, method: str) -> None:
    answer = await api.request(method, APPS)
    problem(answer, 405, "method-not-allowed")
    assert "POST" in answer.headers["Allow"]


async def test_head_has_the_same_headers_and_no_body(api: httpx.AsyncClient) -> None:
    head, get = await api.head("/api/v1/session"), await api.get("/api/v1/session")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "malformed-body"),
        (b"{'name': 'x'}", 400, "malformed-body"),
        (b"\xff\xfe", 400, "malformed-body"),
        (b'{"name": "\xff"}', 400, "malformed-body"),
        (b'{"name": "\\ud800"}', 400, "malformed-body"),
        (b"[" * 100_000, 400, "malformed-body"),
        (b"NaN", 422, "invalid-fields"),
        (b"[]", 422, "invalid-fields"),
        (b"null", 422, "invalid-fields"),
        (b'"x"', 422, "invalid-fields"),
        (b'{"name": 1}', 422, "invalid-fields"),
        (b'{"name": "Not a name"}', 422, "invalid-fields"),
        (b'{"name": "a\\u0000b"}', 422, "invalid-fields"),
        (b'{"unknown": 1}', 422, "invalid-fields"),
        (b'{"a/b~c": 1}', 422, "invalid-fields"),
    ],
)
async def test_bodies(api: httpx.AsyncClient, body: bytes, status: int, kind: str) -> None:
    document = problem(await api.post(APPS, content=body, headers=JSON), status, kind)
    if status == 422:
        assert all(error["message"] for error in document["errors"])


async def test_mistakes_are_located(api: httpx.AsyncClient) -> None:
    answer = await api.post(APPS, content=b'{"name": "A", "a/b~c": 1}', headers=JSON)
    errors = problem(answer, 422, "invalid-fields")["errors"]
    assert {error["pointer"] for error in errors} == {"/name", "/a~1b~0c"}


async def test_only_json_is_taken_for_json(api: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        problem(await api.post(APPS, content=b"{}", headers={"Content-Type": kind}), 415, "unsupported-media-type")


async def test_queries(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    for query in ("text=maybe", "unknown=1"):
        document = problem(await api.get(f"{APPS}/{app['name']}/files?{query}"), 422, "invalid-fields")
        assert document["errors"][0]["pointer"].startswith("/query/")


@pytest.mark.parametrize("path", ["/api/v1/apps/%ff", "/api/v1/apps/x/files/%ff", "/%ff", "/api/v1/apps?x=%ff"])
async def test_invalid_utf8(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.get(path)
    assert answer.status_code in (200, 400, 404, 422)
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_body_that_is_too_large_is_answered_and_the_connection_stays(api: httpx.AsyncClient) -> None:
    answer = await api.post(APPS, content=b"x" * 2_000_000, headers=JSON)
    assert problem(answer, 413, "too-large")["limit"] == 1024 * 1024
    assert answer.headers.get("Connection") != "close"

    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    problem(await api.post(APPS, content=pieces(), headers=JSON), 413, "too-large")


async def test_a_body_without_end_is_cut_off(podium: Podium) -> None:
    headers = f"Host: 127.0.0.1\r\nAuthorization: Bearer {podium.token}\r\nContent-Length: {10**12}\r\n"
    answer = await raw(podium, f"POST {APPS} HTTP/1.1\r\n{headers}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in answer


@pytest.mark.parametrize("size", [100_000, 900_000])
async def test_huge_headers_are_told_the_limit(podium: Podium, size: int) -> None:
    answer = await raw(podium, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * size + b"\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert json.loads(body)["detail"] == "Send at most 64 KB of headers."


async def test_a_huge_chunk_head_in_the_middle_of_a_body_ends_the_connection_without_a_second_answer(
    podium: Podium,
) -> None:
    head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {podium.token}\r\nTransfer-Encoding: chunked\r\n"
    answer = await raw(podium, f"POST {APPS} HTTP/1.1\r\n{head}\r\n".encode() + b"1" * 100)
    assert b"HTTP/1.1 431" not in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX\x00: y\r\nConnection: close\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_told_so(podium: Podium, request_bytes: bytes) -> None:
    head, _, body = (await raw(podium, request_bytes)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["type"] == "/problems/not-http"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.1.2.3", "localhost.evil.example", "", "a b"]
)
async def test_foreign_hosts(podium: Podium, host: str) -> None:
    for path in ("/", "/healthz", APPS, f"/?token={podium.token}", "/api/v1/apps/x/events"):
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        answer = await raw(podium, request.encode())
        assert answer.split(b" ")[1] in (b"421", b"400"), answer
        assert b"Set-Cookie" not in answer


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9", "[::1]:80", "localhost."])
async def test_own_hosts(anonymous: httpx.AsyncClient, host: str) -> None:
    assert (await anonymous.get("/healthz", headers={"Host": host})).status_code == 200


async def test_every_answer_has_an_id_and_safe_headers(api: httpx.AsyncClient) -> None:
    seen = set()
    for path in ("/healthz", APPS, "/api/v1/none", "/"):
        answer = await api.get(path)
        seen.add(answer.headers["X-Request-Id"])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Server" not in answer.headers
    assert len(seen) == 4


async def test_our_own_mistake_is_a_500_without_a_traceback() -> None:
    async with broken_server() as (url, log):
        async with http_client(url) as client:
            answer = await client.get("/broken")
        document = problem(answer, 500, "internal-error")
        assert "secret detail" not in answer.text
        assert "Traceback" not in answer.text
        assert document["request"] == answer.headers["X-Request-Id"]
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        entry = next(entry for entry in entries if entry["event"] == "unexpected error")
        assert entry["request"] == document["request"]
        assert "secret detail" in entry["exception"]
