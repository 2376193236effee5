"""JSON-RPC 2.0 messages as values.

Source: https://www.jsonrpc.org/specification and, for the error codes of its own, LSP 3.17.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lsprotocol.types import ErrorCodes, LSPErrorCodes

MessageId = int | str


class RpcError(Exception):
    """A request's error answer."""

    def __init__(self, code: ErrorCodes | LSPErrorCodes, message: str, request: MessageId | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request = request


@dataclass(frozen=True, slots=True)
class Request:
    """A message that wants an answer."""

    id: MessageId
    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class Notification:
    """A message that wants none."""

    method: str
    params: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client answers to a request of this side; ``result`` is missing from an error."""

    id: Any
    result: Any


def decode(body: bytes) -> Request | Notification | Answer:
    """The message in a frame. Raises :class:`RpcError`."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise RpcError(ErrorCodes.ParseError, "The message is not valid JSON.") from None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RpcError(ErrorCodes.InvalidRequest, "The message is not a JSON-RPC 2.0 object.")
    if "method" not in message and ("result" in message or "error" in message):
        return Answer(message.get("id"), message.get("result"))
    return _call(message)


def _call(message: dict[str, Any]) -> Request | Notification:
    method, params, request = message.get("method"), message.get("params"), message.get("id")
    if "id" in message and (isinstance(request, bool) or not isinstance(request, int | str)):
        raise RpcError(ErrorCodes.InvalidRequest, "The id of a request is a number or a string.")
    if not isinstance(method, str):
        raise RpcError(ErrorCodes.InvalidRequest, "The method of a message is a string.", request)
    if params is not None and not isinstance(params, dict | list):
        raise RpcError(ErrorCodes.InvalidRequest, "The params of a message are an object or an array.", request)
    return Notification(method, params) if request is None else Request(request, method, params)


def encode_result(request: MessageId, result: object) -> bytes:
    """The answer to a request."""
    return _encode({"jsonrpc": "2.0", "id": request, "result": result})


def encode_error(error: RpcError) -> bytes:
    """The error answer to a request, or to a frame that was none."""
    body = {"code": int(error.code), "message": error.message}
    return _encode({"jsonrpc": "2.0", "id": error.request, "error": body})


def encode_request(request: MessageId, method: str, params: object) -> bytes:
    """A message to the client that wants an answer."""
    return _encode({"jsonrpc": "2.0", "id": request, "method": method, "params": params})


def encode_notification(method: str, params: object) -> bytes:
    """A message to the client."""
    return _encode({"jsonrpc": "2.0", "method": method, "params": params})


def _encode(message: dict[str, Any]) -> bytes:
    # Escaping keeps lone surrogates, which a user's text may hold, from making the frame invalid UTF-8.
    return json.dumps(message, separators=(",", ":")).encode("ascii")
