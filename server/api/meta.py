"""The server itself: health, metrics, and the API's document.

``/healthz`` and ``/readyz`` are open, since whatever watches the process has no token; they tell nothing but the state.
``/metrics`` names routes and numbers of requests, so it wants the token (Prometheus sends it as ``bearer_token``).
"""

from __future__ import annotations

import json
from functools import cache

from podium.server.http.openapi import document
from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.http.problem import StoreUnavailable
from podium.server.metrics import CONTENT_TYPE
from podium.server.models.session import Health, Readiness
from podium.server.version import version


async def health(call: Call) -> Reply:
    return Reply(body=Health(status="ok"))


async def ready(call: Call) -> Reply:
    await call.services.store.ping()
    return Reply(body=Readiness(status="ready", store="available"))


async def metrics(call: Call) -> Reply:
    return Reply(body=call.services.metrics.render(), headers={"Content-Type": CONTENT_TYPE})


async def openapi(call: Call) -> Reply:
    return Reply(body=_document(), headers={"Content-Type": "application/json"})


@cache
def _document() -> bytes:
    from podium.server.api.table import OPERATIONS as ALL

    return json.dumps(document(ALL, version())).encode()


OPERATIONS = (
    Operation("GET", "/healthz", Access.PUBLIC, "Whether the process answers", health, answer=Health),
    Operation(
        "GET",
        "/readyz",
        Access.PUBLIC,
        "Whether the server can do its work",
        ready,
        answer=Readiness,
        problems=(StoreUnavailable,),
    ),
    Operation(
        "GET", "/metrics", Access.USER, "Counters for Prometheus", metrics, content_type=CONTENT_TYPE.partition(";")[0]
    ),
    Operation(
        "GET",
        "/api/v1/openapi.json",
        Access.PUBLIC,
        "This document",
        openapi,
    ),
)
