"""What the running app adds to completion and hover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.ide.language.analysis import live_names
from podium.ide.language.analysis.context import Source
from podium.ide.text import Position, Text
from podium.tests.ide.client import CURSOR, LanguageClient

HEAD = "from fastapi import FastAPI\n\napp = FastAPI()\nmade = eval('1')\n"
KNOWN = {
    ("made",): ("shop.Made", ["bright", "_hidden"]),
    ("made", "bright"): ("float", ["real"]),
    ("app",): ("fastapi.applications.FastAPI", ["title", "started"]),
}


def _app(path: list[str]) -> object:
    kind, names = KNOWN.get(tuple(path), (None, []))
    return {"type": kind, "names": [{"name": name, "kind": "value", "type": "float"} for name in names]}


@pytest.fixture(scope="module")
def editor() -> Iterator[LanguageClient]:
    with LanguageClient() as client:
        client.start({"main.py": HEAD}, app=_app)
        yield client


def _completed(editor: LanguageClient, code: str) -> dict[str, str | None]:
    answer = editor.at("completion", "main.py", HEAD + code)
    return {item["label"]: item.get("detail") for item in answer["items"]}


def test_names_that_only_the_running_app_knows_are_offered(editor: LanguageClient) -> None:
    assert _completed(editor, "made.‸") == {"bright": "bright: float", "_hidden": "_hidden: float"}
    assert _completed(editor, "made.BR‸").keys() == {"bright"}


def test_they_stand_beside_what_the_code_tells(editor: LanguageClient) -> None:
    # A busy machine may answer the first question after what is in the code, but not the next.
    while "started" not in (found := _completed(editor, "app.‸")):
        pass
    assert found["started"] == "started: float"
    assert found["title"] is None
    assert "include_router" in found


def test_a_local_name_is_not_looked_up(editor: LanguageClient) -> None:
    before = len(editor.looked)
    assert "bright" not in _completed(editor, "def read(made):\n    made.‸")
    assert len(editor.looked) == before


def test_hover_says_what_the_code_does_not(editor: LanguageClient) -> None:
    found = editor.at("hover", "main.py", f"{HEAD}made.bri‸ght")
    assert found["contents"]["value"] == "```python\nmade.bright: float\n```\n\nIn the running app."
    assert "running app" not in editor.at("hover", "main.py", f"{HEAD}ap‸p")["contents"]["value"]


def test_an_answer_holds_until_something_changes(editor: LanguageClient) -> None:
    code = HEAD + "from models import Note\nNo‸te\n"
    for fields in ("title: str", "title: str", "text: str"):
        editor.notify("podium/files", {"changed": {"models.py": f'class Note:\n    """Has {fields}."""\n'}})
        for _ in range(2):
            assert f"Has {fields}." in editor.at("hover", "main.py", code)["contents"]["value"]
    KNOWN[("made", "bright")] = ("int", [])
    assert "made.bright: int" in editor.at("hover", "main.py", f"{HEAD}made.bri‸ght")["contents"]["value"]


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("app.‸", "app"),
        ("x = app . state . st‸", "app state"),
        ("def f(x):\n    app.‸", "app"),
        ("def app(): ...\napp.‸", "app"),
        ("def f(app):\n    app.‸", None),
        ("def g():\n    app = 1\n    def f(x):\n        app.‸", None),
        ("def f():\n    for app in x:\n        app.‸", None),
        ("x = [a.‸b for a in b]", None),
        ("x = lambda a: a.‸", None),
        ("def f(request):\n    request.app.‸", None),
        ("f().x.‸", None),
        ("x[0].y.‸", None),
        ("'see app.‸'", None),
        ("# app.‸", None),
        ("1.‸", None),
    ],
)
def test_only_names_of_the_module_are_looked_up(tmp_path: Path, code: str, path: str | None) -> None:
    before, _, after = code.partition(CURSOR)
    end: Position = Text(before).end
    source = Source("file:///app/main.py", tmp_path / "main.py", Text(before + after), "main.py")
    found = live_names.before(source, end.line + 1, end.character)
    assert (None if found is None else " ".join(found.path)) == path
