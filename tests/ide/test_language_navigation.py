"""Finding, renaming, outlining, folding, fixing and formatting."""

from __future__ import annotations

from typing import Any

import pytest

from podium.ide.text import Edit, Position, Range, Text
from podium.tests.ide.client import AnswerError, LanguageClient, uri
from podium.tests.ide.conftest import MAIN, MODELS

REQUEST_FAILED = -32803
INVALID_PARAMS = -32602


def pieces(text: str, ranges: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Line and text of ranges."""
    lines = Text(text)
    return sorted((item["start"]["line"], _piece(lines, item)) for item in ranges)


def _piece(text: Text, item: dict[str, Any]) -> str:
    where = to_range(item)
    return text.value[text.offset(where.start) : text.offset(where.end)]


def to_range(item: dict[str, Any]) -> Range:
    """A range of LSP's as ours."""
    return Range(Position(**item["start"]), Position(**item["end"]))


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """A text after edits, which do not overlap."""
    result = Text(text)
    for edit in sorted(edits, key=lambda edit: to_range(edit["range"]).start, reverse=True):
        result = result.replaced(Edit(to_range(edit["range"]), edit["newText"]))
    return result.value


def about(path: str) -> dict[str, Any]:
    """The params of a request about a whole document."""
    return {"textDocument": {"uri": uri(path)}}


def test_the_definition_of_a_name_of_another_file(language: LanguageClient) -> None:
    language.open("models.py", MODELS)
    (found,) = language.at("definition", "main.py", MAIN.replace("-> Note:", "-> No‸te:"))
    assert found["uri"] == uri("models.py")
    assert pieces(MODELS, [found["range"]]) == [(5, "Note")]


def test_the_definition_of_a_module_is_the_start_of_its_file(language: LanguageClient) -> None:
    (found,) = language.at("definition", "main.py", MAIN.replace("from models", "from mod‸els"))
    assert (found["uri"], found["range"]["end"]) == (uri("models.py"), {"line": 0, "character": 0})


@pytest.mark.parametrize(
    ("before", "after", "name", "end"),
    [
        ("= FastAPI(", "= Fast‸API(", "FastAPI", "/fastapi/applications.py"),
        ("notes.find_one", "notes.find‸_one", "find_one", "/pymongo/synchronous/collection.py"),
        ("os.environ", "os.env‸iron", "environ", "library:///os.py"),
    ],
)
def test_the_definition_of_a_library_s_name_can_be_read(
    language: LanguageClient, before: str, after: str, name: str, end: str
) -> None:
    (found,) = language.at("definition", "main.py", MAIN.replace(before, after))
    assert found["uri"].startswith("library:///")
    assert found["uri"].endswith(end)
    text = language.request("podium/source", {"uri": found["uri"]})["text"]
    assert pieces(text, [found["range"]])[0][1] == name


def test_names_inside_a_library_can_be_followed(language: LanguageClient) -> None:
    (found,) = language.at("definition", "main.py", MAIN.replace("= FastAPI(", "= Fast‸API("))
    language.notify(
        "textDocument/didOpen",
        {
            "textDocument": {
                "uri": found["uri"],
                "languageId": "python",
                "version": 1,
                "text": "what is sent is not used",
            }
        },
    )
    text = Text(language.request("podium/source", {"uri": found["uri"]})["text"])
    line = next(number for number, line in enumerate(text.lines) if line.startswith("class FastAPI(Starlette)"))
    params = {"textDocument": {"uri": found["uri"]}, "position": {"line": line, "character": 16}}
    (base,) = language.request("textDocument/definition", params)
    assert base["uri"] == "library:///starlette/applications.py"


@pytest.mark.parametrize(
    "wrong",
    [
        "library:///../../../../etc/passwd",
        "library:///..%2f..%2f..%2fetc/hosts.py",
        "library:////etc/hosts.py",
        "library:///fastapi/py.typed",
        "library:///fastapi/nowhere.py",
        "library:///a%00.py",
        "file:///etc/passwd",
        "file:///app/main.py",
        "",
    ],
)
def test_nothing_but_sources_of_libraries_is_shown(language: LanguageClient, wrong: str) -> None:
    with pytest.raises(AnswerError, match="is not the source of an installed library") as caught:
        language.request("podium/source", {"uri": wrong})
    assert caught.value.code == REQUEST_FAILED


def test_references_are_found_in_every_file_of_the_app(language: LanguageClient) -> None:
    language.open("main.py", MAIN)
    marked = MODELS.replace("class Note(", "class No‸te(")
    found = language.at("references", "models.py", marked, context={"includeDeclaration": True})
    lines = [(item["uri"].rpartition("/")[2], item["range"]["start"]["line"]) for item in found]
    assert sorted(lines) == [
        ("main.py", 5),
        *[("main.py", line) for line in (13, 18, 22, 23, 23)],
        *[("models.py", line) for line in (5, 22, 22)],
    ]
    used = language.at("references", "models.py", marked, context={"includeDeclaration": False})
    assert len(used) == len(found) - 2


def test_a_name_is_renamed_in_every_file_of_the_app(language: LanguageClient) -> None:
    language.open("main.py", MAIN)
    edit = language.at("rename", "models.py", MODELS.replace("class Note(", "class No‸te("), newName="Memo")
    changes = edit["changes"]
    assert set(changes) == {uri("main.py"), uri("models.py")}
    assert edited(MAIN, changes[uri("main.py")]) == MAIN.replace("Note(", "Memo(").replace("Note,", "Memo,").replace(
        "-> Note", "-> Memo"
    )
    assert "class Memo(BaseModel)" in edited(MODELS, changes[uri("models.py")])


def test_a_name_behind_an_emoji_is_renamed(language: LanguageClient) -> None:
    text = "'😀'; old = 1\r\nprint('é', old)\r\n"
    edit = language.at("rename", "main.py", text.replace("old)", "o‸ld)"), newName="new")
    assert edited(text, edit["changes"][uri("main.py")]) == "'😀'; new = 1\r\nprint('é', new)\r\n"


def test_what_is_renamed_is_shown_first(language: LanguageClient) -> None:
    shown = language.at("prepareRename", "main.py", MAIN.replace("found is", "fou‸nd is"))
    assert shown["placeholder"] == "found"
    assert pieces(MAIN, [shown["range"]]) == [(16, "found")]
    assert language.at("prepareRename", "main.py", MAIN.replace("\n\n\n@app", "\n‸\n\n@app")) is None


@pytest.mark.parametrize(
    ("before", "after", "new", "code", "message"),
    [
        ("= FastAPI(", "= Fast‸API(", "Slow", REQUEST_FAILED, "'FastAPI' is defined in a library"),
        ("from models", "from mod‸els", "things", REQUEST_FAILED, "To rename a module, rename its file."),
        ("found =", "fou‸nd =", "not a name", INVALID_PARAMS, "is not a name in Python"),
        ("found =", "fou‸nd =", "class", INVALID_PARAMS, "is not a name in Python"),
    ],
)
def test_what_cannot_be_renamed_is_refused_with_a_reason(
    language: LanguageClient, before: str, after: str, new: str, code: int, message: str
) -> None:
    with pytest.raises(AnswerError, match=message) as caught:
        language.at("rename", "main.py", MAIN.replace(before, after), newName=new)
    assert caught.value.code == code


def test_every_use_in_a_file_is_highlighted(language: LanguageClient) -> None:
    found = language.at("documentHighlight", "main.py", MAIN.replace("found is", "fou‸nd is"))
    kinds = {item["range"]["start"]["line"]: item["kind"] for item in found}
    assert kinds == {15: 3, 16: 2, 18: 2}


def test_the_outline_has_what_the_file_defines(language: LanguageClient) -> None:
    text = (
        "import os\nX: int = 1\na, b = 1, 2\nX.y = 3\n\n"
        + MODELS
        + "\n\ndef outer():\n    z = 1\n    def inner(): ...\n"
    )
    language.open("main.py", text)
    roots = language.request("textDocument/documentSymbol", about("main.py"))
    assert [(item["name"], item["kind"]) for item in roots] == [
        ("X", 13),
        ("a", 13),
        ("b", 13),
        ("Note", 5),
        ("newest", 12),
        ("outer", 12),
    ]
    note = roots[3]
    assert [(item["name"], item["kind"]) for item in note["children"]] == [("title", 8), ("stars", 8), ("shout", 6)]
    assert pieces(text, [note["selectionRange"]])[0][1] == "Note"
    assert [item["name"] for item in roots[5]["children"]] == ["inner"]


def test_a_file_with_a_mistake_has_an_outline(language: LanguageClient) -> None:
    language.open("main.py", "def one(:\n    pass\n\nclass Two:\n    def three(self): ...\n    x = (\n")
    roots = language.request("textDocument/documentSymbol", about("main.py"))
    assert "Two" in [item["name"] for item in roots]


FOLDED = '''# a comment
# of two lines

import os
from sys import (
    path,
)


@decorator
class A:
    """A text
    of two lines."""

    def f(
        self,
    ):
        if True:
            x = [
                1,
            ]
        else:
            pass

    async def g(self):
        pass
'''


def test_blocks_brackets_imports_and_comments_fold(language: LanguageClient) -> None:
    language.open("main.py", FOLDED)
    found = language.request("textDocument/foldingRange", about("main.py"))
    folds = {(item["startLine"], item["endLine"], item.get("kind")) for item in found}
    assert folds == {
        (0, 1, "comment"),
        (3, 6, "imports"),
        (4, 6, None),
        (10, 25, None),
        (11, 12, None),
        (14, 22, None),
        (17, 20, None),
        (18, 20, None),
        (21, 22, None),
        (24, 25, None),
    }


def fix(language: LanguageClient, text: str, title: str, line: int = 0) -> str:
    """The text after a quick fix that is offered on a line."""
    language.open("main.py", text)
    there = {"line": line, "character": 0}
    params = {"range": {"start": there, "end": {"line": line, "character": 99}}, "context": {"diagnostics": []}}
    actions = language.request("textDocument/codeAction", about("main.py") | params)
    action = next(action for action in actions if action["title"] == title)
    assert action["kind"] == "quickfix"
    return edited(text, action["edit"]["changes"][uri("main.py")])


@pytest.mark.parametrize(
    ("text", "name", "line", "fixed"),
    [
        ("import os\nx = 1\n", "os", 0, "x = 1\n"),
        ("import os\r\nx = 1\r\n", "os", 0, "x = 1\r\n"),
        ("import os, sys\nsys\n", "os", 0, "import sys\nsys\n"),
        ("import sys, os\nsys\n", "os", 0, "import sys\nsys\n"),
        ("from os import (\n    path,\n    sep,\n)\npath\n", "os.sep", 2, "from os import (\n    path,\n)\npath\n"),
        ("from os import (\n    path,\n    sep,\n)\nsep\n", "os.path", 1, "from os import (\n    sep,\n)\nsep\n"),
        ("if 1:\n    import os\n", "os", 1, "if 1:\n    pass\n"),
        ("if 1:\n    import os\n    x = 1\n", "os", 1, "if 1:\n    x = 1\n"),
        ("try:\n    import os\nfinally:\n    pass\n", "os", 1, "try:\n    pass\nfinally:\n    pass\n"),
        ("import os; x = 1\n", "os", 0, "x = 1\n"),
        ("x = 1; import os\n", "os", 0, "x = 1\n"),
        ("'😀'; import os; x = 1\n", "os", 0, "'😀'; x = 1\n"),
        ("import os", "os", 0, ""),
        ("x = 1\nimport os", "os", 1, "x = 1\n"),
        ("import os  # why\nx = 1\n", "os", 0, "x = 1\n"),
    ],
)
def test_an_unused_import_is_deleted(language: LanguageClient, text: str, name: str, line: int, fixed: str) -> None:
    assert fix(language, text, f"Delete unused import '{name}'", line) == fixed


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("import os\nfrom sys import path, argv\nimport json\njson\n", "import json\njson\n"),
        ("from os import a, b, c, d, e\nb, d\n", "from os import b, d\nb, d\n"),
        ("def f():\n    import os\n    import sys\n", "def f():\n    pass\n"),
        ("import os; import sys\nx = 1\n", "x = 1\n"),
        ("import os; x = 1; import sys; import re\n", "x = 1\n"),
        ("if 1: import os; import sys\n", "if 1: pass\n"),
        ("import os; from sys import path, argv; import re\npath\n", "from sys import path\npath\n"),
    ],
)
def test_all_unused_imports_are_deleted_at_once(language: LanguageClient, text: str, fixed: str) -> None:
    line = next(number for number, line in enumerate(text.splitlines()) if "import" in line)
    assert fix(language, text, "Delete all unused imports", line) == fixed


@pytest.mark.parametrize(
    ("text", "statement", "fixed"),
    [
        ("Note\n", "from models import Note", "from models import Note\nNote\n"),
        ("from models import newest\nNote, newest\n", "from models import Note", None),
        ("import re\n\nre, Path\n", "from pathlib import Path", "import re\nfrom pathlib import Path\n\nre, Path\n"),
        ('"""What."""\njson\n', "import json", '"""What."""\n\nimport json\njson\n'),
        (
            "import re\r\nre, uuid4\r\n",
            "from uuid import uuid4",
            "import re\r\nfrom uuid import uuid4\r\nre, uuid4\r\n",
        ),
        ("x = '😀'; HTTPException\n", "from fastapi import HTTPException", None),
        ("from __future__ import annotations\nx: Field\n", "from pydantic import Field", None),
        (
            "x: Awaitable",
            "from collections.abc import Awaitable",
            "from collections.abc import Awaitable\nx: Awaitable",
        ),
    ],
)
def test_an_undefined_name_is_imported(language: LanguageClient, text: str, statement: str, fixed: str | None) -> None:
    lines = text.splitlines()
    found = fix(language, text, f"Add: {statement}", len(lines) - 1)
    assert fixed is None or found == fixed
    language.open("main.py", found)
    assert [item for item in language.diagnostics("main.py") if item["code"] == "undefined-name"] == []


def test_nothing_is_offered_where_nothing_is_wrong(language: LanguageClient) -> None:
    language.open("main.py", "import os\nos.sep\nx = (\n")
    nowhere = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 9}}
    params = about("main.py") | {"range": nowhere, "context": {"diagnostics": []}}
    assert language.request("textDocument/codeAction", params) == []


def test_only_the_kinds_that_are_asked_for_are_offered(language: LanguageClient) -> None:
    language.open("main.py", "import os\n")
    there = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 9}}
    for only, count in ((["source.organizeImports"], 0), (["refactor", "quickfix"], 1), ([""], 1), ([], 1)):
        params = about("main.py") | {"range": there, "context": {"diagnostics": [], "only": only}}
        assert len(language.request("textDocument/codeAction", params)) == count


FORMAT = {"options": {"tabSize": 4, "insertSpaces": True}}


def test_a_file_is_formatted(language: LanguageClient) -> None:
    text = "x = { 'é':1,\n'b' :'😀' }"
    language.open("main.py", text)
    edits = language.request("textDocument/formatting", about("main.py") | FORMAT)
    assert edited(text, edits) == 'x = {"é": 1, "b": "😀"}\n'
    language.open("main.py", edited(text, edits))
    assert language.request("textDocument/formatting", about("main.py") | FORMAT) == []


def test_a_file_with_a_syntax_error_is_not_formatted(language: LanguageClient) -> None:
    language.open("main.py", "x = (\n")
    with pytest.raises(AnswerError, match="cannot be formatted while it has a syntax error"):
        language.request("textDocument/formatting", about("main.py") | FORMAT)


@pytest.mark.parametrize("path", ["page.html", "nowhere.py"])
@pytest.mark.parametrize(
    ("method", "nothing"),
    [
        ("completion", None),
        ("hover", None),
        ("signatureHelp", None),
        ("definition", []),
        ("references", []),
        ("documentHighlight", []),
        ("prepareRename", None),
        ("rename", None),
        ("documentSymbol", []),
        ("foldingRange", []),
        ("formatting", None),
        ("codeAction", []),
    ],
)
def test_other_files_get_no_answers(language: LanguageClient, path: str, method: str, nothing: object) -> None:
    there = {"line": 0, "character": 2}
    params = about(path) | FORMAT | {"position": there, "newName": "x", "range": {"start": there, "end": there}}
    if method in ("references", "codeAction"):
        params["context"] = {"includeDeclaration": True, "diagnostics": []}
    assert language.request(f"textDocument/{method}", params) == nothing


def test_paths_are_found_however_their_uri_is_spelt(language: LanguageClient) -> None:
    """Monaco's own client opens documents under URIs in lower case and asks about them in their own."""
    text = "first = 1\nfirst\n"
    files = {"Ordner/Größe 1.py": text}
    language.notify("podium/files", {"changed": files})
    place = {"position": {"line": 1, "character": 2}}
    for spelt in (
        "file:///app/Ordner/Größe 1.py",
        "file:///app/Ordner/Gr%C3%B6%C3%9Fe%201.py",
        "file:///app/ordner/größe 1.py",
    ):
        (found,) = language.request("textDocument/definition", {"textDocument": {"uri": spelt}} | place)
        assert found["uri"] == "file:///app/Ordner/Gr%C3%B6%C3%9Fe%201.py"
    lower = "file:///app/ordner/größe 1.py"
    item = {"uri": lower, "version": 1, "languageId": "python", "text": "\n" + text}
    language.notify("textDocument/didOpen", {"textDocument": item})
    params = {"textDocument": {"uri": "file:///app/Ordner/Größe 1.py"}, "position": {"line": 2, "character": 2}}
    (found,) = language.request("textDocument/definition", params)
    assert (found["uri"], found["range"]["start"]["line"]) == (lower, 1)
    language.notify("textDocument/didClose", {"textDocument": {"uri": lower}})
    language.notify("podium/files", {"removed": list(files)})
