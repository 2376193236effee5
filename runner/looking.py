"""What stands behind a dotted name in the running app, seen without running any code of the user's.

To look up an attribute runs code: properties and other descriptors, ``__getattr__``, a metaclass, a ``__dict__`` that
is a property, keys that compare in a way of their own. So nothing is looked up here. The dictionaries of instances and
classes are read by the functions of Python's own types, entry by entry, and whatever would have to be called to be
known stays unknown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, Literal

from podium.runner.protocol import Name, Sight

MAX_NAMES = 2_000
UNSEEN = Sight(None)

_FUNCTIONS: tuple[type, ...] = (
    *(FunctionType, BuiltinFunctionType, MethodType, MethodDescriptorType, WrapperDescriptorType),
    *(classmethod, staticmethod),
)
_STATES = {"starlette.datastructures": ("State", "_state"), "litestar.datastructures": ("State", "_state")}
"""Classes whose ``__getattr__`` reads one dictionary, and the attribute that holds it."""

_Entries = dict[str, Any]
_mro = type.__dict__["__mro__"].__get__
_class_dictionary = type.__dict__["__dict__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_NOTHING = object()


def look(modules: Iterable[ModuleType], file: str, path: tuple[str, ...]) -> Sight:
    """See what a name has that is written in a module, whose file has the absolute path ``file``."""
    try:
        module = next((item for item in modules if _of_instance(item).get("__file__") == file), _NOTHING)
        value = module
        for name in path:
            value = _attribute(value, name)
        return UNSEEN if value is _NOTHING else Sight(_type_name(value), tuple(_names(value)))
    except RuntimeError:
        # Another thread changed a dictionary while it was read. The next keystroke asks again.
        return UNSEEN


def _names(value: Any) -> Iterable[Name]:
    found = _of_instance(value)
    if not _is_a(value, ModuleType):
        found = _of_class(value if _is_a(value, type) else type(value)) | found
    for name, member in list(found.items())[-MAX_NAMES:]:
        if not (name.startswith("__") and name.endswith("__")):
            yield Name(name, _kind(member), _type_name(member))


def _attribute(value: Any, name: str) -> Any:
    """An attribute that is simply there; ``_NOTHING`` for all others."""
    if value is _NOTHING:
        return _NOTHING
    if _is_a(value, type):
        return _plain(_of_class(value).get(name, _NOTHING))
    of_class = _of_class(type(value)).get(name, _NOTHING)
    if type(of_class) is MemberDescriptorType:
        return _slot(of_class, value)
    if of_class is not _NOTHING and _has(of_class, "__set__", "__delete__"):
        return _NOTHING
    found = _of_instance(value).get(name, _NOTHING)
    return _plain(of_class) if found is _NOTHING else found


def _plain(value: Any) -> Any:
    """What stands in a class, unless it is a descriptor, which says only when it is called what it stands for."""
    return _NOTHING if value is not _NOTHING and _has(value, "__get__") else value


def _slot(descriptor: MemberDescriptorType, value: Any) -> Any:
    try:
        return descriptor.__get__(value, type(value))
    except AttributeError:
        return _NOTHING


def _of_instance(value: Any) -> _Entries:
    """What an instance itself has; nothing when its class has made something else of ``__dict__``."""
    if value is _NOTHING or _is_a(value, type):
        return {}
    descriptor: Any = _of_class(type(value)).get("__dict__")
    if type(descriptor) not in (GetSetDescriptorType, MemberDescriptorType):
        return {}
    found = _entries(descriptor.__get__(value, type(value)))
    module, state = _state_of(type(value))
    return found | _entries(found.get(state)) if module else found


def _state_of(kind: type) -> tuple[str, str]:
    for module, (name, attribute) in _STATES.items():
        if module in sys.modules and vars(sys.modules[module]).get(name) is kind:
            return module, attribute
    return "", ""


def _of_class(kind: type) -> _Entries:
    """What a class has and inherits, the nearest first to be found."""
    found: _Entries = {}
    for base in reversed(_mro(kind)):
        found |= _entries(_class_dictionary(base))
    return found


def _entries(mapping: object) -> _Entries:
    """The entries of a dictionary whose keys are plain strings: others might compare by code of their own."""
    if type(mapping) is MappingProxyType:
        items: Any = MappingProxyType.items(mapping)
    elif _is_a(mapping, dict):
        items = dict.items(mapping)  # type: ignore[arg-type] # it is a dictionary
    else:
        return {}
    return {key: value for key, value in list(items) if type(key) is str}


def _has(value: object, *names: str) -> bool:
    """Whether the class of a value defines one of some methods."""
    return any(name in _entries(_class_dictionary(base)) for base in _mro(type(value)) for name in names)


def _is_a(value: object, kind: type) -> bool:
    """``isinstance``, which would ask the value for its ``__class__``."""
    return any(base is kind for base in _mro(type(value)))


def _kind(value: Any) -> Literal["class", "function", "module", "property", "value"]:
    if _is_a(value, type):
        return "class"
    if _is_a(value, ModuleType):
        return "module"
    if any(type(value) is kind for kind in _FUNCTIONS):
        return "function"
    return "property" if _has(value, "__get__") else "value"


def _type_name(value: Any) -> str | None:
    """The name of a value's class, with its module unless that is the builtins; a class may say anything there."""
    kind = type(value)
    qualname, module = _qualname(kind), _entries(_class_dictionary(kind)).get("__module__", "builtins")
    if type(qualname) is not str or type(module) is not str:
        return None
    return qualname if module == "builtins" else f"{module}.{qualname}"
