"""Completion, hover and signature help on code as people write it."""

from __future__ import annotations

from typing import Any

import pytest

from podium.tests.ide.client import LanguageClient
from podium.tests.ide.conftest import MAIN, MODELS

HEAD = "from fastapi import FastAPI\nfrom models import Note\n\napp = FastAPI()\nnote = Note(title='x')\n"


def complete(language: LanguageClient, marked: str, path: str = "main.py") -> dict[str, dict[str, Any]]:
    """The items that are offered at the mark, by label, in the order in which an editor shows them."""
    answer = language.at("completion", path, marked)
    assert answer["isIncomplete"] is False
    items = sorted(answer["items"], key=lambda item: item["sortText"])
    return {item["label"]: item | {"data": answer["itemDefaults"]["data"]} for item in items}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("app.‸", {"get", "post", "include_router", "state"}),
        ("app.po‸", {"post"}),
        ("note.‸", {"title", "stars", "shout", "model_dump"}),
        ("note.shout().up‸", {"upper"}),
        ("from fastapi import Up‸", {"UploadFile"}),
        ("from fasta‸", {"fastapi"}),
        ("from mod‸", {"models"}),
        ("from models import new‸", {"newest"}),
        ("import models\nmodels.new‸", {"newest"}),
        ("no‸", {"note", "not", "None"}),
        ("ran‸", {"range"}),
        ("wh‸", {"while"}),
        ("def f(parameter: int):\n    para‸", {"parameter"}),
        ("'😀é'; no‸", {"note"}),
        ("note.shout(t‸", {"times="}),
        ("Note(st‸", {"stars="}),
        ("for one in [note]:\n    one.st‸", {"stars"}),
        ("if True:\r\n\tno‸", {"note"}),
        ("x = '#'; no‸", {"note"}),
        ("# note\nno‸", {"note"}),
    ],
)
def test_what_fits_is_offered(language: LanguageClient, code: str, expected: set[str]) -> None:
    assert expected <= complete(language, HEAD + code).keys()


def test_the_methods_of_a_database_collection_are_offered(language: LanguageClient) -> None:
    marked = MAIN.replace("notes.find_one", "notes.find_‸one")
    assert {"find_one", "find_one_and_update"} <= complete(language, marked).keys()


@pytest.mark.parametrize(
    "code",
    [
        "# a comment about no‸",
        "note  # and no‸",
        "#‸",
        "'#'; # no‸",
        "'text no‸",
        "'/e‸",
        "open('‸",
        "'''a\nnote.‸\n'''",
    ],
)
def test_nothing_is_offered_in_comments_and_texts(language: LanguageClient, code: str) -> None:
    """In a text least of all names of files: they would be those of the machine that this runs on."""
    assert complete(language, HEAD + code).keys() <= set()


def test_the_prefix_is_what_an_item_replaces(language: LanguageClient) -> None:
    answer = language.at("completion", "main.py", HEAD + "'😀'; note.tit‸")
    replaced = answer["itemDefaults"]["editRange"]
    assert replaced == {"start": {"line": 5, "character": 11}, "end": {"line": 5, "character": 14}}


def test_kinds_tell_apart_what_is_offered(language: LanguageClient) -> None:
    offered = complete(language, HEAD + "‸\n")
    kinds = {name: offered[name]["kind"] for name in ("FastAPI", "note", "while", "print", "Exception")}
    assert kinds == {"FastAPI": 7, "note": 6, "while": 14, "print": 3, "Exception": 7}
    assert complete(language, HEAD + "note.‸")["shout"]["kind"] in (2, 3)


def test_the_likeliest_come_first_and_private_names_last(language: LanguageClient) -> None:
    labels = list(complete(language, HEAD + "note.shout(‸"))
    assert labels[:2] == ["mark=", "times="]
    assert labels.index("note") < labels.index("print") < labels.index("__file__")
    labels = list(complete(language, HEAD + "note.‸"))
    assert labels.index("title") < labels.index("_iter") < labels.index("__init__")


def test_an_item_is_explained_when_it_is_looked_at(language: LanguageClient) -> None:
    item = complete(language, HEAD + "note.sh‸")["shout"]
    assert "documentation" not in item
    resolved = language.request("completionItem/resolve", item)
    assert resolved["detail"] == "def shout(mark: str = '!', *, times: int = 1) -> str"
    assert "Say the title aloud." in resolved["documentation"]["value"]


def test_an_item_of_an_older_list_stays_as_it_is(language: LanguageClient) -> None:
    item = complete(language, HEAD + "note.sh‸")["shout"]
    complete(language, HEAD + "note.st‸")
    assert language.request("completionItem/resolve", item) == item


def hover(language: LanguageClient, marked: str, path: str = "main.py") -> str | None:
    """The Markdown that is shown at the mark."""
    answer = language.at("hover", path, marked)
    if answer is None:
        return None
    assert answer["contents"]["kind"] == "markdown"
    value: str = answer["contents"]["value"]
    return value


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("no‸te\n", "```python\nnote: Note\n```"),
        ("No‸te\n", "class Note(title: str, stars: int = 0)\n```\n\nA note with a title."),
        ("note.sho‸ut\n", "def shout(mark: str = '!', *, times: int = 1) -> str\n```\n\nSay the title aloud."),
        ("note.sho‸ut\n", "- *param* `mark`: what to end with"),
        ("note.sho‸ut\n", "```python\n>>> Note(title=\"hey\").shout()\n'HEY!'\n```"),
        ("import mode‸ls\n", "module models\n```\n\nWhat a note is."),
        ("'😀'; no‸te\n", "note: Note"),
        ("len‸(note)\n", "def len(obj: Sized, /) -> int"),
    ],
)
def test_hover_says_what_a_name_is(language: LanguageClient, code: str, expected: str) -> None:
    shown = hover(language, HEAD + code)
    assert shown is not None
    assert expected in shown


def test_hover_shows_annotations_without_their_metadata(language: LanguageClient) -> None:
    shown = hover(language, HEAD + "@app.ge‸t('/')\ndef f(): ...\n")
    assert shown is not None
    signature = shown.partition("```\n")[0]
    assert "\n    path: str,\n" in signature
    assert "Annotated" not in signature


@pytest.mark.parametrize("code", ["‸\n\n", "# com‸ment\n", "ret‸urn\n", "x = 1 +‸ 2\n", "'te‸xt'\n"])
def test_hover_is_silent_where_there_is_nothing_to_say(language: LanguageClient, code: str) -> None:
    assert hover(language, HEAD + code) is None


def signature(language: LanguageClient, marked: str) -> tuple[str, str | None]:
    """The label of the signature at the mark, and the piece of it that is marked as being typed."""
    answer = language.at("signatureHelp", "main.py", marked)
    shown = answer["signatures"][answer["activeSignature"]]
    active = shown["activeParameter"]
    parameters = shown["parameters"]
    if active >= len(parameters):
        return shown["label"], None
    start, end = parameters[active]["label"]
    return shown["label"], shown["label"].encode("utf-16-le")[start * 2 : end * 2].decode("utf-16-le")


SHOUT = "shout(mark: str = '!', *, times: int = 1) -> str"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("note.shout(‸", (SHOUT, "mark: str = '!'")),
        ("note.shout('?', ‸", (SHOUT, "times: int = 1")),
        ("note.shout('?', times=2, ‸", (SHOUT, None)),
        ("note.shout('?', times=‸", (SHOUT, "times: int = 1")),
        ("note.shout('?', times=‸2)", (SHOUT, "times: int = 1")),
        ("Note(‸", ("Note(title: str, stars: int = 0)", "title: str")),
        ("print(len(‸", ("len(obj: Sized, /) -> int", "obj: Sized")),
        ("def f(*é: int, **k: str): ...\nf(1, 2, ‸", ("f(*é: int, **k: str)", "*é: int")),
        ("def f(a='😀', b=1): ...\nf(1, ‸", ("f(a='😀', b=1)", "b=1")),
    ],
)
def test_the_argument_that_is_typed_is_marked(
    language: LanguageClient, code: str, expected: tuple[str, str | None]
) -> None:
    assert signature(language, HEAD + code) == expected


def test_parameters_are_documented_where_their_author_did(language: LanguageClient) -> None:
    answer = language.at("signatureHelp", "main.py", HEAD + "@app.get(‸")
    path = answer["signatures"][0]["parameters"][0]
    assert "URL path" in path["documentation"]["value"]


@pytest.mark.parametrize("code", ["‸", "(1, ‸", "note.shout()‸"])
def test_there_is_no_signature_outside_a_call(language: LanguageClient, code: str) -> None:
    assert language.at("signatureHelp", "main.py", HEAD + code) is None


def test_a_file_is_understood_as_it_is_being_edited(language: LanguageClient) -> None:
    """Not what is stored counts but what the editor shows, in this file and in the others."""
    language.open("models.py", MODELS.replace("stars: int = 0", "likes: int = 0"))
    offered = complete(language, HEAD + "note.‸")
    assert "likes" in offered
    assert "stars" not in offered
    language.open("models.py", MODELS)
    assert "stars" in complete(language, HEAD + "note.‸")
