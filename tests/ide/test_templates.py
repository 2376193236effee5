"""The starter apps as texts: well-formed, and free of anything that our own checks would complain about."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from ruff import find_ruff_bin

from podium.ide.templates import Template, empty_template, load_templates
from podium.ide.validation.checks import check
from podium.server.models.apps import MAX_APP_BYTES, MAX_FILE_BYTES, MAX_FILES
from podium.server.models.runs import SendRequest

ALL = (empty_template(), *load_templates())
each = pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
RULES = "E,F,W,I,B,UP,N,ANN,ASYNC,RUF,SIM,RET,C4,PERF,D1"


def test_seven_starters_are_offered_in_order_and_the_empty_one_is_not() -> None:
    offered = load_templates()
    assert [template.id for template in offered] == [
        "hello-api",
        "crud-api",
        "notes-app",
        "htmx-todo",
        "flask-api",
        "websocket-chat",
        "file-transfer",
    ]
    assert list(empty_template().files) == ["main.py"]


@each
def test_our_own_checks_find_nothing(template: Template) -> None:
    assert check(template.files, template.entry) == ()


@each
def test_ruff_finds_nothing_and_would_not_format_it_otherwise(template: Template, tmp_path: Path) -> None:
    for path, text in template.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    common = ["--isolated", "."]
    for command in (["check", "--select", RULES], ["format", "--check"]):
        done = subprocess.run([find_ruff_bin(), *command, *common], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@each
def test_it_fits_the_limits_of_an_app(template: Template) -> None:
    sizes = [len(text.encode()) for text in template.files.values()]
    assert len(sizes) <= MAX_FILES
    assert max(sizes) <= MAX_FILE_BYTES
    assert sum(sizes) <= MAX_APP_BYTES


@each
def test_every_python_file_says_what_it_is(template: Template) -> None:
    for path, text in template.files.items():
        assert text.endswith("\n")
        assert not path.endswith(".py") or ast.get_docstring(ast.parse(text))


@each
def test_pages_name_no_host(template: Template) -> None:
    """An app answers under a host name of its own, which it does not know."""
    for path, text in template.files.items():
        if path.endswith((".html", ".css")):
            assert not re.search(r"""(?:href|src|action)="(?:/|https?:)""", text), path


@each
def test_the_first_request_can_be_sent(template: Template) -> None:
    request = SendRequest.model_validate(template.first_request, from_attributes=True)
    assert request.path == template.first_request.path


def _broken(**changes: object) -> dict[str, object]:
    return empty_template().model_dump() | changes


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(_broken(id="Not A Label"), id="id"),
        pytest.param(_broken(entry="other.py"), id="entry that is not there"),
        pytest.param(_broken(files={}), id="no files"),
        pytest.param(_broken(colour="blue"), id="unknown field"),
        pytest.param(_broken(first_request={"path": "no slash"}), id="path"),
    ],
)
def test_a_broken_template_is_refused(values: dict[str, object]) -> None:
    text = yaml.safe_dump(values)
    with pytest.raises(ValidationError):
        Template.model_validate(yaml.safe_load(text))
