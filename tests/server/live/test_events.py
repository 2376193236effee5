"""An app's event stream over its WebSocket."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from podium.tests.server.live.bench import Bench, Json


async def test_hello_comes_first_and_says_how_the_app_is(bench: Bench) -> None:
    async with bench.events() as events:
        hello = events.hello
    assert (hello["type"], hello["n"]) == ("hello", 0)
    assert hello["data"]["run"]["state"] == "stopped"
    assert hello["data"]["run"]["url"] == bench.app["url"]
    assert hello["data"]["epoch"]


async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(bench: Bench) -> None:
    async with bench.events() as first, bench.events() as second:
        await bench.write("one = 1\n", "one.py")
        seen = [await first.until(lambda event: event["type"] == "files")]
        await second.until(lambda event: event["type"] == "files")
        epoch = first.hello["data"]["epoch"]
    for number in range(3):
        await bench.write(f"two = {number}\n", "two.py")
    async with bench.events(since=seen[0]["n"], epoch=epoch) as back:
        seen += [await back.next() for _ in range(3)]
    assert [event["n"] for event in seen] == list(range(seen[0]["n"], seen[0]["n"] + 4))
    assert [event["data"]["paths"] for event in seen] == [["one.py"], ["two.py"], ["two.py"], ["two.py"]]
    revisions = [event["data"]["revision"] for event in seen]
    assert revisions == sorted(set(revisions))


async def test_numbers_of_an_earlier_server_count_for_nothing(bench: Bench) -> None:
    await bench.write("one = 1\n", "one.py")
    async with bench.events(since=12345, epoch="of-another-life") as events:
        assert (await events.next())["n"] == 1


async def test_files_say_which_tab_changed_them(bench: Bench) -> None:
    async with bench.events() as events:
        await bench.api.put(f"{bench.path}/files/x.py", content=b"x = 1\n", headers={"X-Podium-Tab": "tab-7"})
        changed = await events.until(lambda event: event["type"] == "files")
    assert changed["data"]["origin"] == "tab-7"


async def test_a_flood_of_output_is_bounded_and_says_what_is_gone(bench: Bench) -> None:
    await bench.start(
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef flood() -> str:\n"
        "    for number in range(5000):\n        print(number, 'x' * 1000)\n    return 'done'\n"
    )
    async with bench.events() as early:
        await bench.send("/")
        last = await early.until(lambda event: event["type"] == "log" and event["data"]["text"].startswith("4999 "))
    async with bench.events() as late:
        events = [await late.next()]
        while events[-1]["n"] < last["n"]:
            events.append(await late.next())
    assert events[0]["type"] == "dropped"
    numbered = [event["n"] for event in events if event["n"]]
    assert numbered[0] == events[0]["data"]["count"] + 1
    assert numbered == list(range(numbered[0], numbered[-1] + 1))


ODD = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def odd() -> None:
    print("lone \\ud800 surrogate and \\x00")
    raise ValueError("another \\udfff")
"""


async def test_text_that_is_no_utf_8_is_made_into_some(bench: Bench) -> None:
    await bench.start(ODD)
    record = (await bench.send("/"))["record"]
    assert record["logs"][0]["text"] == "lone ? surrogate and \x00"
    assert "another ?" in record["failure"]["message"]
    assert (await bench.api.get(f"{bench.path}/requests/{record['id']}")).json() == record
    await bench.write("raise ValueError('\\udc00')\n")
    answer = await bench.run()
    assert answer.status_code == 422
    assert "?" in answer.json()["detail"]


async def test_a_heartbeat_is_answered(bench: Bench) -> None:
    async with bench.events() as events:
        await events.socket.send('{"type": "ping"}')
        assert await events.next() == {"type": "pong"}
        for odd in ("[]", "not json", '{"type": "else"}'):
            await events.socket.send(odd)
        await events.socket.send('{"type": "ping"}')
        assert await events.next() == {"type": "pong"}


async def test_logs_carry_the_request_that_caused_them(workshop: Bench) -> None:
    async with workshop.events() as events:
        id = (await workshop.send("/print"))["record"]["id"]
        line: Json = await events.until(lambda event: event["type"] == "log" and event["data"]["request"] == id)
    assert line["data"]["text"] == "printed by the app"


@pytest.mark.parametrize("query", ["since=-1", "since=x", "other=1"])
async def test_a_wrong_query_is_refused_before_the_upgrade(bench: Bench, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await bench.socket(f"events?{query}")
    assert refused.value.response.status_code == 422
    assert json.loads(refused.value.response.body)["type"] == "/problems/invalid-fields"


@pytest.mark.parametrize("path", ["events", "console", "lsp"])
async def test_an_app_that_does_not_exist_is_refused_before_the_upgrade(bench: Bench, path: str) -> None:
    bench.app = {"id": "no-such-app"}
    with pytest.raises(InvalidStatus) as refused:
        await bench.socket(path)
    assert refused.value.response.status_code == 404


async def test_when_the_app_is_deleted_its_readers_are_told(bench: Bench) -> None:
    async with bench.events() as events:
        await bench.api.delete(bench.path)
        with pytest.raises(ConnectionClosed):
            await events.until(lambda event: False)
    assert events.socket.close_code == 4404


async def test_readers_that_go_away_are_forgotten(bench: Bench) -> None:
    for _ in range(3):
        async with bench.events() as events:
            events.socket.transport.abort()
            with pytest.raises(ConnectionClosed):
                await events.next()
    await asyncio.gather(*(bench.write(f"x = {number}\n", f"x{number}.py") for number in range(3)))
    assert (await bench.state())["state"] == "stopped"
