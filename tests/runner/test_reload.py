"""Edits: what is imported again, what stays, and how one version takes over from the other."""

from __future__ import annotations

from typing import Any

import pytest
import websockets

from podium.runner.protocol import EventType, FailureKind
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Runner

ASGI = """
import json

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(answer()).encode()})
"""


async def ask(runner: Runner, path: str = "/") -> Any:
    answer = await runner.app.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_only_what_changed_and_what_imports_it_is_imported_again(runner: Runner) -> None:
    files = {
        "main.py": ASGI + "import middle, store\ndef answer():\n    return [middle.value(), len(store.seen)]\n",
        "middle.py": "from leaf import VALUE\ndef value():\n    return VALUE\n",
        "leaf.py": "VALUE = 1\n",
        "store.py": "seen = []\n",
        "main_helper.py": "raise RuntimeError('nobody imports this')\n",
    }
    loaded = await runner.loaded(files, version="v1")
    assert loaded.reloaded == ("main", "middle", "leaf", "store")
    files["leaf.py"] = "VALUE = 2\n"
    loaded = await runner.loaded(files, version="v2")
    assert loaded.reloaded == ("main", "middle", "leaf")
    assert await ask(runner) == [2, 0]


async def test_state_of_modules_that_did_not_change_is_kept(runner: Runner) -> None:
    files = {
        "main.py": ASGI + "from store import seen\ndef answer():\n    seen.append(1)\n    return len(seen)\n",
        "store.py": "seen = []\n",
    }
    await runner.loaded(files)
    assert [await ask(runner), await ask(runner)] == [1, 2]
    files["main.py"] = files["main.py"].replace("len(seen)", "-len(seen)")
    assert (await runner.loaded(files)).reloaded == ("main",)
    assert await ask(runner) == -3


async def test_nothing_happens_when_nothing_that_is_used_changed(runner: Runner) -> None:
    files = {"main.py": ASGI + "count = 0\ndef answer():\n    global count\n    count += 1\n    return count\n"}
    first = await runner.loaded(files, version="v1")
    await ask(runner)
    second = await runner.loaded(files | {"unused.py": "x = 1\n"}, version="v2")
    assert (second.generation, second.reloaded, second.version) == (first.generation, (), "v2")
    assert second.routes == first.routes
    assert await ask(runner) == 2
    assert (await runner.health()).version == "v2"


async def test_routes_that_register_themselves_are_registered_once(runner: Runner) -> None:
    files = {
        "main.py": "from web import app\nimport routes\n",
        "web.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "routes.py": "from web import app\n@app.get('/')\ndef home():\n    return 1\n",
    }
    await runner.loaded(files)
    files["routes.py"] = files["routes.py"].replace("return 1", "return 2")
    loaded = await runner.loaded(files)
    assert loaded.reloaded == ("main", "web", "routes")
    assert await ask(runner) == 2
    files["routes.py"] = "from web import app\n"
    assert (await runner.loaded(files)).routes == ()
    assert (await runner.app.get("/")).status_code == 404


async def test_a_template_changes_and_a_file_that_is_read_at_import(runner: Runner) -> None:
    source = (
        "import json\nfrom pathlib import Path\nfrom flask import Flask, render_template\n"
        "app = Flask(__name__)\nconfig = json.loads(Path('config.json').read_text())\n"
        "@app.get('/')\ndef home():\n    return render_template('home.html', **config)\n"
    )
    files = {"main.py": source, "config.json": '{"name": "Ada"}', "templates/home.html": "Hello {{ name }}"}
    await runner.loaded(files)
    assert (await runner.app.get("/")).text == "Hello Ada"
    await runner.loaded(files | {"config.json": '{"name": "Grace"}', "templates/home.html": "Bye {{ name }}"})
    assert (await runner.app.get("/")).text == "Bye Grace"


async def test_removed_files_are_gone_and_the_apps_own_files_stay(runner: Runner) -> None:
    source = ASGI + (
        "from pathlib import Path\nPath('data.db').write_text('mine')\n"
        "def answer():\n    return sorted(p.as_posix() for p in Path('.').rglob('*') if p.is_file())\n"
    )
    await runner.loaded({"main.py": source, "old/one.py": "", "old/two.txt": ""})
    assert await ask(runner) == [".podium-files.json", "data.db", "main.py", "old/one.py", "old/two.txt"]
    await runner.loaded({"main.py": source})
    assert await ask(runner) == [".podium-files.json", "data.db", "main.py"]
    assert not (runner.app_dir / "old").exists()
    refused = await runner.refused({"main.py": "import old.one\n" + source})
    assert refused.failure.exception == "ModuleNotFoundError"


async def test_a_module_becomes_a_package_and_back(runner: Runner) -> None:
    main = ASGI + "import thing\ndef answer():\n    return thing.WHAT\n"
    await runner.loaded({"main.py": main, "thing.py": "WHAT = 'module'\n"})
    assert await ask(runner) == "module"
    await runner.loaded(
        {"main.py": main, "thing/__init__.py": "from thing.inner import WHAT\n", "thing/inner.py": "WHAT = 'package'\n"}
    )
    assert await ask(runner) == "package"
    await runner.loaded({"main.py": main, "thing.py": "WHAT = 'module again'\n"})
    assert await ask(runner) == "module again"


async def test_modules_of_packages_are_replaced_inside_them(runner: Runner) -> None:
    files = {
        "shop/__init__.py": "COUNT = []\n",
        "shop/main.py": ASGI
        + "from . import items\nfrom .prices import price\ndef answer():\n    return [items.NAME, price()]\n",
        "shop/items.py": "NAME = 'tea'\n",
        "shop/prices.py": "def price():\n    from shop import items\n    return len(items.NAME)\n",
    }
    loaded = await runner.loaded(files, entry="shop/main.py")
    assert loaded.reloaded == ("shop", "shop.main", "shop.items", "shop.prices")
    files["shop/items.py"] = "NAME = 'coffee'\n"
    loaded = await runner.loaded(files, entry="shop/main.py")
    assert "shop" not in loaded.reloaded
    assert await ask(runner) == ["coffee", 6]


async def test_an_entry_in_a_folder_that_is_no_package(runner: Runner) -> None:
    files = {
        "src/main.py": ASGI + "import helper\nfrom src import other\ndef answer():\n    return [helper.X, other.Y]\n",
        "src/helper.py": "X = 1\n",
        "src/other.py": "Y = 2\n",
    }
    await runner.loaded(files, entry="src/main.py")
    assert await ask(runner) == [1, 2]
    files["src/helper.py"] = "X = 3\n"
    await runner.loaded(files, entry="src/main.py")
    assert await ask(runner) == [3, 2]


async def test_names_of_ours_and_of_python_do_not_clash(runner: Runner) -> None:
    files = {
        "server.py": ASGI + "import runner, kernels, protocol, pickle, inspect\nclass Note:\n    pass\ndef answer():\n"
        "    again = pickle.loads(pickle.dumps(Note()))\n"
        "    named = [runner.X, kernels.X, protocol.X]\n"
        "    return [*named, type(again) is Note, inspect.getsource(Note), __name__, __file__]\n",
        "runner.py": "X = 'runner'\n",
        "kernels.py": "X = 'kernels'\n",
        "protocol.py": "X = 'protocol'\n",
        "queue.py": "raise RuntimeError('the libraries mean their own queue')\n",
        "uvicorn.py": "raise RuntimeError('the runner means its own uvicorn')\n",
    }
    await runner.loaded(files, entry="server.py")
    own_file = str(runner.app_dir / "server.py")
    assert await ask(runner) == [
        "runner", "kernels", "protocol", True, "class Note:\n    pass\n", "server", own_file,
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["from calendar import events", "import calendar\ncalendar.events"])
async def test_a_file_that_hides_behind_a_module_of_python_is_explained(runner: Runner, line: str) -> None:
    refused = await runner.refused({"main.py": line + "\n", "calendar.py": "events = []\n"})
    assert "Rename the file" in (refused.failure.hint or "")
    refused = await runner.refused({"calendar.py": ASGI}, entry="calendar.py")
    assert "Rename the file" in (refused.failure.hint or "")


async def test_modules_by_computed_names_are_imported_again(runner: Runner) -> None:
    main = ASGI + (
        "import importlib\nplugin = importlib.import_module('plugins.' + 'one')\n"
        "def answer():\n    return plugin.VALUE\n"
    )
    await runner.loaded({"main.py": main, "plugins/one.py": "VALUE = 1\n"})
    await runner.loaded({"main.py": main, "plugins/one.py": "VALUE = 2\n"})
    assert await ask(runner) == 2


async def test_two_edits_of_the_same_size_in_the_same_second(runner: Runner) -> None:
    for value in range(10):
        await runner.loaded({"main.py": ASGI + f"def answer():\n    return {value}\n"})
        assert await ask(runner) == value


FRAGILE = {
    "main.py": ASGI + "import config, lazy_user\nfrom pathlib import Path\ndef answer():\n"
    "    return [config.NAME, lazy_user.read(), Path('note.txt').read_text()]\n",
    "config.py": "NAME = 'old'\n",
    "lazy_user.py": "def read():\n    import lazy\n    return lazy.VALUE\n",
    "lazy.py": "VALUE = 'old'\n",
    "note.txt": "old",
}


@pytest.mark.parametrize(
    "broken", ["import config\n1/0\n", "x = (\n", "import config, lazy\n", "import sys; sys.exit()\n"]
)
async def test_a_failed_load_leaves_no_trace(runner: Runner, broken: str) -> None:
    await runner.loaded(FRAGILE, version="old")
    edited = {"main.py": broken, "config.py": "NAME = 'new'\n", "lazy.py": "VALUE = 'new'\n", "note.txt": "new"}
    refused = await runner.refused(edited, version="new")
    assert refused.serving == "old"
    assert await ask(runner) == ["old", "old", "old"]
    good = FRAGILE | {"config.py": "NAME = 'newer'\n"}
    await runner.loaded(good, version="newer")
    assert await ask(runner) == ["newer", "old", "old"]


async def test_a_failed_load_leaves_nothing_in_a_package_that_stays(runner: Runner) -> None:
    files = {
        "main.py": ASGI + "import pack.first\ndef answer():\n    return 'first'\n",
        "pack/first.py": "",
        "pack/second.py": "VALUE = 'old'\n",
    }
    await runner.loaded(files)
    await runner.refused(files | {"main.py": "from pack import second\n1 / 0\n"})
    main = ASGI + "import pack.first\nfrom pack import second\ndef answer():\n    return second.VALUE\n"
    await runner.loaded(files | {"main.py": main, "pack/second.py": "VALUE = 'new'\n"})
    assert await ask(runner) == "new"


async def test_a_lifespan_that_fails_leaves_no_trace_either(runner: Runner) -> None:
    lifespan = (
        "from starlette.applications import Starlette\n"
        "async def lifespan(app):\n    raise OSError('no')\n    yield\n"
        "import config\napp = Starlette(lifespan=lifespan)\n"
    )
    await runner.loaded(FRAGILE, version="old")
    refused = await runner.refused({"main.py": lifespan, "config.py": "NAME = 'new'\n"}, version="new")
    assert (refused.failure.kind, refused.serving) == (FailureKind.LIFESPAN, "old")
    assert await ask(runner) == ["old", "old", "old"]


LIVING = """
import asyncio
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
import shared

NAME = "one"

@asynccontextmanager
async def lifespan(app):
    print("start", NAME)
    yield
    print("end", NAME)

async def home(request):
    return JSONResponse([NAME, shared.same_loop()])

async def stream(request):
    async def lines():
        yield "first of " + NAME + "\\n"
        await shared.gate.wait()
        yield "second of " + NAME + "\\n"
    return StreamingResponse(lines())

async def release(request):
    shared.gate.set()
    return JSONResponse(NAME)

async def socket(ws):
    await ws.accept()
    async for text in ws.iter_text():
        await ws.send_text(NAME)

app = Starlette(
    routes=[Route("/", home), Route("/stream", stream), Route("/release", release), WebSocketRoute("/socket", socket)],
    lifespan=lifespan,
)
"""
SHARED = """
import asyncio
gate = asyncio.Event()
loops = set()
def same_loop():
    loops.add(id(asyncio.get_running_loop()))
    return len(loops) == 1
"""


async def test_the_old_app_finishes_its_streams_and_closes_its_sockets(runner: Runner) -> None:
    files = {"main.py": LIVING, "shared.py": SHARED}
    await runner.loaded(files)
    assert await ask(runner) == ["one", True]
    async with runner.app.stream("GET", "/stream") as old, runner.websocket("/socket") as socket:
        lines = old.aiter_lines()
        assert await anext(lines) == "first of one"
        await socket.send("who?")
        assert await socket.recv() == "one"
        files["main.py"] = LIVING.replace('"one"', '"two"')
        await runner.loaded(files)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1012, "The app was reloaded")
        # Clients that bound themselves to the loop go on: it is the same one.
        assert await ask(runner) == ["two", True]
        await runner.app.get("/release")
        assert await anext(lines) == "second of one"
    await runner.event(EventType.LOG, lambda line: line["text"] == "end one")
    said = []
    async for event in runner.events():
        if event.type is EventType.LOG:
            said.append(event.data["text"])
        if said[-1:] == ["end one"]:
            break
    assert said == ["start one", "start two", "end one"]


async def test_the_end_of_a_lifespan_that_fails_is_told(runner: Runner) -> None:
    failing = LIVING.replace('print("end", NAME)', 'raise OSError("cannot end")')
    await runner.loaded({"main.py": failing, "shared.py": SHARED})
    await runner.loaded({"main.py": LIVING, "shared.py": SHARED})
    failure = await runner.event(EventType.FAILURE, lambda failure: "cannot end" in failure["message"])
    assert (failure["kind"], failure["frames"][-1]["path"]) == ("lifespan", "main.py")


async def test_replaced_apps_are_forgotten(runner: Runner) -> None:
    source = (
        "import gc\nfrom starlette.applications import Starlette\nfrom starlette.responses import JSONResponse\n"
        "async def alive(request):\n    gc.collect()\n"
        "    return JSONResponse(sum(type(thing) is Starlette for thing in gc.get_objects()))\n"
        "app = Starlette()\napp.add_route('/', alive)\n"
    )
    for number in range(5):
        await runner.loaded({"main.py": source + f"# {number}\n"})
    # The last one may still be ending its lifespan.
    assert await ask(runner) <= 2


async def test_what_a_library_keeps_for_the_whole_process_asks_for_a_new_one(start_runner: StartRunner) -> None:
    runner = await start_runner()
    main = ASGI + "from prometheus_client import Counter\nasked = Counter('asked', 'x')\ndef answer():\n    return 1\n"
    await runner.loaded({"main.py": main}, version="v1")
    refused = await runner.refused({"main.py": main.replace("return 1", "return 2")}, version="v2")
    assert (refused.failure.kind, refused.serving) == (FailureKind.RESTART, "v1")
    assert await ask(runner) == 1


async def test_stages_and_results_are_events(runner: Runner) -> None:
    await runner.loaded({"main.py": ASGI + "def answer():\n    return 'events'\n"}, version="events")
    await runner.refused({"main.py": "1/0"}, version="refused")
    seen = []
    async for event in runner.events():
        if event.type in (EventType.LOADING, EventType.LOADED, EventType.LOAD_FAILED):
            seen.append((event.type, event.data.get("stage") or event.data.get("version") or event.data.get("serving")))
        if event.type is EventType.LOAD_FAILED:
            break
    assert seen == [
        (EventType.LOADING, "load"),
        (EventType.LOADING, "ready"),
        (EventType.LOADED, "events"),
        (EventType.LOADING, "load"),
        (EventType.LOAD_FAILED, "events"),
    ]
