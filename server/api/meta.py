"""The server itself: health, metrics, the API's document, and who is signed in."""

from __future__ import annotations

from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.http.problem import StoreUnavailable
from podium.server.models.session import Health, Readiness


async def health(call: Call) -> Reply:
    return Reply(body=Health(status="ok"))


async def ready(call: Call) -> Reply:
    await call.services.store.ping()
    return Reply(body=Readiness(status="ready", store="available"))


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
)
