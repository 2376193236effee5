"""The API's document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.server.api.table import OPERATIONS
from podium.server.http.openapi import document, shared_problems
from podium.server.http.operation import Access
from podium.server.http.paths import parameters, pattern, plain


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    """The document, as it is sent."""
    made: dict[str, Any] = json.loads(json.dumps(document(OPERATIONS, "1.0")))
    return made


async def test_it_is_served_without_a_token(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/api/v1/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["openapi"] == "3.1.0"


def test_every_operation_is_in_it(openapi: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        described = openapi["paths"][plain(operation.path)][operation.method.lower()]
        assert described["operationId"] == operation.name
        assert described["summary"] == operation.summary
        assert bool(described["security"]) is (operation.access is Access.USER)
        for problem in (*operation.problems, *shared_problems(operation)):
            assert problem.type in described["responses"][str(problem.status)]["description"]


def test_every_reference_leads_somewhere(openapi: dict[str, Any]) -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    found = references(openapi)
    assert "#/components/schemas/Problem" in found
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in openapi["components"]["schemas"], reference


def test_every_parameter_of_a_path_is_described(openapi: dict[str, Any]) -> None:
    for path, methods in openapi["paths"].items():
        for described in methods.values():
            named = {item["name"] for item in described["parameters"] if item["in"] == "path"}
            assert named == set(parameters(path))
            assert all(item["description"] for item in described["parameters"])


def test_the_front_end_is_typed_from_this_document(openapi: dict[str, Any]) -> None:
    copy = Path(__file__).parents[2] / "ide" / "web" / "openapi.json"
    assert json.loads(copy.read_text())["paths"] == openapi["paths"], "run ide/web/scripts/openapi.py"


def test_path_templates() -> None:
    assert plain("/a/{app}/{path:path}") == "/a/{app}/{path}"
    assert parameters("/a/{app}/{path:path}") == ["app", "path"]
    assert pattern("/a.b/{app}/{path:path}") == r"/a\.b/(?P<app>[^/]+)/(?P<path>.+)$"
