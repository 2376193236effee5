"""Requests and answers on their way through the gateway."""

from __future__ import annotations

import asyncio
import json

import pytest

from podium.tests.server.gateway.conftest import Reader, Town, Writer, answering, echo, read_head

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def body(answer: bytes) -> bytes:
    return answer.split(b"\r\n\r\n", 1)[1]


async def test_a_request_reaches_the_app_with_its_path_and_comes_back(town: Town) -> None:
    await town.serve(echo)
    answer = await town.ask("GET /a%2Fb/?x=1&x=2 HTTP/1.1\nX-Tag: one\nX-Tag: two")
    seen = body(answer).decode()
    assert status(answer) == 200
    assert seen.startswith("GET /a%2Fb/?x=1&x=2 HTTP/1.1\r\n")
    assert f"Host: {town.host}\r\n" in seen
    assert seen.index("X-Tag: one") < seen.index("X-Tag: two")
    assert town.street.exchanges[0].happened == ["answered 200", "finished"]


async def test_the_answer_names_the_request_that_the_app_saw(town: Town) -> None:
    await town.serve(echo)
    answer = (await town.ask("GET / HTTP/1.1\nX-Request-Id: mine")).decode()
    head, _, seen = answer.partition("\r\n\r\n")
    ids = [line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("X-Request-Id")]
    assert len(ids) == 1
    assert f"X-Request-Id: {ids[0]}\r\n" in seen
    assert "mine" not in seen


async def test_cookies_of_the_app_come_back_one_by_one(town: Town) -> None:
    await town.serve(
        answering(
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Domain=localhost\r\n"
            b"Set-Cookie: podium-session-8000=x\r\nContent-Length: 0\r\n\r\n"
        )
    )
    answer = await town.ask("GET / HTTP/1.1")
    assert answer.count(b"Set-Cookie") == 2
    assert b"Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n" in answer


async def test_a_connection_is_kept_for_the_next_request(town: Town) -> None:
    await town.serve(echo)
    reader, writer = await town.connect()
    for path in ("/one", "/two"):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {town.host}\r\n\r\n".encode())
        head = await read_head(reader)
        length = int(head.partition("Content-Length: ")[2].partition("\r\n")[0])
        assert (await reader.readexactly(length)).startswith(f"GET {path} ".encode())


async def test_a_connection_is_kept_after_an_answer_of_the_gateways_own(town: Town) -> None:
    town.street.ports["app"] = None
    reader, writer = await town.connect()
    for _ in range(2):
        writer.write(f"POST / HTTP/1.1\r\nHost: {town.host}\r\nContent-Length: 3\r\n\r\nabc".encode())
        head = await read_head(reader)
        assert head.startswith("HTTP/1.1 503")
        await reader.readexactly(int(head.partition("Content-Length: ")[2].partition("\r\n")[0]))


async def test_an_answer_arrives_while_the_app_still_writes_it(town: Town) -> None:
    go_on = asyncio.Event()

    async def app(reader: Reader, writer: Writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await go_on.wait()
        writer.write(b"data: 2\n\n")

    await town.serve(app)
    reader, writer = await town.connect()
    writer.write(f"GET / HTTP/1.1\r\nHost: {town.host}\r\n\r\n".encode())
    assert "Transfer-Encoding: chunked" in await read_head(reader)
    assert await reader.readexactly(14) == b"9\r\ndata: 1\n\n\r\n"
    go_on.set()
    assert await reader.readexactly(19) == b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"


async def test_a_request_arrives_while_the_client_still_writes_it(town: Town) -> None:
    first = asyncio.Event()

    async def app(reader: Reader, writer: Writer) -> None:
        assert "Transfer-Encoding: chunked" in await read_head(reader)
        assert await reader.readexactly(10) == b"5\r\nhello\r\n"
        first.set()
        assert await reader.readexactly(15) == b"5\r\nworld\r\n0\r\n\r\n"
        writer.write(OK)

    await town.serve(app)
    reader, writer = await town.connect()
    head = f"POST / HTTP/1.1\r\nHost: {town.host}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + b"5\r\nhello\r\n")
    await first.wait()
    writer.write(b"5\r\nworld\r\n0\r\n\r\n")
    assert body(await reader.read()) == b"ok"


@pytest.mark.parametrize(
    ("request_line", "answer", "expected"),
    [
        ("HEAD /", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"Content-Length: 5\r\n"),
        ("GET /", b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 204 No Content\r\n"),
        ("GET /", b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 5\r\n\r\n', b'Etag: "x"\r\n'),
    ],
)
async def test_answers_without_a_body(town: Town, request_line: str, answer: bytes, expected: bytes) -> None:
    await town.serve(answering(answer))
    received = await town.ask(f"{request_line} HTTP/1.1")
    assert expected in received
    assert body(received) == b""
    assert b"chunked" not in received
    assert b"204" not in received or b"Content-Length" not in received


async def test_trailers_and_chunk_extensions_of_the_app_are_swallowed(town: Town) -> None:
    await town.serve(
        answering(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            b"5;name=value\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"
        )
    )
    answer = await town.ask("GET / HTTP/1.1\nTE: trailers")
    assert body(answer) == b"5\r\nhello\r\n0\r\n\r\n"
    assert b"X-Sum" not in answer


async def test_a_client_of_http_1_0_gets_the_whole_body_and_then_the_end(town: Town) -> None:
    await town.serve(answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
    answer = await town.send(f"GET / HTTP/1.0\r\nHost: {town.host}\r\nConnection: keep-alive\r\n\r\n".encode())
    assert body(answer) == b"hello"
    assert b"chunked" not in answer
    assert b"Keep-Alive" not in answer


async def test_an_app_of_http_1_0_ends_its_body_by_closing(town: Town) -> None:
    await town.serve(answering(b"HTTP/1.0 200 OK\r\n\r\nhello"))
    assert body(await town.ask("GET / HTTP/1.1")) == b"5\r\nhello\r\n0\r\n\r\n"


async def test_the_host_in_an_absolute_target_is_the_one_that_counts(town: Town) -> None:
    await town.serve(echo)
    await town.serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"), "other")
    request = f"GET http://{town.host}/x?y=1 HTTP/1.1\r\nHost: other.localhost\r\nConnection: close\r\n\r\n"
    seen = body(await town.send(request.encode())).decode()
    assert seen.startswith("GET /x?y=1 HTTP/1.1\r\n")
    assert f"Host: {town.host}\r\n" in seen
    assert "other" not in seen


async def test_an_absolute_target_without_a_path_is_the_root(town: Town) -> None:
    await town.serve(echo)
    request = f"GET http://{town.host}?q=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert body(await town.send(request.encode())).startswith(b"GET /?q=1 HTTP/1.1\r\n")


@pytest.mark.parametrize("target", ["ftp://app.localhost/", "http://user@app.localhost/", "nonsense"])
async def test_targets_that_name_no_app_are_refused(town: Town, target: str) -> None:
    await town.serve(echo)
    assert status(await town.send(f"GET {target} HTTP/1.1\r\nHost: {town.host}\r\n\r\n".encode())) == 400


async def test_a_body_that_is_held_back_is_asked_for_by_the_app(town: Town) -> None:
    async def app(reader: Reader, writer: Writer) -> None:
        assert "Expect: 100-continue" in await read_head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        writer.write(OK.replace(b"ok", await reader.readexactly(2)))

    await town.serve(app)
    reader, writer = await town.connect()
    head = f"POST / HTTP/1.1\r\nHost: {town.host}\r\nContent-Length: 2\r\nConnection: close\r\n"
    writer.write(f"{head}Expect: 100-Continue\r\n\r\n".encode())
    assert (await read_head(reader)).startswith("HTTP/1.1 100")
    writer.write(b"hi")
    assert body(await reader.read()) == b"hi"


async def test_an_app_may_refuse_a_body_that_is_held_back(town: Town) -> None:
    refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"
    await town.serve(answering(refusal))
    answer = await town.ask("POST / HTTP/1.1\nContent-Length: 1000000\nExpect: 100-continue")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Connection: close\r\n" in answer
    assert body(answer) == b"big"


async def test_a_body_that_is_held_back_is_not_asked_for_when_no_app_runs(town: Town) -> None:
    town.street.ports["app"] = None
    answer = await town.ask("POST / HTTP/1.1\nContent-Length: 10\nExpect: 100-continue")
    assert answer.startswith(b"HTTP/1.1 503")


async def test_other_expectations_are_refused(town: Town) -> None:
    await town.serve(echo)
    assert status(await town.ask("GET / HTTP/1.1\nExpect: miracles")) == 417


async def test_an_app_that_answers_before_it_has_read_the_body_is_heard(town: Town) -> None:
    await town.serve(answering(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"))
    upload = b"x" * 5_000_000
    reader, writer = await town.connect()
    writer.write(f"POST / HTTP/1.1\r\nHost: {town.host}\r\nContent-Length: {len(upload)}\r\n\r\n".encode())
    writer.write(upload)
    assert (await read_head(reader)).startswith("HTTP/1.1 401")
    assert await reader.readexactly(2) == b"no"


async def test_early_hints_of_the_app_are_passed_over(town: Town) -> None:
    await town.serve(answering(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK))
    answer = await town.ask("GET / HTTP/1.1")
    assert status(answer) == 200
    assert body(answer) == b"ok"


async def test_an_answer_longer_than_it_says_is_cut_where_it_says(town: Town) -> None:
    await town.serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nsmuggled"))
    answer = await town.ask("GET / HTTP/1.1")
    assert body(answer) == b"ok"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
async def test_an_answer_that_breaks_off_ends_without_its_end(town: Town, answer: bytes) -> None:
    await town.serve(answering(answer))
    received = await town.ask("GET / HTTP/1.1")
    assert b"hello" in received
    assert not received.endswith(b"0\r\n\r\n")
    seen = town.street.exchanges[0]
    await seen.ended.wait()
    assert seen.happened[0] == "answered 200"
    assert seen.happened[1].startswith("failed: ClosedError: the app closed the connection before")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", "ClosedError: the app closed the connection without an answer"),
        (b"220 smtp ready\r\n\r\n", "InvalidAnswerError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "InvalidAnswerError"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "InvalidAnswerError"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "InvalidAnswerError"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", "InvalidAnswerError"),
    ],
)
async def test_what_is_no_answer_becomes_502_with_the_reason(town: Town, answer: bytes, error: str) -> None:
    await town.serve(answering(answer))
    received = await town.ask("GET / HTTP/1.1")
    problem = json.loads(body(received))
    assert status(received) == 502
    assert problem["type"] == "/problems/no-answer"
    assert error in problem["detail"]
    assert error in town.street.exchanges[0].happened[-1]


async def test_a_port_where_nobody_listens_is_503(town: Town) -> None:
    port = await town.serve(echo, "gone")
    town.street.ports["app"] = 1 if port else None
    received = await town.ask("GET / HTTP/1.1")
    assert status(received) == 503
    assert json.loads(body(received))["type"] == "/problems/app-not-running"


async def test_a_client_that_goes_away_ends_the_request_at_the_app(town: Town) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def app(reader: Reader, writer: Writer) -> None:
        await read_head(reader)
        began.set()
        assert await reader.read() == b""
        ended.set()

    await town.serve(app)
    _, writer = await town.connect()
    writer.write(f"GET / HTTP/1.1\r\nHost: {town.host}\r\n\r\n".encode())
    await began.wait()
    writer.close()
    await ended.wait()
    await town.street.exchanges[0].ended.wait()
    assert town.street.exchanges[0].happened == ["cancelled"]


async def test_a_client_that_goes_away_in_its_body_ends_the_request_at_the_app(town: Town) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def app(reader: Reader, writer: Writer) -> None:
        await read_head(reader)
        await reader.readexactly(3)
        began.set()
        assert await reader.read() == b""
        ended.set()

    await town.serve(app)
    _, writer = await town.connect()
    writer.write(f"POST / HTTP/1.1\r\nHost: {town.host}\r\nContent-Length: 100\r\n\r\nabc".encode())
    await began.wait()
    writer.close()
    await ended.wait()


async def test_an_app_that_takes_nothing_holds_the_client_up_instead_of_filling_memory(town: Town) -> None:
    connected, read_on = asyncio.Event(), asyncio.Event()
    size = 40_000_000

    async def app(reader: Reader, writer: Writer) -> None:
        await read_head(reader)
        connected.set()
        await read_on.wait()
        received = 0
        while received < size:
            received += len(await reader.read(1_000_000))
        writer.write(OK)

    await town.serve(app)
    reader, writer = await town.connect()
    writer.transport.set_write_buffer_limits(high=0)
    head = f"PUT / HTTP/1.1\r\nHost: {town.host}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    writer.write(b"x" * size)
    draining = asyncio.create_task(writer.drain())
    await connected.wait()
    # Everything that buffers may hold is on its way when a second request has gone all the way and back.
    await town.serve(echo, "second")
    await town.send(f"GET / HTTP/1.1\r\nHost: second.localhost:{town.port}\r\nConnection: close\r\n\r\n".encode())
    assert not draining.done()
    assert writer.transport.get_write_buffer_size() > size / 2
    read_on.set()
    assert body(await reader.read()) == b"ok"
    await draining


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
async def test_methods_for_proxies_are_not_passed_on(town: Town, method: str) -> None:
    await town.serve(echo)
    answer = await town.ask(f"{method} / HTTP/1.1")
    assert status(answer) == 405
    assert town.street.exchanges == []


@pytest.mark.parametrize("method", ["PROPFIND", "QUERY", "OPTIONS", "DELETE", "x-custom"])
async def test_any_other_method_is(town: Town, method: str) -> None:
    await town.serve(echo)
    assert body(await town.ask(f"{method} / HTTP/1.1")).startswith(f"{method} / HTTP/1.1".encode())


async def test_options_for_the_whole_server_is_passed_on(town: Town) -> None:
    await town.serve(echo)
    assert body(await town.ask("OPTIONS * HTTP/1.1")).startswith(b"OPTIONS * HTTP/1.1")


async def test_another_protocol_than_websockets_is_not_changed_to(town: Town) -> None:
    await town.serve(echo)
    seen = body(await town.ask("GET / HTTP/1.1\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
    assert b"h2c" not in seen
    assert b"Http2-Settings" not in seen
