"""A conversation with language processes that hang and die, without a server around it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from podium.kernels.environments.python import OWN, Python
from podium.server.http.problem import StoreUnavailable
from podium.server.live.language.conversation import Conversation
from podium.server.live.language.documents import OpenDocuments
from podium.server.live.language.home import LanguageHome
from podium.server.live.language.lane import Stored
from podium.server.live.language.pool import LanguagePool, LanguageUnavailable
from podium.server.live.language.process import Message
from podium.server.live.language.validator import Validator
from podium.tests.kernels.support import gone

URI = "file:///app/main.py"


class Talk:
    """An editor's side of a conversation, with messages as values."""

    def __init__(self, pool: LanguagePool, hang_s: float) -> None:
        self.files = {"main.py": "", "helpers.py": "def helper() -> None: ...\n"}
        self.received: asyncio.Queue[Message] = asyncio.Queue()
        self.python: Python | None = OWN
        self.unmet: tuple[dict[str, Any], ...] = ()
        self.store_is_away = False
        self.conversation = Conversation(pool, self._stored, self.received.put, self._look, hang_s=hang_s)
        self._ids = 0

    async def _stored(self) -> Stored:
        if self.store_is_away:
            raise StoreUnavailable("The store is away")
        return Stored(dict(self.files), "main.py", self.python, self.unmet)

    async def _look(self, _params: object) -> None:
        return None

    async def notify(self, method: str, params: Any) -> None:
        await self.conversation.take({"jsonrpc": "2.0", "method": method, "params": params})

    async def ask(self, method: str, params: Any) -> int:
        """Send a request without waiting for its answer."""
        self._ids += 1
        await self.conversation.take({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        return self._ids

    async def answer(self, id: int) -> Message:
        while (message := await self.received.get()).get("id") != id:
            pass
        return message

    async def initialize(self) -> Message:
        answer = await self.answer(await self.ask("initialize", {"processId": None, "capabilities": {}}))
        await self.notify("initialized", {})
        return answer

    async def open(self, text: str) -> None:
        document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
        await self.notify("textDocument/didOpen", {"textDocument": document})

    async def hover(self) -> int:
        return await self.ask("textDocument/hover", {"textDocument": {"uri": URI}, "position": place(0, 0)})

    async def completions(self, line: int, character: int) -> list[str]:
        params = {"textDocument": {"uri": URI}, "position": place(line, character)}
        while "error" in (answer := await self.answer(await self.ask("textDocument/completion", params))):
            assert answer["error"]["code"] == -32801
        items = answer["result"]["items"] if isinstance(answer["result"], dict) else answer["result"]
        return [item["label"] for item in items]


def place(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def processes() -> list[psutil.Process]:
    """The processes of editors, which are the children of their parent."""
    parents = [
        child
        for child in psutil.Process(os.getpid()).children()
        if child.status() != psutil.STATUS_ZOMBIE and "podium.ide.language" in " ".join(child.cmdline())
    ]
    return [process for parent in parents for process in parent.children()]


def stop_all(number: signal.Signals) -> None:
    for process in processes():
        process.send_signal(number)


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[LanguagePool]:
    async with LanguagePool(LanguageHome(tmp_path / "language", tmp_path / "environments")) as pool:
        yield pool
    assert processes() == []


@pytest.fixture
async def talk(pool: LanguagePool) -> AsyncIterator[Callable[[float], Talk]]:
    tasks: list[asyncio.Task[None]] = []

    def begin(hang_s: float = 30.0) -> Talk:
        talk = Talk(pool, hang_s)
        tasks.append(asyncio.create_task(talk.conversation.run()))
        return talk

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
async def test_another_process_knows_what_the_one_before_knew(
    talk: Callable[[float], Talk], number: signal.Signals
) -> None:
    editor = talk(5.0 if number is signal.SIGSTOP else 30.0)
    assert "result" in await editor.initialize()
    await editor.open("import helpers\n")
    change = {"range": {"start": place(1, 0), "end": place(1, 0)}, "text": "\U0001f600 = 1\nhelpers.\n"}
    version = {"uri": URI, "version": 2}
    await editor.notify("textDocument/didChange", {"textDocument": version, "contentChanges": [change]})
    assert "helper" in await editor.completions(2, 8)
    await editor.answer(await editor.hover())
    stop_all(number)
    pending = await editor.hover()
    assert (await editor.answer(pending))["error"]["code"] == -32801
    assert "helper" in await editor.completions(2, 8)
    stop_all(signal.SIGCONT)


async def test_the_answer_to_a_repeated_initialize_is_not_passed_on(talk: Callable[[], Talk]) -> None:
    editor = talk()
    await editor.initialize()
    await editor.open("x = 1\n")
    stop_all(signal.SIGKILL)
    await editor.completions(1, 0)
    while not editor.received.empty():
        assert "capabilities" not in str(editor.received.get_nowait())


async def test_a_process_that_dies_before_it_was_initialized(talk: Callable[[], Talk]) -> None:
    editor = talk()
    stop_all(signal.SIGSTOP)
    asked = await editor.ask("initialize", {"processId": None, "capabilities": {}})
    stop_all(signal.SIGKILL)
    assert "result" in await editor.answer(asked)


async def test_processes_that_end_again_and_again_end_the_conversation(pool: LanguagePool) -> None:
    editor = Talk(pool, 30.0)
    carried = asyncio.create_task(editor.conversation.run())
    while not carried.done():
        stop_all(signal.SIGKILL)
        await asyncio.wait([carried], timeout=0.05)
    with pytest.raises(LanguageUnavailable, match="again and again"):
        await carried


async def test_a_store_that_is_away_is_an_error_answer_and_the_next_try_works(talk: Callable[[], Talk]) -> None:
    editor = talk()
    editor.store_is_away = True
    answer = await editor.answer(await editor.ask("initialize", {"capabilities": {}}))
    assert "store is away" in answer["error"]["message"]
    editor.store_is_away = False
    assert "result" in await editor.initialize()


async def test_a_parent_that_died_is_started_again(pool: LanguagePool) -> None:
    first = await pool.parent()
    os.kill(first.pid, signal.SIGKILL)
    process = await pool.acquire()
    assert (await pool.parent()).pid != first.pid
    assert process.pid in {child.pid for child in processes()}


async def test_a_process_ends_when_its_server_is_gone(pool: LanguagePool) -> None:
    process = await pool.acquire()
    process._writer.close()  # what the system does to the connection of a server that is killed
    await process.close()
    assert process.pid not in {child.pid for child in processes()}


async def test_what_a_killed_server_left_behind_is_swept_away(tmp_path: Path) -> None:
    left = tmp_path / "language" / "4711" / "main.py"
    left.parent.mkdir(parents=True)
    left.write_text("x = 1\n")
    async with LanguagePool(LanguageHome(tmp_path / "language", tmp_path / "environments")) as pool:
        await pool.acquire()
        assert not left.parent.exists()


async def test_syntax_trees_of_an_environment_are_kept_for_as_long_as_it_is(tmp_path: Path) -> None:
    home = LanguageHome(tmp_path / "language", tmp_path / "environments")
    home.prepare(Python(home.environments / "theirs"))
    async with LanguagePool(home) as pool:
        trees = home.folder / "trees"
        assert os.listdir(trees) == ["theirs"]
        await pool.forget(["theirs"])
        assert os.listdir(trees) == []


async def test_a_slow_answer_delays_no_fast_one(talk: Callable[[], Talk]) -> None:
    """A process that does not answer at all is the slowest."""
    editor = talk()
    await editor.initialize()
    await editor.open("x = 1\nx.\n")
    await editor.answer(await editor.hover())
    await editor.completions(1, 2)
    lane = editor.conversation._looking._process
    assert lane is not None
    os.kill(lane.pid, signal.SIGSTOP)
    slow = await editor.hover()
    assert "real" in await editor.completions(1, 2)
    os.kill(lane.pid, signal.SIGCONT)
    assert "error" not in await editor.answer(slow)


async def test_a_check_that_hangs_is_given_up(pool: LanguagePool) -> None:
    validator = Validator(pool)
    files = {"main.py": "print(missing)\n"}
    assert [item.path for item in await validator.validate(files, "main.py")] == ["main.py"]
    impatient = Validator(pool, timeout_s=0.5)
    impatient._client = validator._client  # a process that is known to be up, so that only its answer is missing
    stop_all(signal.SIGSTOP)
    with pytest.raises(LanguageUnavailable, match="did not answer in time"):
        await impatient.validate(files, "main.py")
    stop_all(signal.SIGCONT)


async def test_a_check_whose_process_died_meanwhile_takes_another(pool: LanguagePool) -> None:
    validator = Validator(pool)
    await validator.prepare()
    assert validator._client is not None
    os.kill(validator._client.process.pid, signal.SIGKILL)
    assert [item.code for item in await validator.validate({"main.py": "print(missing)\n"}, "main.py")]
    await validator.close()


async def test_the_parent_of_an_environment_goes_some_time_after_the_last_who_needs_it(tmp_path: Path) -> None:
    python = Python(tmp_path / "environment")
    async with LanguagePool(LanguageHome(tmp_path / "language", tmp_path / "environments"), idle_s=0.01) as pool:
        process = await pool.acquire(python)
        parent = await pool.parent(python)
        assert pool.environments == {python}
        await pool.release(process)
        await gone(parent.pid)
        assert pool.environments == set()


async def test_a_run_goes_on_without_a_check_when_nobody_can_check(tmp_path: Path) -> None:
    async with LanguagePool(LanguageHome(tmp_path / "language", tmp_path / "environments")) as pool:
        validator = Validator(pool)
    assert await validator.check({"main.py": "("}, "main.py", OWN) == []


def test_documents_follow_edits_in_utf16_units() -> None:
    documents = OpenDocuments()
    opened = {"uri": URI, "languageId": "python", "version": 1, "text": "\ufeffa = '\U0001f600'\nb = 2\n"}
    documents.follow("textDocument/didOpen", {"textDocument": opened})
    edit = {"range": {"start": place(0, 7), "end": place(1, 1)}, "text": "!'\nc"}
    version = {"uri": URI, "version": 2}
    documents.follow("textDocument/didChange", {"textDocument": version, "contentChanges": [edit]})
    (again,) = documents.opening()
    assert again["textDocument"] == {
        "uri": URI,
        "languageId": "python",
        "version": 2,
        "text": "a = '\U0001f600!'\nc = 2\n",
    }
    whole = {"textDocument": {"uri": URI, "version": 3}, "contentChanges": [{"text": "new"}]}
    documents.follow("textDocument/didChange", whole)
    assert documents.opening()[0]["textDocument"]["text"] == "new"
    documents.follow("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert documents.opening() == []


@pytest.mark.parametrize("params", [{}, {"textDocument": {}}, {"textDocument": {"uri": "unknown", "version": 1}}, []])
@pytest.mark.parametrize("method", ["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose"])
def test_notifications_that_do_not_fit_change_nothing(method: str, params: Any) -> None:
    documents = OpenDocuments()
    documents.follow(method, params)
    assert documents.opening() == []
