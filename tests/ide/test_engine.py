"""jedi with a memory answers as jedi without one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from types import FrameType

import jedi
import pytest

from podium.ide import environment
from podium.ide.language.analysis import tree_cache
from podium.ide.language.analysis.engine import Engine
from podium.ide.language.analysis.warm_up import places
from podium.ide.text import Text
from podium.tests.ide.client import TREES
from podium.tests.ide.conftest import MAIN, MODELS

FOLDERS = environment.current().folders
STUDIED = (
    "import json\njson.",
    "from fastapi import FastAPI\nFastAPI().",
    "from pydantic import BaseModel\nBaseModel.",
)
GENERIC = "class Box(list[int]): ...\nfor one in Box():\n    one.\nnumbers = [1]\nnumbers[0].\n{'a': ''}['a'].\n"
Names = set[str]


@pytest.fixture(scope="module")
def engine() -> Engine:
    tree_cache.use(TREES, but_for=Path(gettempdir()))
    engine = Engine(FOLDERS)
    for code in STUDIED:
        for _ in engine.study(code):
            pass
    return engine


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path


def offered(engine: Engine, app: Path, code: str, place: tuple[int, int]) -> Names:
    script = engine.script(code, app / "main.py", app, [app], {file.stem for file in app.iterdir()})
    return {item.name_with_symbols for item in script.complete(*place)}


def plain(app: Path, code: str) -> jedi.Script:
    """Jedi as it is."""
    project = jedi.Project(app, sys_path=[str(app), *map(str, FOLDERS)], smart_sys_path=False)
    return jedi.Script(code, path=app / "main.py", project=project, environment=jedi.InterpreterEnvironment())


def expected(app: Path, code: str, place: tuple[int, int]) -> Names:
    return {item.name_with_symbols for item in plain(app, code).complete(*place)}


@pytest.mark.parametrize("code", [MAIN, MODELS, GENERIC], ids=["main", "models", "generic"])
def test_it_offers_what_jedi_offers(engine: Engine, app: Path, code: str) -> None:
    compared = [(place, offered(engine, app, code, place), expected(app, code, place)) for place in places(Text(code))]
    assert len(compared) >= 3
    assert [place for place, found, wanted in compared if found != wanted] == []


def test_what_is_typed_already_narrows_down_what_is_remembered(engine: Engine, app: Path) -> None:
    code = "from fastapi import FastAPI\nFastAPI().RO"
    found = offered(engine, app, code, (2, 12))
    assert {"router", "routes"} <= found
    assert found == expected(app, code, (2, 12))


def test_signatures_are_those_of_jedi_also_for_the_second_time(engine: Engine, app: Path) -> None:
    code = "from fastapi import FastAPI\nimport json\nFastAPI().get('/', name=\njson.dumps(1, indent="

    def signatures(script: jedi.Script, place: tuple[int, int]) -> list[tuple[str, int | None, list[str]]]:
        found = script.get_signatures(*place)
        return [(item.to_string(), item.index, [param.name for param in item.params]) for item in found]

    for place in ((3, 24), (4, 21)):
        wanted = signatures(plain(app, code), place)
        assert wanted
        for _ in range(2):
            assert signatures(engine.script(code, app / "main.py", app, [app], ()), place) == wanted


def test_what_is_edited_is_not_remembered(engine: Engine, app: Path) -> None:
    """Neither from requests nor from studying, which meets the same names."""
    code = "import json\nfrom models import Note\nNote(title='').\n"
    for _ in engine.study(code, places(Text(code))):
        pass
    assert "stars" in offered(engine, app, code, (3, 15))
    (app / "models.py").write_text(MODELS.replace("stars", "likes"))
    assert {"likes", "stars"} & offered(engine, app, code, (3, 15)) == {"likes"}


def test_a_module_of_a_librarys_name_hides_the_library(engine: Engine, app: Path) -> None:
    code = "import fastapi\nfastapi.\n"
    assert "FastAPI" in offered(engine, app, code, (2, 8))
    (app / "fastapi.py").write_text("own = 1\n")
    assert {"own", "FastAPI"} & offered(engine, app, code, (2, 8)) == {"own"}
    (app / "fastapi.py").write_text("changed = 1\n")
    assert {"own", "changed"} & offered(engine, app, code, (2, 8)) == {"changed"}
    (app / "fastapi.py").unlink()
    assert "FastAPI" in offered(engine, app, code, (2, 8))


class _InterruptedError(BaseException):
    pass


@pytest.fixture
def interrupting() -> Iterator[None]:
    """A timer of processor time interrupts; pytest's timeouts use the other one."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise _InterruptedError

    before = signal.signal(signal.SIGVTALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("interrupting")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_an_interruption_leaves_half_done_is_taken_out(app: Path) -> None:
    engine = Engine(FOLDERS)
    code = "import json\nfrom fastapi import APIRouter\nAPIRouter().\n"
    wanted = expected(app, code, (3, 12))
    interrupted = 0
    for step in range(1, 100):
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, step * 0.0005)
            for _ in engine.study(code, [(3, 12)]):
                pass
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        except (_InterruptedError, SystemError):  # the second when it came while Python's parser was at work
            interrupted += 1
            engine.mend()
    assert interrupted
    assert offered(engine, app, code, (3, 12)) == wanted
