"""Diagnostics while typing, of open and of closed files, and the check that guards a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from podium.ide.validation.checks import check
from podium.tests.ide.client import LanguageClient, language_process, uri


@pytest.fixture(scope="module")
def client() -> Iterator[LanguageClient]:
    """A process that the tests share, each with files of its own; in one file there is a mistake from the start."""
    with language_process({"main.py": "", "closed.py": "import os\n"}) as client:
        yield client


def codes(client: LanguageClient, path: str, version: int | None = None) -> list[str]:
    """The rules that the newest diagnostics of a file name."""
    return [item["code"] for item in client.diagnostics(path, version)]


def newest(client: LanguageClient, path: str) -> list[str] | None:
    """The rules in what was published last about a file, if anything was."""
    about = [item for item in client.published if item["uri"] == uri(path)]
    return [item["code"] for item in about[-1]["diagnostics"]] if about else None


def test_closed_files_are_checked_from_the_start(client: LanguageClient) -> None:
    client.wait(lambda: newest(client, "closed.py") == ["unused-import"])
    (item,) = client.published[0]["diagnostics"]
    assert item == {
        "range": {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 9}},
        "severity": 2,
        "code": "unused-import",
        "source": "pyflakes",
        "message": "'os' imported but unused",
        "tags": [1],
    }
    assert newest(client, "main.py") is None


def test_mistakes_come_and_go_as_one_types(client: LanguageClient) -> None:
    client.open("typed.py", "x = (\n")
    assert codes(client, "typed.py") == ["syntax-error"]
    client.open("typed.py", "x = (1)\n")
    assert codes(client, "typed.py") == []


def test_edits_are_applied_one_after_the_other(client: LanguageClient) -> None:
    client.open("edited.py", "'😀é'\r\nname = 1\r\n")
    changes = [
        {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 4}}, "text": "😀"},
        {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 2}}, "text": "print(é"},
        {"range": {"start": {"line": 1, "character": 7}, "end": {"line": 1, "character": 11}}, "text": ")"},
        {"range": {"start": {"line": 0, "character": 1}, "end": {"line": 0, "character": 3}}, "text": ""},
    ]
    document = {"uri": uri("edited.py"), "version": 7}
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    (item,) = client.diagnostics("edited.py", 7)
    assert item["message"] == "Undefined name 'é'"
    assert item["range"] == {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 7}}


def test_an_edit_in_one_file_changes_what_is_said_of_another(client: LanguageClient) -> None:
    client.open("helpers.py", "")
    client.open("caller.py", "from helpers import greet\ngreet()\n")
    assert codes(client, "caller.py") == ["unknown-name"]
    client.open("helpers.py", "def greet(): ...\n")
    client.wait(lambda: newest(client, "caller.py") == [])


def test_files_that_another_tab_changes_are_checked(client: LanguageClient) -> None:
    client.notify("podium/files", {"changed": {"user.py": "import used\nprint(used)\n", "used.py": "import os\n"}})
    client.wait(lambda: newest(client, "used.py") == ["unused-import"])
    client.notify("podium/files", {"changed": {"used.py": "", "new.py": "x = (\n"}})
    client.wait(lambda: newest(client, "new.py") == ["syntax-error"] and newest(client, "used.py") == [])
    client.notify("podium/files", {"removed": ["new.py", "used.py"]})
    client.wait(lambda: newest(client, "new.py") == [] and newest(client, "user.py") == ["unresolved-import"])
    client.notify("podium/files", {"entry": "other.py"})
    client.wait(lambda: newest(client, "other.py") == ["entry-missing"])


def test_what_is_open_counts_and_not_what_is_stored(client: LanguageClient) -> None:
    client.open("opened.py", "x = undefined\n")
    assert codes(client, "opened.py") == ["undefined-name"]
    client.notify("podium/files", {"changed": {"opened.py": "x = (\n"}})
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri("opened.py")}})
    client.wait(lambda: newest(client, "opened.py") == ["syntax-error"])


def test_validation_is_of_the_files_that_are_sent(client: LanguageClient) -> None:
    files = {"app.py": "import os\nx = '😀' + undefined\n", "requirements.txt": "??\n", "page.html": "<"}
    answer = client.request("podium/validate", {"files": files, "entry": "app.py"})
    assert answer == {"diagnostics": [item.as_json() for item in check(files, "app.py")]}
    assert {item["severity"] for item in answer["diagnostics"]} == {"error", "warning"}
