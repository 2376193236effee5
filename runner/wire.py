"""JSON for the dataclasses of :mod:`podium.runner.protocol`, both ways, without a validation library.

:func:`to_wire` gives what :func:`json.dumps` takes; :func:`from_wire` builds a dataclass back and refuses what does not
fit, naming the place. Unknown fields are ignored, so that an older reader understands a newer writer.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class WireError(ValueError):
    """What was received does not fit the shape; the message names the place."""


def to_wire(value: Any) -> Any:
    """Return ``value`` as dicts, lists, strings, numbers and ``None``; fields of dataclasses keep their order."""
    if dataclasses.is_dataclass(value):
        shape: Any = type(value)
        return {name: to_wire(getattr(value, name)) for name in _field_names(shape)}
    if isinstance(value, dict):
        return {str(key): to_wire(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def from_wire(shape: type[T], data: Any) -> T:
    """Build the dataclass ``shape`` from decoded JSON; raises :class:`WireError`."""
    built: T = _read(shape, data, shape.__name__)
    return built


@functools.cache
def _field_names(shape: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(shape))


@functools.cache
def _hints(shape: type[Any]) -> dict[str, Any]:
    return get_type_hints(shape)


def _read(shape: Any, data: Any, place: str) -> Any:
    if shape is Any:
        return data
    origin = get_origin(shape)
    if origin is None:
        return _read_plain(shape, data, place)
    if origin is Literal:
        return _expect(data in get_args(shape), data, place, shape)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(shape), data, place)
    return _read_container(origin, get_args(shape), data, place)


def _read_plain(shape: Any, data: Any, place: str) -> Any:
    if dataclasses.is_dataclass(shape):
        return _read_dataclass(shape, data, place)
    if issubclass(shape, Enum):
        _expect(data in shape._value2member_map_, data, place, shape)
        return shape(data)
    if shape is float:
        return float(_expect(isinstance(data, int | float) and not isinstance(data, bool), data, place, shape))
    if shape is int:
        return _expect(isinstance(data, int) and not isinstance(data, bool), data, place, shape)
    return _expect(isinstance(data, shape), data, place, shape)


def _read_dataclass(shape: Any, data: Any, place: str) -> Any:
    _expect(isinstance(data, Mapping), data, place, dict)
    hints = _hints(shape)
    known = {name: _read(hints[name], data[name], f"{place}.{name}") for name in _field_names(shape) if name in data}
    try:
        return shape(**known)
    except TypeError as error:
        raise WireError(f"{place}: {error}") from error


def _read_union(choices: tuple[Any, ...], data: Any, place: str) -> Any:
    if data is None and type(None) in choices:
        return None
    present = [choice for choice in choices if choice is not type(None)]
    if len(present) != 1:
        raise TypeError(f"{place}: only unions with None are part of the protocol")
    return _read(present[0], data, place)


def _read_container(origin: Any, args: tuple[Any, ...], data: Any, place: str) -> Any:
    if origin is dict:
        _expect(isinstance(data, Mapping), data, place, dict)
        return {str(key): _read(args[1], item, f"{place}[{key!r}]") for key, item in data.items()}
    _expect(isinstance(data, list | tuple), data, place, list)
    if origin is tuple and args[-1] is not Ellipsis:
        _expect(len(data) == len(args), data, place, origin)
        return tuple(
            _read(shape, item, f"{place}[{i}]") for i, (shape, item) in enumerate(zip(args, data, strict=True))
        )
    return origin(_read(args[0], item, f"{place}[{i}]") for i, item in enumerate(data))


def _expect(fits: bool, data: Any, place: str, shape: Any) -> Any:
    if not fits:
        raise WireError(f"{place}: expected {getattr(shape, '__name__', shape)}, got {type(data).__name__}")
    return data
