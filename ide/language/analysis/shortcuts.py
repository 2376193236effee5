"""Where jedi looks at far more than the answer needs: shorter ways to the same names.

- The names of a class are found by looking at every name of its module, for each class of the hierarchy. For libraries
  the names that a filter lets through are remembered.
- An instance compares its arguments with every parameter of ``__init__`` to find out what its type parameters are. Most
  classes have none.
- What kind of thing an imported name is, is found by importing it. For libraries that is remembered, and a submodule is
  a module.
- What is offered behind a dot depends on the class before it alone, or on the module. For those of libraries it is
  remembered by them, and jedi is left as soon as they are known.
- What ``**kwargs`` stand for is found by inferring the calls that they are passed on to. For the functions of libraries
  the parameters are remembered.
- All names in a file are looked for again after each edit, by asking each leaf of its tree for children.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jedi
from jedi.api.classes import Completion as Offered
from jedi.api.completion import Completion, _complete_getattr, get_flow_scope_node, get_user_context
from jedi.api.helpers import recursion_limit, validate_line_column
from jedi.inference.base_value import ValueSet
from jedi.inference.context import get_global_filters
from jedi.inference.filters import MergedFilter, _AbstractUsedNamesFilter
from jedi.inference.gradual.base import GenericClass, _GenericInstanceWrapper
from jedi.inference.gradual.conversion import convert_values
from jedi.inference.gradual.stub_value import StubModuleValue
from jedi.inference.names import SubModuleName
from jedi.inference.signature import SignatureWrapper, TreeSignature
from jedi.inference.value import ClassValue, ModuleValue, TreeInstance
from jedi.inference.value.instance import InstanceClassFilter
from jedi.plugins import plugin_manager
from parso.python.tree import Module, Name, UsedNamesMapping
from parso.tree import BaseNode

_MAIN = ("__main__",)


@dataclass(frozen=True, slots=True)
class Known:
    """What is offered behind a dot, in which order it does not matter."""

    offered: tuple[Offered, ...]


class _KnownError(BaseException):
    """Leaves jedi's search: what is before the dot is known. It is no :class:`Exception`, which jedi might catch."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known


class Members:
    """What libraries have; ``libraries`` are the first names of their modules."""

    def __init__(self) -> None:
        self.libraries: frozenset[str] = frozenset()
        self._known: dict[tuple[type, int], tuple[object, list[Any]]] = {}
        self._offers: dict[frozenset[object], Known] = {}
        self._kept: set[int] = set()
        """The ids of completions and of names in syntax trees that are remembered, and so will be nothing else's."""
        self._parameters: dict[tuple[int, bool], tuple[object, list[_Parameter]]] = {}

    def of(self, filters: Iterable[Any]) -> list[Any]:
        """The names that some filters let through."""
        return [name for item in filters for name in self._names(item)]

    def _names(self, item: Any) -> list[Any]:
        if isinstance(item, InstanceClassFilter):
            converted: list[Any] = item._convert(self._names(item._class_filter))
            return converted
        if isinstance(item, MergedFilter):
            return self.of(item._filters)
        if not self._is_library(item):
            return list(item.values())
        key = type(item), id(item._parser_scope)
        if key not in self._known:
            # The scope is remembered as well, so that nothing else gets its id.
            self._known[key] = item._parser_scope, [name.tree_name for name in item.values()]
            self._kept.update(id(name) for name in self._known[key][1])
        names: list[Any] = item._convert_names(self._known[key][1])
        return names

    def _is_library(self, item: Any) -> bool:
        context = getattr(item, "_node_context", None) if isinstance(item, _AbstractUsedNamesFilter) else None
        return context is not None and self._has(context)

    def _has(self, value: Any) -> bool:
        names = value.get_root_context().string_names
        return bool(names) and names[0] in self.libraries

    def before_dot(self, values: Iterable[Any], *, learns: bool) -> frozenset[object]:
        """The syntax trees of the classes and modules that values are of; empty when one of them is no library's.

        Who ``learns`` knows of nothing but libraries, also of those that were not imported before.
        """
        found = set()
        for value in values:
            kind = value.class_value if type(value) in _INSTANCES else value
            plain = kind._class_value if type(kind) is GenericClass else kind
            own = plain.get_root_context().string_names == _MAIN
            if type(plain) not in _PLAIN_VALUES or own or not (learns or self._has(plain)):
                return frozenset()
            # The trees themselves, which compare by identity: so nothing else gets their ids.
            found.add((kind is value, plain.tree_node))
        return frozenset(found)

    def offers(self, before: frozenset[object]) -> Known | None:
        """What is offered behind the dot, if it is known."""
        return self._offers.get(before)

    def keep_offers(self, before: frozenset[object], offered: Collection[Offered], values: Iterable[Any]) -> None:
        """Remember what is offered behind the dot, unless it comes from elsewhere: from what an instance wraps."""
        if before and not any(_passes_on(value) for value in values):
            self._offers[before] = Known(tuple(offered))
            self._kept.update(id(item) for item in offered)

    def identity(self, item: Offered) -> Hashable | None:
        """What tells a completion of a library's from all others for ever; ``None`` for others."""
        name = item._name
        if id(item) in self._kept:
            return id(item)
        return (id(name.tree_name), type(name)) if id(name.tree_name) in self._kept else None

    def signature(self, signature: Any) -> Any:
        """The same signature, which remembers its parameters when they are a library's."""
        if type(signature) is not TreeSignature or not self._has(signature._function_value):
            return signature
        node = signature._function_value.tree_node
        key = id(node), signature.is_bound
        if key not in self._parameters:
            found = [_Parameter.of(name) for name in signature.get_param_names(resolve_stars=True)]
            self._parameters[key] = node, found
        return _KnownSignature(signature, self._parameters[key][1])


_PLAIN_VALUES = (ClassValue, ModuleValue, StubModuleValue)


def _passes_on(value: Any) -> bool:
    """Whether an instance looks attributes up in something else, as proxies do."""
    if type(value) not in _INSTANCES:
        return False
    names = value.get_function_slot_names("__getattr__") or value.get_function_slot_names("__getattribute__")
    functions = (function.tree_node for name in names for function in name.infer())
    return any(node is None or "getattr(" in node.get_code() for node in functions)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A parameter of a library's function, with as much as a signature says of it."""

    string_name: str
    kind: Any
    text: str

    @classmethod
    def of(cls, name: Any) -> _Parameter:
        return cls(name.string_name, name.get_kind(), name.to_string())

    def get_kind(self) -> Any:
        return self.kind

    def get_public_name(self) -> str:
        return self.string_name

    def to_string(self) -> str:
        return self.text


class _KnownSignature(SignatureWrapper):
    def __init__(self, signature: Any, parameters: list[_Parameter]) -> None:
        super().__init__(signature)
        self._parameters = parameters

    def get_param_names(self, *, resolve_stars: bool = False) -> Any:
        return self._parameters if resolve_stars else self._wrapped_signature.get_param_names()


class QuickScript(jedi.Script):
    """A script whose completions know the members of libraries.

    One that ``learns`` remembers what it is asked about: its code is of no app. ``typed`` says after a completion how
    many characters of a name are there already.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = Members()
        self.learns = False
        self.typed = 0

    @property
    def end(self) -> tuple[int, int]:
        """The last line, counted from 1, and the column behind its last character."""
        return len(self._code_lines), len(self._code_lines[-1])

    @recursion_limit
    @validate_line_column
    def complete(self, line: int, column: int, *, fuzzy: bool = False) -> Any:
        """As jedi does it."""
        self._inference_state.reset_recursion_limitations()
        completion = _QuickCompletion(
            self._inference_state,
            self._get_module_context(),
            self._code_lines,
            (line, column),
            super().get_signatures,
            fuzzy=fuzzy,
        )
        completion.members, completion.learns = self.members, self.learns
        self.typed = len(completion._like_name)
        try:
            found = completion.complete()
        except _KnownError as error:
            start = completion._like_name.lower()
            return [item for item in error.known.offered if item.name.lower().startswith(start)]
        if self.learns and not self.typed:
            self.members.keep_offers(completion.before, found, completion.values)
        return found

    def get_signatures(self, line: int | None = None, column: int | None = None) -> Any:
        """As jedi does it."""
        found = super().get_signatures(line, column)
        for item in found:
            item._signature = self.members.signature(item._signature)
        return found


class _QuickCompletion(Completion):
    members: Members
    learns = False
    before: frozenset[object] = frozenset()
    values: Iterable[Any] = ()

    def _complete_trailer_for_values(self, values: Any) -> list[Any]:
        self.before, self.values = self.members.before_dot(values, learns=self.learns), values
        if (known := self.members.offers(self.before)) is not None:
            raise _KnownError(known)
        context = get_user_context(self._module_context, self._position)
        names: list[Any] = []
        for value in values:
            names += self.members.of(value.get_filters(origin_scope=context.tree_node))
            if not value.is_stub() and isinstance(value, TreeInstance):
                names += _complete_getattr(context, value)
        for value in convert_values(values):
            if value not in values:
                names += self.members.of(value.get_filters(origin_scope=context.tree_node))
        return names

    def _complete_global_scope(self) -> list[Any]:
        context = get_user_context(self._module_context, self._position)
        scope = get_flow_scope_node(self._module_node, self._position)
        return self.members.of(get_global_filters(context, self._position, scope))


class _PlainInstance(TreeInstance):
    """An instance of a class without type parameters."""

    def _get_annotated_class_object(self) -> None:
        return None


_INSTANCES = (TreeInstance, _PlainInstance, _GenericInstanceWrapper)


class _PlainInstances:
    """A plugin in jedi's sense."""

    @staticmethod
    def execute(call: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def wrapper(value: Any, arguments: Any) -> Any:
            found = call(value, arguments)
            if type(value) is not ClassValue or value.list_type_vars():
                return found
            return ValueSet(_plain(item) for item in found)

        return wrapper


def _plain(value: Any) -> Any:
    if type(value) is not TreeInstance or type(value.class_value) is not ClassValue:
        return value
    return _PlainInstance(value.inference_state, value.parent_context, value.class_value, value._arguments)


@cache
def register() -> None:
    """Let jedi make instances that know of no type parameters, and find names quickly, in this process."""
    plugin_manager.register(_PlainInstances)
    Module.get_used_names = _used_names  # type: ignore[method-assign]  # which is how to tell parso


def _used_names(module: Any) -> UsedNamesMapping:
    """All names in a module, in their order, by what they are."""
    if module._used_names is None:
        found: defaultdict[str, list[Name]] = defaultdict(list)
        _collect_names(module.children, found)
        module._used_names = UsedNamesMapping(dict(found))  # type: ignore[no-untyped-call]
    names: UsedNamesMapping = module._used_names
    return names


def _collect_names(nodes: Iterable[Any], found: defaultdict[str, list[Name]]) -> None:
    for node in nodes:
        if type(node) is Name:
            found[node.value].append(node)
        elif isinstance(node, BaseNode):
            _collect_names(node.children, found)


class Kinds:
    """What completed names are, in jedi's words."""

    def __init__(self) -> None:
        self._imported: dict[tuple[str, ...], str] = {}

    def of(self, item: Offered, own: Collection[str]) -> str:
        """The kind of a name; ``own`` are the first names of the app's modules, which may change."""
        name = item._name
        if isinstance(name, SubModuleName):
            return "module"
        definition = None if name.tree_name is None else name.tree_name.get_definition()
        if definition is None or definition.type != "import_from":
            return str(item.type)
        module = tuple(name.get_root_context().string_names or ())
        path = tuple(part.value for part in definition.get_path_for_name(name.tree_name))
        if definition.level:
            path = (*module, "." * definition.level, *path)
        if path[0] in own or module == _MAIN:
            return str(item.type)
        if path not in self._imported:
            self._imported[path] = item.type
        return self._imported[path]
