"""The front end's files as the server sends them."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from podium.server.http.static import FrontEndHandler, accepted_encodings, content_security_policy
from podium.tests.support.clients import http_client


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A front end as the build leaves it."""
    root = tmp_path.resolve() / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>Podium</title>")
    (root / "workspace.html").write_text("<!doctype html><title>Podium</title><!-- workspace -->")
    (root / "favicon.svg").write_text("<svg/>")
    script = root / "assets" / "main-abc123.js"
    script.write_text("let x = 1;")
    script.with_name("main-abc123.js.gz").write_bytes(gzip.compress(b"let x = 1;"))
    script.with_name("main-abc123.js.br").write_bytes(b"brotli")
    (root / "assets" / "font.woff2").write_bytes(b"font")
    (tmp_path / "dist-secret").mkdir()
    (tmp_path / "dist-secret" / "key.txt").write_text("secret")
    (root / "leak.txt").symlink_to(tmp_path / "dist-secret" / "key.txt")
    return root


@pytest.fixture
async def site(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that serves ``dist``."""
    route: dict[str, Any] = {"services": SimpleNamespace(address=("127.0.0.1", 8000)), "root": dist}
    server = HTTPServer(Application([(r"/(?P<path>.*)", FrontEndHandler, route)]))
    listening = bind_sockets(0, "127.0.0.1")
    server.add_sockets(listening)
    async with http_client(f"http://127.0.0.1:{listening[0].getsockname()[1]}") as client:
        yield client
    server.stop()
    await server.close_all_connections()


@pytest.mark.parametrize("path", ["/", "/apps/notes", "/signin", "/anything/else", "/index.html"])
async def test_every_address_of_the_front_end_is_its_one_page(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Podium</title>" in answer.text
    assert ("workspace" in answer.text) == (path == "/apps/notes")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_policy_lets_no_foreign_or_inline_script_run() -> None:
    rules = dict(rule.split(" ", 1) for rule in content_security_policy("127.0.0.1:8000", 8000).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["base-uri"] == "'none'"
    assert not any("unsafe-eval" in value for value in rules.values())
    assert [name for name, value in rules.items() if "unsafe-inline" in value] == ["style-src"]


async def test_hashed_assets_are_kept_for_ever(site: httpx.AsyncClient) -> None:
    answer = await site.get("/assets/main-abc123.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert (await site.get("/assets/font.woff2")).headers["Content-Type"] == "font/woff2"
    assert (await site.get("/favicon.svg")).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
        ("br;q=0", None),
        ("br;q=nonsense", None),
    ],
)
async def test_the_best_compressed_form_is_sent(site: httpx.AsyncClient, accept: str, encoding: str | None) -> None:
    async with site.stream("GET", "/assets/main-abc123.js", headers={"Accept-Encoding": accept}) as answer:
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
    expected = {"br": b"brotli", "gzip": gzip.compress(b"let x = 1;"), None: b"let x = 1;"}[encoding]
    assert len(body) == len(expected)
    assert body[10:] == expected[10:]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/robots.txt",
        "/.env",
        "/leak.txt",
        "/..%2fdist-secret/key.txt",
        "/%2e%2e/dist-secret/key.txt",
        "/assets/..%2f..%2fdist-secret%2fkey.txt",
        "/%2fetc%2fpasswd.txt",
        "/assets/a%00b.js",
    ],
)
async def test_nothing_outside_is_sent(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_other_methods_are_refused(site: httpx.AsyncClient) -> None:
    answer = await site.post("/", content=b"x" * 100_000)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert (await site.head("/")).content == b""


async def test_a_front_end_that_was_not_built_says_what_to_do(site: httpx.AsyncClient, dist: Path) -> None:
    (dist / "index.html").unlink()
    answer = await site.get("/")
    assert answer.status_code == 503
    assert "make up" in answer.text


def test_weights_of_encodings() -> None:
    assert accepted_encodings("br;q=0.5, GZIP , x;q=") == {"br": 0.5, "gzip": 1.0, "x": 0.0}
