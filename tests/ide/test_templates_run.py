"""The starter apps in a real runner: each loads, and its first request answers something worth seeing."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import uuid4

import httpx
import pytest
from pymongo import AsyncMongoClient

from podium.ide.templates import Template, empty_template, load_templates
from podium.tests.runner.driver import Runner, RunnerProcess

TEMPLATES = {template.id: template for template in (empty_template(), *load_templates())}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store process; what an app would be given as ``PLATFORM_MONGO_URI``."""
    directory = tmp_path_factory.mktemp("database")
    lifeline, kept = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        descriptors = (listener.fileno(), lifeline)
        command = [sys.executable, "-m", "podium.server.store.child", *map(str, descriptors), str(directory)]
        store = subprocess.Popen(command, pass_fds=descriptors, stdout=subprocess.DEVNULL)
        yield f"mongodb://127.0.0.1:{listener.getsockname()[1]}/app"
        os.close(kept)
        store.wait(30)
        os.close(lifeline)


@pytest.fixture(scope="module")
def process(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunnerProcess]:
    """A runner that serves one template after the other."""
    process = RunnerProcess(tmp_path_factory.mktemp("templates"), PLATFORM_MONGO_URI=database)
    yield process
    process.kill()


Start = Callable[[str], Awaitable[Runner]]


@pytest.fixture
async def start(process: RunnerProcess, database: str) -> AsyncIterator[Start]:
    """Start a template's app with an empty database."""
    async with AsyncMongoClient[dict[str, object]](database) as client, Runner(process) as runner:

        async def start(name: str) -> Runner:
            await client.drop_database("app")
            template = TEMPLATES[name]
            await runner.loaded(dict(template.files), template.entry, version=uuid4().hex)
            return runner

        yield start


async def first_answer(runner: Runner, template: Template) -> httpx.Response:
    """Send what the panel is filled with."""
    request = template.first_request
    return await runner.app.request(
        request.method, request.path, headers=list(request.headers), content=request.body or ""
    )


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("empty", 200, "Hello, world!"),
        ("hello-api", 200, "Hello, Ada!"),
        ("crud-api", 201, "Ursula K. Le Guin"),
        ("notes-app", 200, "Your notes will appear here."),
        ("htmx-todo", 200, "Open this page in a tab of its own"),
        ("flask-api", 200, "42.164813"),
        ("websocket-chat", 200, "<h1>Chat</h1>"),
        ("file-transfer", 200, "row,temperature"),
    ],
)
async def test_the_first_request_answers_something(name: str, status: int, words: str, start: Start) -> None:
    runner = await start(name)
    answer = await first_answer(runner, TEMPLATES[name])
    assert answer.status_code == status, answer.text
    assert words in answer.text


async def test_hello_checks_what_comes_in(start: Start) -> None:
    runner = await start("hello-api")
    summary = await runner.app.post("/summary", json={"values": [1, 2, 6]})
    assert summary.json() == {"count": 3, "mean": 3.0, "median": 2.0}
    assert (await runner.app.post("/summary", json={"values": []})).status_code == 422
    assert (await runner.app.get("/docs")).status_code == 200


async def test_books_are_created_read_updated_and_deleted(start: Start) -> None:
    runner = await start("crud-api")
    created = (await first_answer(runner, TEMPLATES["crud-api"])).json()
    path = f"/books/{created['id']}"
    assert (await runner.app.get(path)).json() == created
    changed = {"title": "The Dispossessed", "author": "Ursula K. Le Guin", "year": 1974}
    assert (await runner.app.put(path, json=changed)).json() == changed | {"id": created["id"]}
    await runner.app.post("/books", json={"title": "Solaris", "author": "Stanisław Lem"})
    titles = [book["title"] for book in (await runner.app.get("/books")).json()]
    assert titles == ["Solaris", "The Dispossessed"]
    of_lem = (await runner.app.get("/books", params={"author": "Stanisław Lem"})).json()
    assert [book["year"] for book in of_lem] == [None]
    assert (await runner.app.delete(path)).status_code == 204
    assert (await runner.app.delete(path)).status_code == 404
    assert (await runner.app.get(path)).status_code == 404
    assert (await runner.app.put(path, json=changed)).status_code == 404


async def test_notes_are_written_found_and_deleted_with_forms_alone(start: Start) -> None:
    runner = await start("notes-app")
    for text in ("milk & honey", "bread"):
        answer = await runner.app.post("/notes", data={"text": text})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = (await runner.app.get("/")).text
    assert "milk &amp; honey" in page
    assert "bread" in page
    found = (await runner.app.get("/", params={"q": "MILK &"})).text
    assert "bread" not in found
    assert 'value="MILK &amp;"' in found
    action = found.partition('action="notes/')[2].partition('"')[0]
    assert (await runner.app.post(f"/notes/{action}")).status_code == 303
    assert "milk" not in (await runner.app.get("/")).text
    assert (await runner.app.get("/static/style.css")).headers["content-type"].startswith("text/css")


async def test_htmx_gets_a_line_and_a_plain_form_the_way_back(start: Start) -> None:
    runner = await start("htmx-todo")
    line = await runner.app.post("/todos", data={"text": "<Write>"}, headers={"HX-Request": "true"})
    assert line.text.strip().startswith("<li")
    assert "&lt;Write&gt;" in line.text
    assert (await runner.app.post("/todos", data={"text": "Read"})).status_code == 303
    done = await runner.app.post("/toggle/3", headers={"HX-Request": "true"})
    assert 'class="done"' in done.text
    page = (await runner.app.get("/")).text
    assert "3 left" in page
    assert "hx-on::after-request" in page


async def test_flask_says_what_is_wrong_as_json(start: Start) -> None:
    runner = await start("flask-api")
    assert "temperature" in (await runner.app.get("/")).text
    answer = await runner.app.get("/convert", params={"value": "212", "from": "F", "to": "C"})
    assert answer.json()["result"] == 100
    for wrong in ({}, {"value": "1", "from": "m", "to": "kg"}, {"value": "1", "from": "m", "to": "?"}):
        answer = await runner.app.get("/convert", params=wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")
    assert (await runner.app.get("/nowhere")).json()["error"] == "Not Found"


async def test_everybody_in_the_chat_hears_it(start: Start) -> None:
    runner = await start("websocket-chat")
    async with runner.websocket("/ws?name=Ada") as ada:
        assert json.loads(await ada.recv()) == {"name": "", "text": "Ada came in."}
        async with runner.websocket("/ws?name=Bob") as bob:
            assert json.loads(await bob.recv())["text"] == "Ada came in."
            assert json.loads(await bob.recv())["text"] == "Bob came in."
            await bob.send("Good morning")
            heard = [json.loads(await ada.recv()) for _ in range(2)]
        assert heard[1] == {"name": "Bob", "text": "Good morning"}
        assert json.loads(await ada.recv())["text"] == "Bob left."
        assert len((await runner.app.get("/messages")).json()) == 4


async def test_a_file_comes_back_as_it_was_sent(start: Start) -> None:
    content = bytes(range(256)) * 1000
    runner = await start("file-transfer")
    sent = await runner.app.post("/files", files={"file": ("../ü b.bin", content)})
    assert sent.status_code == 201
    assert sent.json() == {"name": "ü b.bin", "size": 256_000, "sha256": hashlib.sha256(content).hexdigest()}
    assert (await runner.app.get("/files")).json() == ["ü b.bin"]
    assert (await runner.app.get("/files/ü b.bin")).content == content
    part = await runner.app.get("/files/ü b.bin", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"\x01\x02\x03")
    assert (await runner.app.get("/files/main.py")).status_code == 404
    assert (await runner.app.get("/")).status_code == 200


async def test_a_report_arrives_while_it_is_made(start: Start) -> None:
    runner = await start("file-transfer")
    async with runner.app.stream("GET", "/report.csv?rows=3") as answer:
        chunks = [chunk async for chunk in answer.aiter_raw()]
    assert len(chunks) == 4
    assert b"".join(chunks).count(b"\n") == 4
