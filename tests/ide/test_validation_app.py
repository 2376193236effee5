"""Checks of an app as a whole: the deploy policy, requirements and imports."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from podium.ide.text import Position
from podium.ide.validation.checks import check
from podium.ide.validation.diagnostics import Severity


def messages(files: Mapping[str, str], entry: str = "main.py", *, code: str | None = None) -> list[str]:
    """What is said about an app, or only what one rule says."""
    return [item.message for item in check(files, entry) if code in (None, item.code)]


def codes(files: Mapping[str, str], entry: str = "main.py") -> list[str]:
    """The rules that an app breaks."""
    return [item.code for item in check(files, entry)]


def test_an_app_in_order_gets_no_message() -> None:
    files = {
        "main.py": "from fastapi import FastAPI\nfrom lib import tools\n\napp = FastAPI()\nprint(tools.x)\n",
        "lib/__init__.py": "",
        "lib/tools.py": "from . import __doc__ as d\nfrom .more import x\n\nprint(d, x)\n",
        "lib/more.py": "x = 1\n",
        "requirements.txt": "# nothing special\nfastapi>=0.100  # this one\n\nhttpx[http2]; python_version < '3'\n",
        "page.html": "<p>",
    }
    assert messages(files) == []


@pytest.mark.parametrize(
    ("files", "entry", "code"),
    [
        ({"a.py": ""}, "main.py", "entry-missing"),
        ({"main.txt": ""}, "main.txt", "entry-not-python"),
        ({"json.py": ""}, "json.py", "entry-name"),
        ({"my-app.py": ""}, "my-app.py", "entry-name"),
        ({"class.py": ""}, "class.py", "entry-name"),
        ({"main.py": "x = '\0'\n"}, "main.py", "nul"),
        ({"main.py": "", "a.txt": "x\0"}, "main.py", "nul"),
        ({"main.py": "x = '\ud83d'\n"}, "main.py", "not-utf8"),
        ({"main.py": "# coding: latin-1\nx = 'é'\n"}, "main.py", "encoding"),
        ({"main.py": "#!/bin/python\n# coding: klingon\n"}, "main.py", "encoding"),
        ({"main.py": "", "requirements.txt": "foo bar\n"}, "main.py", "invalid-requirement"),
        ({"main.py": "", "requirements.txt": "-r other.txt\n"}, "main.py", "invalid-requirement"),
    ],
)
def test_what_cannot_run_is_an_error(files: Mapping[str, str], entry: str, code: str) -> None:
    assert code in [item.code for item in check(files, entry) if item.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"app/main.py": ""}, "app/main.py"),
        ({"app/__init__.py": "", "app/main.py": ""}, "app/main.py"),
        ({"main.py": "# -*- coding: utf-8 -*-\nx = 'é'\n"}, "main.py"),
        ({"main.py": "\ufeffx = 1\n"}, "main.py"),
        ({"main.py": "# coding: ascii\nx = 1\n"}, "main.py"),
    ],
)
def test_what_can_run_is_no_error(files: Mapping[str, str], entry: str) -> None:
    assert messages(files, entry) == []


def test_the_place_of_a_character_that_may_not_be_is_exact() -> None:
    (item,) = check({"main.py": "x = 1\r\ny = '😀\0'\r\n"}, "main.py")
    assert item.range.start == Position(1, 7)


def test_requirements_are_checked_line_by_line() -> None:
    lines = "httpx\nHTTPX>=0.1\nfastapi<0.1\nfastapi-extra-thing @ https://example.org/x.zip\n  what ?\n"
    found = {item.range.start.line: item for item in check({"main.py": "", "requirements.txt": lines}, "main.py")}
    assert {line: item.code for line, item in found.items()} == {
        1: "repeated-requirement",
        3: "unusable-address",
        4: "invalid-requirement",
    }
    assert found[4].range.start == Position(4, 2)


def test_options_get_advice_of_their_own() -> None:
    (message,) = messages({"main.py": "", "requirements.txt": "--index-url https://example.org\n"})
    assert message == "Options are not supported here. Write one requirement per line, such as httpx>=0.27."


def test_names_that_python_keeps_and_names_that_hide_a_library() -> None:
    found = codes({"main.py": "", "queue.py": "", "httpx.py": "", "lib/json.py": "", "__main__.py": ""})
    assert found == ["hides-library", "hidden-module"]


@pytest.mark.parametrize(
    ("module", "requirement"),
    [("numpyx", "numpyx"), ("cv2", "opencv-python"), ("sklearn.svm", "scikit-learn"), ("some_thing", "some-thing")],
)
def test_a_missing_module_names_the_requirement_to_add(module: str, requirement: str) -> None:
    top = module.partition(".")[0]
    (message,) = messages({"main.py": f"import {module}\nprint({top})\n"})
    assert message == f"'{top}' is not installed in this environment. Add {requirement} to requirements.txt."


def test_a_missing_module_that_is_required_already_says_so() -> None:
    files = {"main.py": "import cv2\nprint(cv2)\n", "requirements.txt": "OpenCV_Python\n"}
    (message,) = messages(files)
    assert message == "'cv2' is not installed yet. requirements.txt lists opencv-python, so Run installs it."


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import numpyx\nexcept ImportError:\n    numpyx = None\n",
        "try:\n    import numpyx\nexcept (KeyError, ModuleNotFoundError):\n    numpyx = None\n",
        "try:\n    import numpyx\nexcept:\n    numpyx = None\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpyx\nx: 'numpyx.array'\n",
        "import os.path, xml.etree.ElementTree, fastapi.routing, starlette.requests, bson\n"
        "print(os, xml, fastapi, starlette, bson)\n",
    ],
)
def test_imports_that_may_fail_or_do_not_are_left_alone(source: str) -> None:
    assert messages({"main.py": source}, code="unresolved-import") == []


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    x = 1\nexcept ImportError:\n    import numpyx\n    print(numpyx)\n",
        "try:\n    import numpyx\n    print(numpyx)\nexcept KeyError:\n    pass\n",
        "def f():\n    while True:\n        import numpyx\n        print(numpyx)\n",
        "match 1:\n    case 1:\n        import numpyx\n        print(numpyx)\n",
    ],
)
def test_imports_are_found_wherever_they_are(source: str) -> None:
    assert len(messages({"main.py": source}, code="unresolved-import")) == 1


def test_a_module_is_missed_once() -> None:
    assert len(messages({"main.py": "import numpyx\nimport numpyx.a\nprint(numpyx)\n"}, code="unresolved-import")) == 1


def test_modules_that_packages_do_not_have() -> None:
    files = {
        "main.py": "import fastapi.nope\nimport lib.nope\nfrom lib import nope\nprint(fastapi, lib, nope)\n",
        "lib/__init__.py": "",
    }
    assert messages(files) == [
        "The installed 'fastapi' has no module 'fastapi.nope'.",
        "The app has no module 'lib.nope'.",
        "'nope' is not defined in lib/__init__.py.",
    ]


NAMES = """
import os as system
from sys import path
a: int = 1
b, (c, *d) = 1, (2, 3)
for e in (): pass
with open("x") as f: pass
try: pass
except OSError as g: pass
def h(): global i; i = 1
class J: inner = 1
if (k := 1): pass
match a:
    case [l, *m] | {"x": l, **m}: pass
"""


def test_every_way_to_define_a_name_counts() -> None:
    for name in ("system", "path", *"abcdefghiJklm"):
        assert (
            messages({"main.py": f"from lib import {name}\nprint({name})\n", "lib.py": NAMES}, code="unknown-name")
            == []
        )
    assert (
        len(messages({"main.py": "from lib import inner\nprint(inner)\n", "lib.py": NAMES}, code="unknown-name")) == 1
    )


def test_a_module_with_deep_expressions_and_warnings_is_read() -> None:
    deep = "x = " + "not " * 150 + "1\ny = '\\d'\n" + "z = " + " + ".join("1" * 400) + "\n"
    files = {"main.py": "from lib import x, y, nope\nprint(x, y, nope)\n", "lib.py": deep}
    assert messages(files, code="unknown-name") == ["'nope' is not defined in lib.py."]


@pytest.mark.parametrize("text", ["from os import *", "def __getattr__(name): pass", "globals()['x'] = 1", "x = ("])
def test_a_module_whose_names_cannot_be_known_has_them_all(text: str) -> None:
    assert messages({"main.py": "from lib import x\nprint(x)\n", "lib.py": text}, code="unknown-name") == []


@pytest.mark.parametrize(
    ("path", "source"),
    [("main.py", "from . import x\n"), ("lib/a.py", "from ... import x\n"), ("main.py", "from .a import x\n")],
)
def test_a_relative_import_that_leads_out_of_the_app(path: str, source: str) -> None:
    assert "relative-import" in codes({"main.py": "", "lib/__init__.py": "", path: source})


def test_an_entry_in_a_folder_imports_from_that_folder_first() -> None:
    files = {
        "src/main.py": "import tools\nimport top\nfrom tools import x\nprint(tools, top, x)\n",
        "src/tools.py": "x = 1\n",
    }
    assert codes(files | {"top.py": ""}, "src/main.py") == []
    assert codes(files | {"src/__init__.py": "", "top.py": ""}, "src/main.py") == ["unresolved-import"] * 1


def test_a_module_of_python_is_imported_rather_than_a_file_of_its_name() -> None:
    files = {"main.py": "from json import dumps\nprint(dumps)\n", "json.py": ""}
    assert codes(files) == ["hidden-module"]


def test_modules_that_import_each_other_are_noted() -> None:
    files = {
        "main.py": "import a\nprint(a)\n",
        "a.py": "from lib import b\nprint(b)\n",
        "lib/b.py": "import c\nprint(c)\n",
        "c.py": "from a import b\nprint(b)\n",
    }
    items = [item for item in check(files, "main.py") if item.code == "import-cycle"]
    assert {item.path for item in items} == {"a.py", "lib/b.py", "c.py"}
    assert {item.severity for item in items} == {Severity.INFORMATION}
    assert items[0].message.startswith("Import cycle: a → lib.b → c → a.")


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    import a\n    print(a)\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\nx: 'a.B'\n",
    ],
)
def test_an_import_that_waits_makes_no_cycle(source: str) -> None:
    assert codes({"main.py": "", "a.py": "import b\nprint(b)\n", "b.py": source}) == []
