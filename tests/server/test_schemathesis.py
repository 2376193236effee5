"""Requests made up from the API's document: no 5xx, and every answer is one that the document describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from podium.server.api.table import OPERATIONS
from podium.server.http.openapi import document
from podium.tests.support.server import Podium, running

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(document(OPERATIONS, "1.0"))
bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def podium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podium]:
    """A server of its own, with an app that the made-up requests can find."""
    with running(tmp_path_factory.mktemp("schemathesis") / "data") as server:
        with server.client() as client:
            client.post("/api/v1/apps", json={"name": "notes"})
        yield server


@schema.parametrize()
@bounded
def test_answers_are_as_described(case: schemathesis.Case[Any], podium: Podium) -> None:
    case.call_and_validate(base_url=podium.url, headers=podium.bearer, checks=CHECKS, timeout=60)


@schema.include(path_regex="{app}").parametrize()
@bounded
def test_answers_about_an_app_that_is_there(case: schemathesis.Case[Any], podium: Podium) -> None:
    case.path_parameters["app"] = "notes"
    case.call_and_validate(base_url=podium.url, headers=podium.bearer, checks=CHECKS, timeout=60)


@schema.include(method="POST", path="/api/v1/apps").parametrize()
@bounded
def test_what_the_document_forbids_is_refused(case: schemathesis.Case[Any], podium: Podium) -> None:
    case.call_and_validate(base_url=podium.url, headers=podium.bearer, checks=[negative_data_rejection], timeout=60)
