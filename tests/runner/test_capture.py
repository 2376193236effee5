"""What an app prints, logs and warns about: by request, bounded, once."""

from __future__ import annotations

import asyncio

import pytest

from podium.runner.protocol import MAX_LOG_LINE, MAX_RECORDED_LOGS, EventType, LogLine, Record
from podium.tests.runner.driver import Runner

APP = """
import asyncio, logging, multiprocessing, os, sys, threading, time, traceback, warnings
from concurrent.futures import ThreadPoolExecutor
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.routing import Route

print("at import")
print("token" if "PODIUM_CONTROL_TOKEN" in os.environ else "no token")
logger = logging.getLogger("notes")
pool = ThreadPoolExecutor()

def route(function):
    routes.append(Route("/" + function.__name__, function))
    return function

routes = []

@route
async def interleaved(request):
    name = request.query_params["name"]
    for step in range(3):
        print(name, step)
        await asyncio.sleep(0)
        await asyncio.to_thread(print, name, "in a thread", step)
        await run_in_threadpool(print, name, "in a pool", step)
    return PlainTextResponse()

@route
def synchronous(request):
    print("from a sync handler")
    return PlainTextResponse()

@route
def own_thread(request):
    thread = threading.Thread(target=print, args=("from a thread of its own",))
    thread.start()
    thread.join()
    return PlainTextResponse()

@route
def forked(request):
    child = multiprocessing.get_context("fork").Process(target=print, args=("from a child",), kwargs={"flush": True})
    child.start()
    child.join()
    return PlainTextResponse(str(child.exitcode))

@route
async def pieces(request):
    print("one", end=" ")
    print("two", end="")
    print()
    print("three\\nfour")
    print("to the error stream", file=sys.stderr)
    sys.stdout.buffer.write("bytes é\\n".encode())
    print("no line end", end="")
    return PlainTextResponse()

@route
async def logged(request):
    logger.info("not enabled")
    logger.warning("careful: %s", "hot")
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("could not divide")
    logging.getLogger("uvicorn.error").info("through uvicorn")
    warnings.warn("this is old", UserWarning, stacklevel=1)
    return PlainTextResponse()

@route
async def configured(request):
    logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(message)s")
    logger.debug("a detail")
    logging.root.handlers.clear()
    logging.root.setLevel(logging.WARNING)
    return PlainTextResponse()

@route
async def megabyte(request):
    print("x" * 1_000_000)
    return PlainTextResponse()

@route
async def many(request):
    print("\\n".join(str(n) for n in range(100_000)))
    return PlainTextResponse()

@route
async def handled(request):
    try:
        raise ValueError("dealt with")
    except ValueError:
        traceback.print_exc()
    return PlainTextResponse("fine")

@route
async def answered_500(request):
    try:
        raise ValueError("the reason")
    except ValueError:
        logger.exception("sorry")
    return PlainTextResponse("sorry", 500)

app = Starlette(routes=routes)
"""


@pytest.fixture
async def served(runner: Runner) -> Runner:
    """The module's runner with the app above."""
    await runner.loaded({"main.py": APP})
    return runner


async def ask(runner: Runner, path: str) -> Record:
    answer = await runner.app.get(path)
    assert answer.status_code in (200, 500)
    return await runner.record(path)


def told(record: Record) -> list[tuple[str, str, str]]:
    return [(line.stream, line.level, line.text) for line in record.logs]


async def test_prints_at_import_belong_to_no_request(runner: Runner) -> None:
    await runner.loaded({"main.py": APP + "# once more\n"})
    line = await runner.event(EventType.LOG, lambda line: line["text"] == "at import")
    assert (line["stream"], line["request"]) == ("stdout", None)


async def test_the_token_is_not_in_the_apps_environment(runner: Runner) -> None:
    await runner.loaded({"main.py": APP + "# and again\n"})
    assert await runner.event(EventType.LOG, lambda line: line["text"] == "no token")


async def test_lines_of_requests_at_the_same_time_are_kept_apart(served: Runner) -> None:
    names = [f"request-{n}" for n in range(12)]
    await asyncio.gather(*(served.app.get(f"/interleaved?name={name}") for name in names))
    for name in names:
        record = await served.record(f"/interleaved?name={name}")
        steps = [(f"{name} {n}", f"{name} in a thread {n}", f"{name} in a pool {n}") for n in range(3)]
        assert [line.text for line in record.logs] == [text for step in steps for text in step]
        assert {line.request for line in record.logs} == {record.id}


async def test_a_synchronous_handlers_lines_belong_to_its_request(served: Runner) -> None:
    assert told(await ask(served, "/synchronous")) == [("stdout", "info", "from a sync handler")]


async def test_a_thread_of_its_own_is_captured_too(served: Runner) -> None:
    await served.app.get("/own_thread")
    line = await served.event(EventType.LOG, lambda line: line["text"] == "from a thread of its own")
    assert line["stream"] == "stdout"


async def test_a_forked_child_writes_to_the_process_output(served: Runner) -> None:
    assert (await served.app.get("/forked")).text == "0"
    assert "from a child\n" in served.process.output.read_text()


async def test_lines_are_put_together_from_pieces(served: Runner) -> None:
    assert told(await ask(served, "/pieces")) == [
        ("stdout", "info", "one two"),
        ("stdout", "info", "three"),
        ("stdout", "info", "four"),
        ("stderr", "error", "to the error stream"),
        ("stdout", "info", "bytes é"),
        ("stdout", "info", "no line end"),
    ]


async def test_logging_keeps_level_and_logger(served: Runner) -> None:
    lines = (await ask(served, "/logged")).logs
    assert [(line.stream, line.level, line.logger) for line in lines[:3]] == [
        ("logging", "warning", "notes"),
        ("logging", "error", "notes"),
        ("logging", "info", "uvicorn.error"),
    ]
    assert lines[0].text == "careful: hot"
    assert "ZeroDivisionError: division by zero" in lines[1].text
    assert lines[2].text == "through uvicorn"
    assert lines[3].level == "warning"
    assert "UserWarning: this is old" in lines[3].text


async def test_logging_follows_the_apps_own_configuration(served: Runner) -> None:
    assert told(await ask(served, "/configured")) == [("logging", "debug", "DEBUG a detail")]


async def test_a_line_of_a_megabyte_is_cut_and_counted(served: Runner) -> None:
    (line,) = (await ask(served, "/megabyte")).logs
    assert line.text.startswith("x" * MAX_LOG_LINE + "…")
    assert line.text.endswith("(991,808 more characters)")


async def test_very_many_lines_in_one_write_are_cut_and_counted(served: Runner) -> None:
    record = await ask(served, "/many")
    assert len(record.logs) == MAX_RECORDED_LOGS
    line = await served.event(EventType.LOG, lambda line: "more lines" in line["text"])
    assert (line["text"], line["request"]) == ("… (99,499 more lines in one write)", record.id)


QUART = """
from quart import Quart
app = Quart(__name__)
@app.get("/<name>")
async def home(name):
    app.logger.warning("about %s", name)
    return name
"""


async def test_a_handler_that_writes_in_another_thread_keeps_the_request(runner: Runner) -> None:
    await runner.loaded({"main.py": QUART})
    assert (await runner.app.get("/queue")).status_code == 200
    line = await runner.event(EventType.LOG, lambda line: "about queue" in line["text"])
    assert (line["stream"], line["level"], line["request"]) == (
        "logging",
        "warning",
        (await runner.record("/queue")).id,
    )


async def test_an_error_that_was_dealt_with_is_no_failure(served: Runner) -> None:
    record = await ask(served, "/handled")
    assert record.failure is None
    assert record.logs[-1].text == "ValueError: dealt with"


async def test_a_500_with_a_logged_error_has_that_as_its_failure(served: Runner) -> None:
    failure = (await ask(served, "/answered_500")).failure
    assert failure is not None
    assert failure.message == "ValueError: the reason"


async def test_an_error_is_not_logged_a_second_time_by_the_server(runner: Runner) -> None:
    await runner.loaded({"main.py": "async def app(scope, receive, send):\n    print('before')\n    1 / 0\n"})
    record = await ask(runner, "/once")
    assert [line.text for line in record.logs] == ["before"]
    await runner.app.get("/twice")
    await runner.record("/twice")
    async for event in runner.events():
        if event.type is EventType.LOG:
            assert "Exception in ASGI application" not in LogLine(**event.data).text
        if event.type is EventType.REQUEST_FINISHED and event.data["request"]["path"] == "/twice":
            break
