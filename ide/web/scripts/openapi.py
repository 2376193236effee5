"""Writes ``openapi.json``, from which the front end's types are made, out of the server's table of operations.

Run with the Python that Podium is installed in, after a change of the API: ``python ide/web/scripts/openapi.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from podium.server.api.table import OPERATIONS
from podium.server.http.openapi import document
from podium.server.models.runs import AppEvent, EnvironmentProgress, StreamLine

TARGET = Path(__file__).resolve().parent.parent / "openapi.json"


def text() -> str:
    """The document, with the shapes that travel over WebSockets and in streams; types do not depend on its version."""
    api = document(OPERATIONS, "v1")
    shapes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (shape, "serialization") for shape in (AppEvent, EnvironmentProgress, StreamLine)
    ]
    _, streamed = models_json_schema(shapes, ref_template="#/components/schemas/{model}")
    api["components"]["schemas"] = streamed["$defs"] | api["components"]["schemas"]
    return json.dumps(api, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
