"""Quick fixes: import a name that is not defined."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

from lsprotocol import types as lsp

from podium.ide.environment import Environment
from podium.ide.language.analysis.context import Context, Source
from podium.ide.language.analysis.quick_fix import quick_fix
from podium.ide.text import Edit, Position, Range, Text
from podium.ide.validation import outline
from podium.ide.validation.diagnostics import Diagnostic
from podium.ide.validation.modules import import_roots, module_name

CODE = "undefined-name"
SOURCES = (
    "fastapi",
    "fastapi.responses",
    "fastapi.security",
    "fastapi.staticfiles",
    "fastapi.templating",
    "starlette.applications",
    "starlette.routing",
    "pydantic",
    "pymongo",
    "bson",
    "flask",
    "httpx",
    "typing",
    "collections",
    "collections.abc",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "pathlib",
    "uuid",
)
"""Modules whose names are proposed, the likeliest first, besides the app's own."""

_MAX_CANDIDATES = 5


def candidates(context: Context, source: Source, name: str) -> Iterator[str]:
    """The statements that would define a name, the likeliest first."""
    roots = import_roots(context.snapshot.entry, context.snapshot.files.keys())
    for path, text in context.snapshot.files.items():
        if path.endswith(".py") and path != source.path and name in (outline.names(text.value) or ()):
            root = next(root for root in roots if path.startswith(root))
            yield f"from {module_name(path, root)} import {name}"
    for module in SOURCES:
        if name in _names(module, context.python):
            yield f"from {module} import {name}"
    if context.python.has_module(name):
        yield f"import {name}"


@lru_cache(maxsize=len(SOURCES))
def _names(module: str, python: Environment) -> frozenset[str]:
    """The public names of a module: those of a library as far as its text tells."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return frozenset(_own_names(importlib.import_module(module)))
    file = _file(module, python)
    try:
        text = "" if file is None else file.read_text(encoding="utf-8", errors="replace")
        listed = _listed(ast.parse(text))
    except (OSError, SyntaxError):
        return frozenset()
    return frozenset(name for name in listed or outline.names(text) or () if not name.startswith("_"))


def _own_names(module: ModuleType) -> Iterable[str]:
    """What a module of Python defines itself."""
    found = (name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__)
    return getattr(module, "__all__", None) or (name for name in found if not name.startswith("_"))


def _listed(tree: ast.Module) -> list[str]:
    """What ``__all__`` lists."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=items) | ast.Tuple(elts=items)):
                return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return []


def _file(module: str, python: Environment) -> Path | None:
    folders = [str(folder) for folder in python.folders]
    path, spec = "", None
    for part in module.split("."):
        path = f"{path}.{part}" if path else part
        spec = PathFinder.find_spec(path, folders)
        if spec is None:
            return None
        folders = list(spec.submodule_search_locations or ())
    return None if spec is None or spec.origin is None or not spec.origin.endswith(".py") else Path(spec.origin)


def prepare(python: Environment) -> None:
    """Read the modules whose names are proposed."""
    for module in SOURCES:
        _names(module, python)


def actions(context: Context, source: Source, found: Iterable[Diagnostic]) -> Iterator[lsp.CodeAction]:
    """One action for each place that an undefined name could come from."""
    tree = None
    for item in found:
        start, end = source.text.offset(item.range.start), source.text.offset(item.range.end)
        name = source.text.value[start:end]
        tree = tree or ast.parse(source.text.value)
        for statement, _ in zip(candidates(context, source, name), range(_MAX_CANDIDATES), strict=False):
            yield quick_fix(source, f"Add: {statement}", [importing(source.text, tree, statement)], item)


def importing(text: Text, tree: ast.Module, statement: str) -> Edit:
    """Add an import: to the statement that imports from the same module, or behind the other imports."""
    wanted = ast.parse(statement).body[0]
    last: ast.stmt | None = None
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and isinstance(wanted, ast.ImportFrom):
            same = (node.module, node.level) == (wanted.module, wanted.level) and node.names[0].name != "*"
            if same:
                return _added(text, node, wanted.names[0].name)
        if isinstance(node, ast.Import | ast.ImportFrom) or (last is None and _is_docstring(node)):
            last = node
    end = "\r\n" if "\r\n" in text.value else "\n"
    line = 0 if last is None else last.end_lineno or last.lineno
    before = end if last is not None and _is_docstring(last) else ""
    if line >= len(text.lines):
        return Edit(Range(text.end, text.end), f"{end}{before}{statement}{end}")
    place = Position(line, 0)
    return Edit(Range(place, place), f"{before}{statement}{end}")


def _added(text: Text, node: ast.ImportFrom, name: str) -> Edit:
    alias = node.names[-1]
    place = text.at_byte((alias.end_lineno or alias.lineno) - 1, alias.end_col_offset or alias.col_offset)
    return Edit(Range(place, place), f", {name}")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
