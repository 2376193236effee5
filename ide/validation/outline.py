"""What a module imports and which names it defines, as far as its text tells."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from podium.ide.text import Range, Text, without_bom
from podium.ide.validation.syntax import parse, visible

_REMEMBERED_MODULES = 200
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DYNAMIC = frozenset({"globals", "vars", "locals", "exec", "setattr"})
_SURVIVES_FAILURE = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Import:
    """One ``import module`` (``name`` is empty) or one name of a ``from module import name``.

    ``level`` counts the dots of a relative import. ``eager`` is true when it runs as the module is imported,
    ``guarded`` when the program goes on without it or never runs it.
    """

    module: str
    name: str
    level: int
    range: Range
    eager: bool
    guarded: bool


@dataclass(frozen=True, slots=True)
class _Place:
    eager: bool = True
    guarded: bool = False


def imports(text: Text, tree: ast.Module) -> tuple[Import, ...]:
    """Every import of a parsed module, in the order of its text."""
    return tuple(found for node, place in _statements(tree, _Place()) for found in _imports(text, node, place))


@lru_cache(maxsize=_REMEMBERED_MODULES)
def names(content: str) -> frozenset[str] | None:
    """The names that a module's text defines, or ``None`` when its text cannot tell (``import *``, ``__getattr__``)."""
    tree = parse("", Text(without_bom(content))).tree
    if tree is None:
        return None
    found: set[str | None] = set()
    for node in _module_scope(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DYNAMIC:
            return None
        found.update(_bound(node))
    return None if {"*", "__getattr__"} & found else frozenset(name for name in found if name)


def _statements(node: ast.AST, place: _Place) -> Iterator[tuple[ast.Import | ast.ImportFrom, _Place]]:
    """Every import below a statement with the circumstances it runs in. Only blocks are walked, not expressions."""
    for block in _BLOCKS:
        for child in getattr(node, block, ()):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield child, place
            elif isinstance(child, ast.Try | ast.TryStar):
                yield from _try(child, place)
            else:
                yield from _statements(child, _inside(child, place))


def _try(node: ast.Try | ast.TryStar, place: _Place) -> Iterator[tuple[ast.Import | ast.ImportFrom, _Place]]:
    guarded = place.guarded or any(_catches_failed_import(handler) for handler in node.handlers)
    body = ast.Module(body=node.body, type_ignores=[])
    rest = ast.Module(body=[*node.orelse, *node.finalbody], type_ignores=[])
    yield from _statements(body, _Place(place.eager, guarded))
    for handler in node.handlers:
        yield from _statements(handler, place)
    yield from _statements(rest, place)


def _catches_failed_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(node, ast.Name) and node.id in _SURVIVES_FAILURE for node in caught)


def _inside(node: ast.AST, place: _Place) -> _Place:
    if isinstance(node, _FUNCTIONS):
        return _Place(False, place.guarded)
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        return _Place(False, True)
    return place


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _imports(text: Text, node: ast.Import | ast.ImportFrom, place: _Place) -> Iterator[Import]:
    for alias in node.names:
        start = text.at_byte(alias.lineno - 1, alias.col_offset)
        end = text.at_byte((alias.end_lineno or alias.lineno) - 1, alias.end_col_offset or alias.col_offset)
        where = visible(text, start, end)
        if isinstance(node, ast.Import):
            yield Import(alias.name, "", 0, where, place.eager, place.guarded)
        else:
            yield Import(node.module or "", alias.name, node.level, where, place.eager, place.guarded)


def _bound(node: ast.AST) -> Iterable[str | None]:
    """The names that one node binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.ExceptHandler():
            return [node.name]
        case ast.alias():
            return [node.asname or node.name.partition(".")[0]]
        case ast.Global():
            return node.names
        case ast.MatchAs() | ast.MatchStar():
            return [node.name]
        case ast.MatchMapping():
            return [node.rest]
    return []


def _module_scope(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that may bind a name of the module; inside functions and classes only ``global`` does."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        yield node
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            nodes += (inner for inner in ast.walk(node) if isinstance(inner, ast.Global))
        else:
            nodes += ast.iter_child_nodes(node)
