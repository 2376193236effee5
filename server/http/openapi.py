"""The OpenAPI 3.1 document, generated from the table of operations and the models that validate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from podium.server.http import problem as problems
from podium.server.http.operation import Access, Header, Operation
from podium.server.http.paths import parameters, plain
from podium.server.models.common import Problem

Json = dict[str, Any]
Refs = dict[type[BaseModel], Json]
_JSON = "application/json"
_LINES = "application/x-ndjson"
_PROBLEM: Json = {problems.PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_PATH_PARAMETERS = {
    "app": "Id or name of an app.",
    "path": "Path of a file, such as `static/style.css`; its slashes may be percent-encoded or not.",
    "request": "Id of a request.",
}
_SECURITY: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The token of the link that `podium up` prints."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "podium-session-8000",
        "description": "Set by the link; the name ends with the port. Writes need the header `X-CSRF-Token` too.",
    },
}


def document(operations: Sequence[Operation], version: str) -> Json:
    """Everything that a client needs to know, as a JSON value."""
    refs, schemas = _schemas(operations)
    paths: dict[str, Json] = {}
    for operation in operations:
        paths.setdefault(plain(operation.path), {})[operation.method.lower()] = _operation(operation, refs, schemas)
    for query in {operation.query for operation in operations if operation.query is not None}:
        schemas.pop(query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Podium",
            "version": version,
            "description": "Write a Python web API in the browser, run it at once, and keep it running.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def shared_problems(operation: Operation) -> list[type[problems.ApiError]]:
    """What an operation may answer beside its own problems, because of what it takes and who may call it."""
    shared: list[type[problems.ApiError]] = [problems.BadRequest, problems.Misdirected, problems.InternalError]
    if operation.access is Access.USER:
        shared += [problems.Unauthorized, problems.WrongToken, problems.TooManyAttempts, problems.StoreUnavailable]
        shared += (
            [problems.ForeignOrigin] if operation.method == "GET" else [problems.CsrfFailed, problems.ForeignOrigin]
        )
    if operation.body is not None:
        shared += [problems.MalformedBody, problems.UnsupportedMedia]
    if operation.body is not None or operation.query is not None:
        shared.append(problems.InvalidFields)
    if operation.method != "GET":
        shared.append(problems.TooLarge)
    return shared


def _schemas(operations: Iterable[Operation]) -> tuple[Refs, Json]:
    inputs: set[type[BaseModel]] = set()
    outputs: set[type[BaseModel]] = {Problem}
    for operation in operations:
        inputs.update(model for model in (operation.body, operation.query) if model is not None)
        outputs.update(model for model in (operation.answer, operation.line) if model is not None)
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in _sorted(inputs)]
    wanted += [(model, "serialization") for model in _sorted(outputs)]
    refs, definitions = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    models = {model: ref for (model, _), ref in refs.items() if issubclass(model, BaseModel)}
    return models, dict(sorted(definitions["$defs"].items()))


def _sorted(models: set[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(models, key=lambda model: model.__name__)


def _operation(operation: Operation, refs: Refs, schemas: Json) -> Json:
    result: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.handler.__module__.rpartition(".")[2]],
        "parameters": _parameters(operation, schemas),
        "responses": _responses(operation, refs),
        "security": [{"bearer": []}, {"session": []}] if operation.access is Access.USER else [],
    }
    if operation.raw_body is not None:
        result["requestBody"] = {"required": True, "content": {operation.raw_body: {"schema": {"type": "string"}}}}
    elif operation.body is not None:
        required = any(field.is_required() for field in operation.body.model_fields.values())
        result["requestBody"] = {"required": required, "content": {_JSON: {"schema": refs[operation.body]}}}
    return result


def _parameters(operation: Operation, schemas: Json) -> list[Json]:
    path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PATH_PARAMETERS.get(name, ""),
            "schema": {"type": "string", "minLength": 1},
        }
        for name in parameters(operation.path)
    ]
    headers = [
        {"name": header.name, "in": "header", "description": header.description, "schema": {"type": "string"}}
        for header in operation.headers
    ]
    return [*path, *_query_parameters(operation.query, schemas), *headers]


def _query_parameters(query: type[BaseModel] | None, schemas: Json) -> list[Json]:
    if query is None:
        return []
    schema = schemas[query.__name__]
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": value.get("description", ""),
            "schema": {key: part for key, part in value.items() if key not in {"description", "title"}},
        }
        for name, value in schema.get("properties", {}).items()
    ]


def _responses(operation: Operation, refs: Refs) -> Json:
    responses: Json = {str(operation.status): _answer(operation, refs)}
    for status, description in operation.other_answers:
        content = _content(operation, refs) if status != HTTPStatus.NOT_MODIFIED else {}
        responses[str(status)] = {"description": description, **content, **_answer_headers(operation.answer_headers)}
    by_status: dict[int, dict[str, str]] = {}
    for problem in (*operation.problems, *shared_problems(operation)):
        by_status.setdefault(problem.status, {})[problem.type] = problem.title
    for status, kinds in sorted(by_status.items()):
        listed = "\n".join(f"* `/problems/{kind}`: {title}" for kind, title in sorted(kinds.items()))
        responses[str(status)] = {"description": listed, "content": _PROBLEM}
    return responses


def _answer(operation: Operation, refs: Refs) -> Json:
    description = HTTPStatus(operation.status).phrase
    return {"description": description, **_content(operation, refs), **_answer_headers(operation.answer_headers)}


def _content(operation: Operation, refs: Refs) -> Json:
    content: Json = {}
    if operation.content_type != _JSON:
        content[operation.content_type] = {"schema": {"type": "string"}}
    if operation.answer is not None:
        content[_JSON] = {"schema": refs[operation.answer]}
    if operation.line is not None:
        content[_LINES] = {"schema": refs[operation.line]}
    return {"content": content} if content else {}


def _answer_headers(headers: Sequence[Header]) -> Json:
    if not headers:
        return {}
    described = {header.name: {"description": header.description, "schema": {"type": "string"}} for header in headers}
    return {"headers": described}
