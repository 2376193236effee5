"""What code that gets into a language process cannot do."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from parso.cache import _get_hashed_path
from parso.grammar import load_grammar

from podium.kernels.box.coverage import coverage
from podium.kernels.box.plan import BoxPlan
from podium.kernels.environments.python import OWN, Python
from podium.server.live.language.home import LanguageHome
from podium.server.live.language.pool import LanguagePool
from podium.server.live.language.validator import Client
from podium.tests.ide.client import TREES

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(coverage().gaps[1:] != () or not coverage().boxed, reason="needs the Landlock of Linux 6.12"),
]

SECRET = "what nobody else is to read"
DENIED = {
    "the key": "open(DATA + '/key')",
    "the data directory": "os.listdir(DATA)",
    "what an app runs with": "open(DATA + '/work/shop/kept.txt')",
    "what another environment has": "os.listdir(DATA + '/environments')",
    "what other language processes look at": "os.listdir(DATA + '/language/own')",
    "the home": "os.listdir(HOME)",
    "Podium's own syntax trees": "open(TREES + '/new.pkl', 'w')",
    "its environment": "open(ROOT + '/new.py', 'w')",
    "the interpreter": "open(sys.prefix + '/new', 'w')",
    "the temporary folder of all": "open('/tmp/of-all', 'w')",
    "the store": "socket.create_connection(('127.0.0.1', PORT))",
    "the store, from a program": "run(sys.executable, '-c', 'import socket, sys; "
    'socket.create_connection(("127.0.0.1", int(sys.argv[1])))\', str(PORT))',
    "listening": "socket.create_server(('127.0.0.1', 0))",
    "the server": "os.kill(SERVER, 0)",
    "the server's environment": "open(f'/proc/{SERVER}/environ')",
    "the server's memory": "open(f'/proc/{SERVER}/mem', 'rb')",
    "the processes of another environment": "os.kill(NEIGHBOUR, 0)",
    "their memory": "open(f'/proc/{NEIGHBOUR}/mem', 'rb')",
    "becoming somebody": "os.setuid(65534)",
}
LOOK_AROUND = """
import json, os, socket, subprocess, sys
def run(*command):
    if subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
        raise PermissionError(command)
def outcome(attempt):
    try:
        return repr(eval(attempt, globals() | {names!r}))
    except Exception as error:
        return type(error).__name__
with open('seen.json', 'w') as file:
    json.dump({{name: outcome(attempt) for name, attempt in {denied!r}.items()}}, file)
"""


class Hostile:
    """Runs some code in whoever unpickles it."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (self._code, {})


@dataclass
class Place:
    """A data directory, and a pool of language processes in boxes."""

    data: Path
    pool: LanguagePool

    @property
    def python(self) -> Python:
        """An app's environment."""
        return Python(self.data / "environments" / "theirs")

    def trap(self, code: str) -> None:
        """Let some code run in the process of that environment that looks at ``trap.py`` first."""
        assert self.python.libraries is not None
        trees = self.data / "language" / "trees" / "theirs"
        tree: str = _get_hashed_path(load_grammar()._hashed, self.python.libraries / "trap.py", trees)  # type: ignore[no-untyped-call]  # parso is typed by halves
        Path(tree).write_bytes(pickle.dumps(Hostile(code)))

    def seen(self) -> dict[str, str]:
        """What came of each of its attempts."""
        found: dict[str, str] = json.loads((self.data / "language" / "theirs" / "seen.json").read_text())
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    data = tmp_path_factory.mktemp("data")
    (data / "key").write_text(SECRET)
    (data / "work" / "shop").mkdir(parents=True)
    (data / "work" / "shop" / "kept.txt").write_text(SECRET)
    home = LanguageHome(data / "language", data / "environments", BoxPlan((str(data),), (), str(data / "work")))
    async with LanguagePool(home) as pool:
        place = Place(data, pool)
        assert place.python.libraries is not None
        place.python.libraries.mkdir(parents=True)
        (place.python.libraries / "trap.py").write_text("nothing = 1\n")
        yield place


async def ask(pool: LanguagePool, python: Python, method: str, text: str, **params: object) -> Any:
    """What a language process of an environment answers about the end of a text."""
    process = await pool.acquire(python)
    client = Client(process)
    await client.request("initialize", {"initializationOptions": {"files": {"main.py": text}}})
    document = {"textDocument": {"uri": "file:///app/main.py"}}
    *before, last = text.split("\n")
    position = {"line": len(before), "character": len(last)}
    try:
        return await client.request(f"textDocument/{method}", {**document, "position": position, **params})
    finally:
        await client.close()
        await pool.release(process)


async def test_what_runs_in_it_reaches_its_own_and_nothing_else(place: Place) -> None:
    """As the packages of an app's environment could, which jedi may import, or who writes syntax trees for it."""
    assert place.python.libraries is not None
    await place.pool.parent(place.python)
    neighbour = await place.pool.parent()
    with socket.create_server(("127.0.0.1", 0)) as store:
        names = {
            "DATA": str(place.data),
            "ROOT": str(place.python.root),
            "TREES": str(TREES),
            "HOME": str(Path.home()),
            "SERVER": os.getpid(),
            "NEIGHBOUR": neighbour.pid,
            "PORT": store.getsockname()[1],
        }
        place.trap(LOOK_AROUND.format(names=names, denied=DENIED))
        await ask(place.pool, place.python, "completion", "import trap\ntrap.")
    assert place.seen() == dict.fromkeys(DENIED, "PermissionError")
    assert (place.data / "key").read_text() == SECRET


async def test_all_of_its_work_goes_on_inside(place: Place) -> None:
    trap, path, edits = await asyncio.gather(
        ask(place.pool, place.python, "completion", "import pathlib\npathlib.Path()."),
        ask(place.pool, OWN, "completion", "import fastapi\nfastapi.FastAPI()."),
        ask(place.pool, OWN, "formatting", "x=1", options={"tabSize": 4, "insertSpaces": True}),
    )
    assert "exists" in {item["label"] for item in trap["items"]}
    assert "include_router" in {item["label"] for item in path["items"]}
    assert edits[0]["newText"] == "x = 1\n"


async def test_checks_know_every_environment(place: Place) -> None:
    process = await place.pool.acquire()
    client = Client(process)
    await client.request("initialize", {"initializationOptions": {"files": {}}})
    files = {"main.py": "import missing\nimport trap\n\nprint(missing, trap)\n"}
    wanted = {"files": files, "entry": "main.py", "libraries": str(place.python.libraries)}
    (found,) = (await client.request("podium/validate", wanted))["diagnostics"]
    await client.close()
    await place.pool.release(process)
    assert "missing" in found["message"]
