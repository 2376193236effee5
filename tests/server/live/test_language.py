"""The Language Server Protocol over a WebSocket, and the processes behind it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psutil
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from podium.tests.server.live.bench import Bench, Json

URI = "file:///app/main.py"


class Editor:
    """A page's language client."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._ids = itertools.count(1)
        self._version = 1

    async def notify(self, method: str, params: Any) -> None:
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    async def request(self, method: str, params: Any) -> Json:
        """Send a request and return the whole answer."""
        id = next(self._ids)
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
        return await self.until(lambda message: message.get("id") == id and "method" not in message)

    async def until(self, wanted: Any) -> Json:
        while True:
            message: Json = json.loads(await self.socket.recv())
            if wanted(message):
                return message

    async def initialize(self) -> Json:
        answer = await self.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        await self.notify("initialized", {})
        result: Json = answer["result"]
        return result

    async def open(self, text: str, uri: str = URI) -> None:
        document = {"uri": uri, "languageId": "python", "version": self._version, "text": text}
        await self.notify("textDocument/didOpen", {"textDocument": document})

    async def insert(self, text: str, line: int, character: int) -> None:
        """Type something."""
        self._version += 1
        place = {"line": line, "character": character}
        changes = [{"range": {"start": place, "end": place}, "text": text}]
        document = {"uri": URI, "version": self._version}
        await self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    async def completions(self, line: int, character: int) -> list[str]:
        """Ask until the answer is not that something changed meanwhile."""
        position = {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}}
        while "error" in (answer := await self.request("textDocument/completion", position)):
            assert answer["error"]["code"] == -32801
        items = answer["result"]["items"] if isinstance(answer["result"], dict) else answer["result"]
        return [item["label"] for item in items]

    async def problems(self, path: str, wanted: Any) -> list[Json]:
        """Wait for diagnostics of a file that are wanted."""
        uri = f"file:///app/{path}"
        message = await self.until(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri
                and wanted(message["params"]["diagnostics"])
            )
        )
        found: list[Json] = message["params"]["diagnostics"]
        return found


@asynccontextmanager
async def editor(bench: Bench) -> AsyncIterator[Editor]:
    async with bench.socket("lsp") as socket:
        yield Editor(socket)


def command_of(process: psutil.Process) -> str:
    """What it was started with; nothing once it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def language_processes(bench: Bench) -> set[psutil.Process]:
    parents = [child for child in bench.podium.children() if "podium.ide.language" in command_of(child)]
    return {process for parent in parents for process in parent.children()}


async def test_stored_files_are_known_without_being_opened(bench: Bench) -> None:
    await bench.write("def very_helpful_function() -> int:\n    return 1\n", "helpers.py")
    async with editor(bench) as page:
        assert (await page.initialize())["capabilities"]["completionProvider"]
        await page.open("import helpers\nhelpers.very\n")
        assert "very_helpful_function" in await page.completions(1, 12)


async def test_mistakes_are_underlined_while_typing(bench: Bench) -> None:
    async with editor(bench) as page:
        await page.initialize()
        await page.open("x = 1\n")
        await page.problems("main.py", lambda found: not found)
        await page.insert("y = undefined_name\n", 1, 0)
        (found,) = await page.problems("main.py", bool)
    assert "undefined_name" in found["message"]
    assert found["range"]["start"] == {"line": 1, "character": 4}


async def test_a_running_app_is_completed_with_what_it_knows(bench: Bench) -> None:
    code = "from fastapi import FastAPI\n\napp = FastAPI()\nsetattr(app.state, 'started', 1.5)\n"
    async with editor(bench) as page:
        await page.initialize()
        await page.open(code + "app.state.\n")
        assert "started" not in await page.completions(4, 10)
        await bench.start(code)
        # A busy machine may say what it knows too late for the first question, never for all.
        while "started" not in await page.completions(4, 10):
            pass


async def test_what_other_tabs_store_is_known(bench: Bench) -> None:
    async with editor(bench) as page:
        await page.initialize()
        await page.open("import later\n\nprint(later)\n")
        await page.problems("main.py", lambda found: any("later" in item["message"] for item in found))
        await bench.write("def added_by_another_tab() -> None: ...\n", "later.py")
        await page.problems("main.py", lambda found: not found)
        await page.insert("later.", 1, 0)
        assert "added_by_another_tab" in await page.completions(1, 6)
        await bench.api.delete(f"{bench.path}/files/later.py")
        await page.insert("x", 1, 6)
        await page.problems("main.py", lambda found: any("import" in item["code"] for item in found))


async def test_a_process_that_dies_while_typing_is_replaced_unnoticed(bench: Bench) -> None:
    async with editor(bench) as page:
        await page.initialize()
        await page.open("class Thing:\n    colour = 1\n\n\n")
        await page.insert("Thing.col", 3, 0)
        assert "colour" in await page.completions(3, 9)
        for process in language_processes(bench):
            process.kill()
        await page.insert("\n", 3, 9)
        await page.insert("Thing.colo", 4, 0)
        assert "colour" in await page.completions(4, 10)


async def test_each_editor_has_a_process_of_its_own_that_ends_with_it(bench: Bench) -> None:
    async with editor(bench) as one, editor(bench) as two:
        await one.initialize()
        await two.initialize()
        during = language_processes(bench)
        assert len(during) >= 2
    async with editor(bench) as three:
        await three.initialize()
    gone, _ = psutil.wait_procs(list(during), timeout=20)
    assert len(gone) >= 2


@pytest.mark.parametrize(("message", "code"), [("no json", -32700), ("[1]", -32600), ('"text"', -32600)])
async def test_what_is_no_message_is_answered_with_an_error(bench: Bench, message: str, code: int) -> None:
    async with editor(bench) as page:
        await page.socket.send(message)
        assert json.loads(await page.socket.recv())["error"]["code"] == code
        assert await page.initialize()


async def test_binary_frames_close_the_socket(bench: Bench) -> None:
    async with editor(bench) as page:
        await page.socket.send(b"{}")
        with pytest.raises(ConnectionClosed):
            await page.socket.recv()
    assert page.socket.close_code == 1003


async def test_shutdown_is_answered_and_exit_ends_nothing_that_is_shared(bench: Bench) -> None:
    async with editor(bench) as page:
        await page.initialize()
        assert (await page.request("shutdown", None))["result"] is None
        await page.notify("exit", None)
        assert (await page.request("textDocument/completion", None)).keys() >= {"id"}


async def test_the_stored_files_are_checked_on_demand(bench: Bench) -> None:
    answer = await bench.api.post(f"{bench.path}/validate")
    assert answer.json() == {"diagnostics": []}
    await bench.write("import os\nprint(undefined_name)\n")
    found = (await bench.api.post(f"{bench.path}/validate")).json()["diagnostics"]
    assert {item["path"] for item in found} == {"main.py"}
    assert any("undefined_name" in item["message"] for item in found)
    assert {item["severity"] for item in found} <= {"error", "warning", "information", "hint"}


async def test_the_check_survives_the_death_of_its_process(bench: Bench) -> None:
    await bench.api.post(f"{bench.path}/validate")
    for process in language_processes(bench):
        process.kill()
    answers = [await bench.api.post(f"{bench.path}/validate") for _ in range(3)]
    assert answers[-1].status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 503}
