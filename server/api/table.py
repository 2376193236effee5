"""Every operation and every socket of the server, in the order in which the API's document lists them."""

from __future__ import annotations

from podium.server.api import meta
from podium.server.http.operation import Operation, Socket

OPERATIONS: tuple[Operation, ...] = (*meta.OPERATIONS,)

SOCKETS: tuple[Socket, ...] = ()
