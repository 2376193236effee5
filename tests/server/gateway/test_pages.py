"""What a client reads when the gateway answers in the app's place."""

from __future__ import annotations

import json

import pytest

from podium.tests.server.gateway.conftest import Town

BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_a_program_reads_a_problem_document(town: Town) -> None:
    town.street.ports["app"] = None
    answer = (await town.ask("GET / HTTP/1.1")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 503 Service Unavailable\r\n")
    assert "Content-Type: application/problem+json\r\n" in head
    assert "Cache-Control: no-store\r\n" in head
    problem = json.loads(body)
    assert problem["type"] == "/problems/app-not-running"
    assert "press Run" in problem["detail"]


async def test_a_browser_reads_a_page_that_runs_no_code(town: Town) -> None:
    town.street.ports["app"] = None
    answer = (await town.ask(f"GET / HTTP/1.1\n{BROWSER}")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 503")
    assert "Content-Type: text/html; charset=utf-8\r\n" in head
    assert "Content-Security-Policy: default-src 'none'" in head
    assert "<h1>The app is not running</h1>" in body
    assert "press Run" in body
    assert "<script" not in body


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html", "text/plain"])
async def test_only_who_prefers_html_gets_it(town: Town, accept: str) -> None:
    town.street.ports["app"] = None
    assert b"application/problem+json" in await town.ask(f"GET / HTTP/1.1\nAccept: {accept}")


async def test_head_gets_the_head_only(town: Town) -> None:
    town.street.ports["app"] = None
    answer = await town.ask("HEAD / HTTP/1.1")
    assert answer.startswith(b"HTTP/1.1 503")
    assert answer.endswith(b"\r\n\r\n")


async def test_a_name_that_no_app_has_is_404(town: Town) -> None:
    answer = await town.ask("GET / HTTP/1.1")
    assert answer.startswith(b"HTTP/1.1 404")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"] == "/problems/no-such-app"
