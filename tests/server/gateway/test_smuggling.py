"""Requests that two readers could take apart differently never reach an app, and what follows them neither."""

from __future__ import annotations

import pytest

from podium.tests.server.gateway.conftest import Town, echo

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n"

CORPUS = {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two different lengths": "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "two equal lengths": "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "a list of lengths": "Content-Length: 0, 0\r\n\r\n",
    "a signed length": "Content-Length: +0\r\n\r\n",
    "a negative length": "Content-Length: -1\r\n\r\n",
    "a length in hex": "Content-Length: 0x0\r\n\r\n",
    "a length in other digits": "Content-Length: \u00b2\r\n\r\n",
    "a length with a space before the colon": "Content-Length : 0\r\n\r\n",
    "another coding": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two equal codings": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a coding with a space before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a coding with a vertical tab": "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a coding in quotes": 'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "a folded coding": "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a folded header": "X-Folded: a\r\n b\r\n\r\n",
    "a header without a colon": "X-Nothing\r\n\r\n",
    "a header with a NUL": "X-Nul: a\x00b\r\n\r\n",
    "a bare carriage return": "X-Cr: a\rX-Other: b\r\n\r\n",
    "an empty header name": ": x\r\n\r\n",
    "a second host": "Host: other.localhost\r\n\r\n",
    "a chunk size in another base": "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    "a negative chunk size": "Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
    "a chunk longer than it says": "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    "trailers": "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: 1\r\n\r\n",
}

LINES = {
    "no version": "GET /",
    "another version": "GET / HTTP/2.0",
    "a version without digits": "GET / HTTP/1.x",
    "two spaces": "GET  / HTTP/1.1",
    "a tab": "GET\t/ HTTP/1.1",
    "a control character in the target": "GET /\x01 HTTP/1.1",
    "a space in the target": "GET /a b HTTP/1.1",
    "a method in quotes": '"GET" / HTTP/1.1',
}


@pytest.mark.parametrize("framing", CORPUS.values(), ids=CORPUS.keys())
async def test_a_request_of_two_minds_is_refused_with_all_that_follows(town: Town, framing: str) -> None:
    await town.serve(echo)
    head = f"POST / HTTP/1.1\r\nHost: {town.host}\r\n{framing}"
    answer = await town.send((head + SMUGGLED.format(host=town.host)).encode("latin-1"))
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert all("smuggled" not in seen.head.target for seen in town.street.exchanges)
    assert all("finished" not in seen.happened for seen in town.street.exchanges)


async def test_a_chunk_size_without_an_end_closes_the_connection(town: Town) -> None:
    await town.serve(echo)
    head = f"POST / HTTP/1.1\r\nHost: {town.host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert await town.send(f"{head}1{'0' * 80}\r\n{SMUGGLED.format(host=town.host)}".encode()) == b""
    assert [seen.head.target for seen in town.street.exchanges] == ["/"]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
async def test_a_request_line_that_is_none_is_refused(town: Town, line: str) -> None:
    await town.serve(echo)
    request = f"{line}\r\nHost: {town.host}\r\n\r\n{SMUGGLED.format(host=town.host)}"
    answer = await town.send(request.encode("latin-1"))
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert town.street.exchanges == []


async def test_a_request_of_http_1_1_without_a_host_is_refused(town: Town) -> None:
    await town.serve(echo)
    assert (await town.send(b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 400")


async def test_line_ends_without_carriage_return_reach_the_app_with_them(town: Town) -> None:
    await town.serve(echo)
    answer = await town.send(f"GET / HTTP/1.1\nHost: {town.host}\nX-A: 1\nConnection: close\n\n".encode())
    assert b"X-A: 1\r\n" in answer
