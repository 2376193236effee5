"""Apps that do not load: each gets a clear report, the app before goes on, and the next load works."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from podium.runner.protocol import FailureKind, LoadFailed
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Runner

GOOD = "async def app(scope, receive, send):\n    " + (
    "await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n    "
    "await send({'type': 'http.response.body', 'body': b'good'})\n"
)


@pytest.fixture
async def loaded(runner: Runner) -> AsyncIterator[Runner]:
    """A runner that serves a good app before the test and must serve it, and load it again, after it."""
    await runner.loaded({"main.py": GOOD}, version="good")
    yield runner
    assert (await runner.app.get("/")).text == "good"
    await runner.loaded({"main.py": GOOD + "# edited\n"}, version="good again")
    assert (await runner.app.get("/")).text == "good"


async def refuse(runner: Runner, source: str, **more: str) -> LoadFailed:
    files = {"main.py": source} | {f"{name}.py": text for name, text in more.items()}
    refused = await runner.refused(files, version="bad")
    assert refused.serving == "good"
    return refused


async def test_a_syntax_error_is_located(loaded: Runner) -> None:
    failure = (await refuse(loaded, "app = 1\ndef broken(:\n    pass\n")).failure
    assert (failure.kind, failure.exception) == (FailureKind.SYNTAX, "SyntaxError")
    assert (failure.frames[-1].path, failure.frames[-1].line) == ("main.py", 2)
    assert failure.frames[-1].source == "def broken(:"
    assert failure.frames[-1].user


async def test_a_syntax_error_in_an_imported_module_keeps_the_way_to_it(loaded: Runner) -> None:
    failure = (await refuse(loaded, "import helper\n", helper="x = (\n")).failure
    assert [(frame.path, frame.line) for frame in failure.frames] == [("main.py", 1), ("helper.py", 1)]


async def test_an_indentation_error_is_a_syntax_error(loaded: Runner) -> None:
    failure = (await refuse(loaded, "def f():\nreturn 1\n")).failure
    assert (failure.kind, failure.exception, failure.frames[-1].line) == (FailureKind.SYNTAX, "IndentationError", 2)


async def test_an_exception_at_import_has_frames_of_user_code_and_of_libraries(loaded: Runner) -> None:
    failure = (await refuse(loaded, "import json\n\ndef read():\n    return json.loads('{')\n\nread()\n")).failure
    assert (failure.kind, failure.exception) == (FailureKind.IMPORT, "json.decoder.JSONDecodeError")
    assert [(f.line, f.function) for f in failure.frames if f.user] == [(6, "<module>"), (4, "read")]
    libraries = [frame.path for frame in failure.frames if not frame.user]
    assert libraries[-1].endswith("json/decoder.py")
    assert not any("podium" in path or "importlib" in path for path in libraries)


async def test_a_cause_is_told_with_its_own_frames(loaded: Runner) -> None:
    source = (
        "def deep():\n    raise KeyError('user')\n"
        "try:\n    deep()\nexcept KeyError as e:\n    raise ValueError('bad') from e\n"
    )
    failure = (await refuse(loaded, source)).failure
    assert failure.message == "ValueError: bad; caused by KeyError: 'user'"
    assert [frame.line for frame in failure.frames] == [6, 4, 2]


async def test_a_missing_module_says_what_was_looked_for(loaded: Runner) -> None:
    failure = (await refuse(loaded, "import not_there_at_all\n")).failure
    assert "not_there_at_all" in failure.message
    assert "not_there_at_all.py" in (failure.hint or "")


async def test_an_exit_at_import_is_a_failure_with_a_hint(loaded: Runner) -> None:
    failure = (await refuse(loaded, "import sys\nsys.exit(3)\n")).failure
    assert (failure.kind, failure.exception, failure.frames[-1].line) == (FailureKind.IMPORT, "SystemExit", 2)
    assert "sys.exit()" in (failure.hint or "")


@pytest.mark.parametrize("wait", ["while True:\n    pass\n", "import time\ntime.sleep(3600)\n"], ids=["loop", "sleep"])
async def test_an_import_that_never_ends_is_given_up_and_can_be_corrected(start_runner: StartRunner, wait: str) -> None:
    runner = await start_runner(PODIUM_LOAD_TIMEOUT="1")
    await runner.loaded({"main.py": GOOD}, version="good")
    failure = (await refuse(runner, "import helper\n", helper=wait)).failure
    assert failure.kind is FailureKind.TIMEOUT
    assert [frame.path for frame in failure.frames if frame.user] == ["main.py", "helper.py"]
    assert (await runner.app.get("/")).text == "good"
    # The same module names once more: their import locks are free again.
    again = await runner.loaded({"main.py": "import helper\n" + GOOD, "helper.py": "x = 1\n"}, version="v3")
    assert again.reloaded == ("main", "helper")
    assert (await runner.app.get("/")).text == "good"


async def test_a_server_that_is_started_at_import_is_noticed_at_once(loaded: Runner) -> None:
    failure = (await refuse(loaded, GOOD + "import uvicorn\nuvicorn.run(app, port=0, log_config=None)\n")).failure
    assert failure.kind is FailureKind.TIMEOUT
    assert "Podium serves the app itself" in (failure.hint or "")
    assert failure.frames[0].path == "main.py"


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("x = 1\n", "No app was found in main.py.", "Assign your app to a variable named app"),
        ("def create_app(name): pass\n", "create_app() in main.py needs arguments: name.", "default values"),
        ("def create_app(): pass\n", "create_app() returned NoneType, which is no app.", "Return the app"),
        (
            "from starlette.applications import Starlette\none = Starlette()\ntwo = Starlette()\n",
            "main.py has more than one app: one, two.",
            "Name the one to serve app.",
        ),
    ],
)
async def test_no_app_says_what_to_do(loaded: Runner, source: str, message: str, hint: str) -> None:
    failure = (await refuse(loaded, source)).failure
    assert (failure.kind, failure.message) == (FailureKind.NO_APP, message)
    assert hint in (failure.hint or "")


async def test_a_factory_that_raises_is_located(loaded: Runner) -> None:
    failure = (await refuse(loaded, "async def create_app():\n    raise RuntimeError('no')\n")).failure
    assert (failure.kind, failure.frames[-1].line) == (FailureKind.IMPORT, 2)


@pytest.mark.parametrize(
    "factory", ["def create_app(debug=True):", "async def create_app():", "def make_app():", "def app():"]
)
async def test_a_factory_makes_the_app(loaded: Runner, factory: str) -> None:
    source = GOOD.replace("def app(", "def serve(").replace("good", "made")
    await loaded.loaded({"main.py": f"{source}\n{factory}\n    return serve\n"})
    assert (await loaded.app.get("/")).text == "made"
    await loaded.loaded({"main.py": GOOD}, version="good")


async def test_an_async_factory_that_never_ends_is_given_up(start_runner: StartRunner) -> None:
    runner = await start_runner(PODIUM_LOAD_TIMEOUT="1")
    await runner.loaded({"main.py": GOOD}, version="good")
    source = "import asyncio\nasync def create_app():\n    await asyncio.sleep(3600)\n"
    failure = (await refuse(runner, source)).failure
    assert failure.kind is FailureKind.TIMEOUT
    assert [(frame.path, frame.line) for frame in failure.frames if frame.user] == [("main.py", 3)]
    assert (await runner.app.get("/")).text == "good"


async def test_an_entry_that_is_not_there_is_said(loaded: Runner) -> None:
    refused = await loaded.refused({"main.py": GOOD}, entry="server.py")
    assert (refused.failure.kind, refused.serving) == (FailureKind.NO_APP, "good")


@pytest.mark.parametrize("entry", ["not-a-name.py", "notes.txt"])
async def test_an_entry_that_cannot_be_a_module_is_said(loaded: Runner, entry: str) -> None:
    refused = await loaded.refused({entry: GOOD}, entry=entry)
    assert "not named like a Python module" in refused.failure.message


async def test_files_that_cannot_be_written_are_told(loaded: Runner) -> None:
    (loaded.app_dir / "taken").mkdir()
    (loaded.app_dir / "taken" / "by the app").touch()
    refused = await loaded.refused({"main.py": "1/0", "taken": "a file"}, version="bad")
    assert "cannot be written" in refused.failure.message
    assert "remove what the app itself has put in the way" in (refused.failure.hint or "")


LIFESPAN = """
from contextlib import asynccontextmanager
from starlette.applications import Starlette
import asyncio, sys, time

@asynccontextmanager
async def lifespan(app):
    {start}
    yield

app = Starlette(lifespan=lifespan)
"""


async def test_an_exception_in_the_lifespan_is_located(loaded: Runner) -> None:
    failure = (await refuse(loaded, LIFESPAN.format(start="raise ConnectionError('no database')"))).failure
    assert (failure.kind, failure.message) == (FailureKind.LIFESPAN, "ConnectionError: no database")
    assert (failure.frames[-1].path, failure.frames[-1].line) == ("main.py", 8)


async def test_an_exit_in_the_lifespan_is_a_failure_with_a_hint(loaded: Runner) -> None:
    failure = (await refuse(loaded, LIFESPAN.format(start="sys.exit(1)"))).failure
    assert (failure.kind, failure.exception, failure.frames[-1].line) == (FailureKind.LIFESPAN, "SystemExit", 8)
    assert failure.hint


async def test_a_failed_start_without_an_exception_is_told(loaded: Runner) -> None:
    source = (
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'lifespan':\n"
        "        await receive()\n"
        "        await send({'type': 'lifespan.startup.failed', 'message': 'the database is away'})\n"
    )
    failure = (await refuse(loaded, source)).failure
    assert (failure.kind, failure.message) == (FailureKind.LIFESPAN, "the database is away")


@pytest.mark.parametrize(
    ("start", "blocks"),
    [("await asyncio.sleep(3600)", False), ("while True: pass", True), ("time.sleep(3600)", True)],
)
async def test_a_lifespan_that_never_starts_is_given_up(start_runner: StartRunner, start: str, blocks: bool) -> None:
    runner = await start_runner(PODIUM_LOAD_TIMEOUT="2")
    await runner.loaded({"main.py": GOOD}, version="good")
    failure = (await refuse(runner, LIFESPAN.format(start=start))).failure
    assert failure.kind is FailureKind.TIMEOUT
    assert ("blocks the event loop" in failure.message) == blocks
    assert [(frame.path, frame.line) for frame in failure.frames if frame.user] == [("main.py", 8)]
    assert (await runner.app.get("/")).text == "good"
    await runner.loaded({"main.py": GOOD + "# edited"})
    assert (await runner.app.get("/")).text == "good"


async def test_nothing_is_served_before_the_first_good_load(start_runner: StartRunner) -> None:
    runner = await start_runner()
    assert (await runner.app.get("/")).status_code == 503
    refused = await runner.refused({"main.py": "1/0"})
    assert refused.serving is None
    assert (await runner.app.get("/")).status_code == 503
    assert (await runner.health()).version is None
    await runner.loaded({"main.py": GOOD})
    assert (await runner.app.get("/")).text == "good"


async def test_a_process_that_ends_itself_ends_with_its_own_status(start_runner: StartRunner) -> None:
    runner = await start_runner()
    with pytest.raises(Exception, match=r"disconnected|closed|reset"):
        await runner.load({"main.py": "import os\nos._exit(7)\n"})
    assert runner.process.wait() == 7
