"""Between JSON and the types of ``lsprotocol``.

Importing those types takes most of a second, since they are some hundreds of attrs classes: import this module where a
process may take its time.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError
from lsprotocol.converters import get_converter
from lsprotocol.types import ErrorCodes

from podium.ide.language.messages import RpcError

_T = TypeVar("_T")


@cache
def _converter() -> Converter:
    return get_converter()


def structure(params: object, kind: type[_T], method: str) -> _T:
    """Params as a typed value. Raises :class:`RpcError` when they do not fit."""
    try:
        return _converter().structure(params, kind)
    except (BaseValidationError, TypeError, ValueError, KeyError, AttributeError):
        raise RpcError(ErrorCodes.InvalidParams, f"The params of {method} are not what it takes.") from None


def unstructure(value: object) -> Any:
    """A value as JSON has it, absent fields left out."""
    return _converter().unstructure(value)
