"""Where jedi looks at far more than the answer needs: shorter ways to the same names.

- The names of a class are found by looking at every name of its module, for each class of the hierarchy. For libraries
  the names that a filter lets through are remembered.
- An instance compares its arguments with every parameter of ``__init__`` to find out what its type parameters are. Most
  classes have none.
- What kind of thing an imported name is, is found by importing it. For libraries that is remembered, and a submodule is
  a module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

import jedi
from jedi.api.classes import Completion as Offered
from jedi.api.completion import Completion, _complete_getattr, get_flow_scope_node, get_user_context
from jedi.api.helpers import recursion_limit, validate_line_column
from jedi.inference.base_value import ValueSet
from jedi.inference.context import get_global_filters
from jedi.inference.filters import MergedFilter, _AbstractUsedNamesFilter
from jedi.inference.gradual.conversion import convert_values
from jedi.inference.names import SubModuleName
from jedi.inference.value import ClassValue, TreeInstance
from jedi.inference.value.instance import InstanceClassFilter
from jedi.plugins import plugin_manager

_MAIN = ("__main__",)


class Members:
    """The names that filters let through; those of modules whose first name is in ``libraries`` from memory."""

    def __init__(self) -> None:
        self.libraries: frozenset[str] = frozenset()
        self._known: dict[tuple[type, int], tuple[object, list[Any]]] = {}

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
        names: list[Any] = item._convert_names(self._known[key][1])
        return names

    def _is_library(self, item: Any) -> bool:
        context = getattr(item, "_node_context", None) if isinstance(item, _AbstractUsedNamesFilter) else None
        names = None if context is None else context.get_root_context().string_names
        return names is not None and names[0] in self.libraries


class QuickScript(jedi.Script):
    """A script whose completions know the members of libraries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = Members()

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
            self.get_signatures,
            fuzzy=fuzzy,
        )
        completion.members = self.members
        return completion.complete()


class _QuickCompletion(Completion):
    members: Members

    def _complete_trailer_for_values(self, values: Any) -> list[Any]:
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
    """Let jedi make instances that know of no type parameters, in this process."""
    plugin_manager.register(_PlainInstances)


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
