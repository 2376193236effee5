"""What the checks of a file say, and exactly where."""

from __future__ import annotations

import pytest

from podium.ide.text import Position, Text
from podium.ide.validation import flakes, source
from podium.ide.validation.checks import check, stops_run
from podium.ide.validation.diagnostics import Diagnostic, Severity


def found(text: str, path: str = "main.py") -> tuple[Diagnostic, ...]:
    """What is found in one file."""
    return check({path: text}, path)


def marked(text: str, item: Diagnostic) -> str:
    """The piece of text that a diagnostic underlines."""
    lines = Text(text.removeprefix("\ufeff"))
    return lines.value[lines.offset(item.range.start) : lines.offset(item.range.end)]


SYNTAX = [
    pytest.param("x = (1,\n", "(", "'(' was never closed", id="open bracket"),
    pytest.param("if True\n    pass\n", "e", "Expected ':'", id="at the end of a line"),
    pytest.param("x = 'abc\n", "'", "Unterminated string literal (detected at line 1)", id="string"),
    pytest.param("'😀é'; x = = 1\n", "=", "Invalid syntax", id="emoji before"),
    pytest.param("'e\u0301'; x = = 1\n", "=", "Invalid syntax", id="combining character before"),
    pytest.param("\tx = 1\n", "x = 1", "Unexpected indent", id="tab"),
    pytest.param("if 1:\n\t'😀'; x = = 1\n", "=", "Invalid syntax", id="tab and emoji before"),
    pytest.param("a = 1\r\nx = = 1\r\n", "=", "Invalid syntax", id="CRLF"),
    pytest.param("a = 1\rx = = 1\r", "=", "Invalid syntax", id="CR"),
    pytest.param("\ufeffx = = 1\n", "=", "Invalid syntax", id="byte order mark"),
    pytest.param("\fx = = 1\n", "=", "Invalid syntax", id="form feed"),
    pytest.param("a = 1\n\f\n\f'é'; x = = 1\n", "=", "Invalid syntax", id="form feeds"),
    pytest.param("a = '\u2028'; x = = 1\n", "=", "Invalid syntax", id="line separator"),
    pytest.param("'😀é'; return 3\n", "return 3", "'return' outside function", id="compiler, emoji before"),
    pytest.param("'😀é'; await x\n", "await x", "'await' outside function", id="await"),
    pytest.param(
        "def f():\n    '😀'; nonlocal q\n", "nonlocal q", "No binding for nonlocal 'q' found", id="scope, emoji before"
    ),
    pytest.param("def f(a, a):\n    pass\n", "a", "Duplicate argument 'a' in function definition", id="argument"),
    pytest.param(
        "def f():\nx = 1\n", "x = 1", "Expected an indented block after function definition on line 1", id="block"
    ),
    pytest.param(
        "class A:\n", "class A:", "Expected an indented block after class definition on line 1", id="at the end"
    ),
    pytest.param("def f():\n\tx = 1\n        y = 2\n", "y = 2", None, id="tabs and spaces"),
    pytest.param("x = 'é'\nx\u00a0= 1\n", "\u00a0", "Invalid non-printable character U+00A0", id="no-break space"),
    pytest.param("'😀'; f'{a b}'\n", None, None, id="f-string"),
]


@pytest.mark.parametrize(("text", "piece", "message"), SYNTAX)
def test_a_syntax_error_is_underlined_where_it_is(text: str, piece: str | None, message: str | None) -> None:
    (item,) = found(text)
    assert item.severity is Severity.ERROR
    assert item.source == "python"
    assert piece is None or marked(text, item) == piece
    assert message is None or item.message == message
    assert stops_run((item,))


def test_the_position_of_an_error_is_in_utf16_units() -> None:
    (item,) = found("'😀é'; x = = 1\n")
    assert (item.range.start, item.range.end) == (Position(0, 11), Position(0, 12))


def test_tabs_and_spaces_that_do_not_match_are_an_indentation_error() -> None:
    (item,) = found("def f():\n\tx = 1\n        y = 2\n")
    assert item.code == "indentation-error"


@pytest.mark.parametrize("text", ["-" * 100_000 + "1\n", "(" * 500 + ")" * 500 + "\n"])
def test_code_that_is_nested_too_deeply_is_an_error_and_no_crash(text: str) -> None:
    (item,) = found(text)
    assert item.severity is Severity.ERROR


def test_code_that_runs_but_is_too_deep_to_be_walked_is_not_called_wrong() -> None:
    (item,) = found("x = " + "+".join(["1"] * 2000) + "\n")
    assert (item.code, item.severity) == ("not-checked", Severity.INFORMATION)


PLACEHOLDERS = "percent-format-positional-count-mismatch"
FLAKES = [
    pytest.param("import os\n", "os", "unused-import", id="import"),
    pytest.param("import os.path as p, sys\nsys\n", "os.path as p", "unused-import", id="alias"),
    pytest.param("import xml.dom\n", "xml.dom", "unused-import", id="submodule"),
    pytest.param(
        "from os import (\n    path,\n    sep as é,\n)\npath\n", "sep as é", "unused-import", id="several lines"
    ),
    pytest.param("'😀'; from os import path\n", "path", "unused-import", id="emoji before"),
    pytest.param("'😀'; x = undefined\n", "undefined", "undefined-name", id="name, emoji before"),
    pytest.param("def f():\n    '😀'; x = 1\n", "x", "unused-variable", id="variable"),
    pytest.param("'😀'; x = f'nothing'\n", "f'nothing'", "fstring-missing-placeholders", id="f-string"),
    pytest.param("def f(): pass\nasync def f(): pass\n", "f", "redefined-while-unused", id="function"),
    pytest.param("import os\n@os.f\nclass A: pass\nclass A: pass\n", "A", "redefined-while-unused", id="class"),
    pytest.param("{'a': 1,\r\n 'a': 2}\r\n", "'a'", "multi-value-repeated-key-literal", id="CRLF"),
    pytest.param("\ufeffimport os\n", "os", "unused-import", id="byte order mark"),
    pytest.param("from os import *\n", "from os import *", "import-star-used", id="star"),
    pytest.param("assert (1, 'a')\n", "assert (1, 'a')", "assert-tuple", id="tuple"),
    pytest.param("x: 'Unknown' = 1\n", "'Unknown'", "undefined-name", id="string annotation"),
    pytest.param("'😀' is 'a'\n", "'😀' is 'a'", "is-literal", id="comparison"),
    pytest.param("'%s %s' % (1,\n 2, 3)\n", "'%s %s' % (1,", PLACEHOLDERS, id="first line"),
    pytest.param(
        "try:\n    pass\nexcept OSError as é:\n    pass\n", "except OSError as é:", "unused-variable", id="except"
    ),
]


@pytest.mark.parametrize(("text", "piece", "code"), FLAKES)
def test_advice_of_pyflakes_is_underlined_where_it_is(text: str, piece: str, code: str) -> None:
    item = next(item for item in found(text) if item.code == code)
    assert marked(text, item) == piece
    assert (item.source, item.severity) == ("pyflakes", Severity.WARNING)
    assert not stops_run((item,))


def test_a_warning_of_the_compiler_is_shown_once() -> None:
    (item,) = found("x = '😀'; y = '\\d'\n")
    assert (item.code, item.message) == ("syntax-warning", "Invalid escape sequence '\\d'")
    (item,) = found("x = 1\nx is 2\n")
    assert item.code == "is-literal"


def test_several_files_are_checked_and_sorted() -> None:
    items = check(
        {"b.py": "x = (\n", "a.py": "y = undefined\nimport os\n", "main.py": "", "note.txt": "x = ("}, "main.py"
    )
    assert [(item.path, item.code) for item in items] == [
        ("a.py", "undefined-name"),
        ("a.py", "unused-import"),
        ("b.py", "syntax-error"),
    ]


def test_diagnostics_have_the_shape_of_the_public_api() -> None:
    (item,) = found("import os\n")
    assert item.as_json() == {
        "path": "main.py",
        "range": {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 9}},
        "severity": "warning",
        "source": "pyflakes",
        "code": "unused-import",
        "message": "'os' imported but unused",
    }


def test_a_file_that_did_not_change_is_not_parsed_again() -> None:
    files = {"main.py": "import os\n", "other.py": "x = 1\n"}
    check(files, "main.py")
    parsed = source.read.cache_info().misses
    check(files | {"other.py": "x = 2\n"}, "main.py")
    assert source.read.cache_info().misses == parsed + 1


def test_a_bug_of_pyflakes_is_reported_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(flakes._NodeChecker, "report", broken)
    (item,) = found("import os  # a file of its own, so that no memory of it helps\n")
    assert (item.code, item.severity) == ("not-checked", Severity.INFORMATION)
