"""Every operation and every socket of the server, in the order in which the API's document lists them."""

from __future__ import annotations

from podium.server.api import (
    apps,
    console,
    events,
    files,
    lsp,
    meta,
    requests,
    run,
    session,
    templates,
    validate,
    variables,
)
from podium.server.http.operation import Operation, Socket

OPERATIONS: tuple[Operation, ...] = (
    *meta.OPERATIONS,
    *session.OPERATIONS,
    *templates.OPERATIONS,
    *apps.OPERATIONS,
    *files.OPERATIONS,
    *variables.OPERATIONS,
    *validate.OPERATIONS,
    *run.OPERATIONS,
    *requests.OPERATIONS,
)

SOCKETS: tuple[Socket, ...] = (*events.SOCKETS, *console.SOCKETS, *lsp.SOCKETS)
