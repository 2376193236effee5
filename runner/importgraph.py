"""Which of the app's modules have to be imported again after a change, read from their source.

Rules, applied until nothing is added:

* a module that imports an affected one is affected: it holds names of the old one;
* a module that an affected one *acts on* while it is imported is affected: when ``routes.py`` decorates with
  ``@app.get`` of an unchanged ``main_app.py``, importing ``routes.py`` again would register every route twice. To act
  on is to call something of it, to decorate with it, to derive from it, or to assign into it, outside function bodies;
  what is imported with ``*`` cannot be followed and counts as acted on;
* a module that imports by computed names (``importlib``, ``pkgutil``) is affected by every change;
* a module that is loaded and that nothing imports any more is affected, for what it acted on.

Any other module stays as it is, with its state.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_DYNAMIC = frozenset({"importlib", "pkgutil", "runpy"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class ModuleUse:
    """Names of modules that one module imports and acts on; a name may also turn out to be a plain attribute."""

    imports: frozenset[str]
    acts_on: frozenset[str]
    dynamic: bool

    def __or__(self, other: ModuleUse) -> ModuleUse:
        """Join what a module did before an edit with what it does after it."""
        return ModuleUse(
            self.imports | other.imports, self.acts_on | other.acts_on, dynamic=self.dynamic or other.dynamic
        )


def module_name(path: str) -> str | None:
    """Return the dotted module name of a file below the import root, ``None`` if it is not an importable module."""
    if not path.endswith(".py"):
        return None
    parts = path[: -len(".py")].split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None


def affected(uses: Mapping[str, ModuleUse], changed: Collection[str]) -> set[str]:
    """Return the changed modules and all that the rules add to them; ``uses`` has every module of the app."""
    result = set(changed)
    if not result:
        return result
    while True:
        more = set(_importers(uses, result)) | set(_acted_on(uses, result))
        if more <= result:
            return result
        result |= more


def orphans(uses: Mapping[str, ModuleUse], entry: str, loaded: Collection[str]) -> set[str]:
    """Return the loaded modules that are not imported from ``entry`` on any more; none while names are computed."""
    reached: set[str] = set()
    waiting = {entry}
    while waiting:
        reached |= waiting
        waiting = ({name for use in waiting for name in uses[use].imports} & uses.keys()) - reached
    if any(uses[name].dynamic for name in reached):
        return set()
    return {name for name in loaded if name in uses} - reached


def _importers(uses: Mapping[str, ModuleUse], result: set[str]) -> Iterator[str]:
    for name, use in uses.items():
        if use.dynamic or not result.isdisjoint(use.imports):
            yield name


def _acted_on(uses: Mapping[str, ModuleUse], result: set[str]) -> Iterator[str]:
    for name in result & uses.keys():
        yield from uses[name].acts_on & uses.keys()


@functools.lru_cache(maxsize=128)
def read_use(source: str, name: str, is_package: bool) -> ModuleUse:
    """Read what the module ``name`` imports; source that cannot be parsed imports nothing (importing it says why)."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ModuleUse(frozenset(), frozenset(), dynamic=False)
    reader = _Reader(name if is_package else name.rpartition(".")[0])
    reader.visit(tree)
    actions = _Actions(reader.bound, tree)
    actions.run()
    # A submodule needs its package, whose __init__ runs first.
    imports = frozenset(reader.imports | set(prefixes(name)[:-1]))
    dynamic = not _DYNAMIC.isdisjoint(imports) or reader.dynamic
    return ModuleUse(imports, frozenset(actions.targets | reader.starred), dynamic)


class _Reader(ast.NodeVisitor):
    """Collects every import of a module, also those in functions, and what names they bind."""

    def __init__(self, package: str) -> None:
        self._package = package
        self.imports: set[str] = set()
        self.starred: set[str] = set()
        self.bound: dict[str, set[str]] = {}
        self.dynamic = False

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.imports.update(prefixes(alias.name))
            self.bound.setdefault(alias.asname or alias.name.partition(".")[0], set()).update(prefixes(alias.name))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self._absolute(node)
        self.imports.update(prefixes(base))
        for alias in node.names:
            if alias.name == "*":
                self.starred.add(base)
                continue
            names = {base, f"{base}.{alias.name}" if base else alias.name}
            self.imports.update(names)
            self.bound.setdefault(alias.asname or alias.name, set()).update(names)

    def visit_Name(self, node: ast.Name) -> None:
        self.dynamic = self.dynamic or node.id == "__import__"

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self._package.split(".") if self._package else []
        kept = parts[: len(parts) - (node.level - 1)]
        return ".".join([*kept, *([node.module] if node.module else [])])


class _Actions:
    """Collects the modules that a module acts on while it is imported.

    Function bodies do not run then, except those of functions that the module itself calls at that time.
    """

    def __init__(self, bound: Mapping[str, set[str]], tree: ast.Module) -> None:
        self._bound = bound
        self._tree = tree
        self._functions = {node.name: node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}
        self._entered: set[str] = set()
        self.targets: set[str] = set()

    def run(self) -> None:
        for node in self._tree.body:
            self._read(node)

    def _read(self, node: ast.AST) -> None:
        for place in _acting(node):
            self._act(place)
        if isinstance(node, _FUNCTIONS):
            children: list[ast.AST] = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.Lambda):
            children = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            children = list(ast.iter_child_nodes(node))
        for child in children:
            self._read(child)

    def _act(self, place: ast.expr) -> None:
        root = _root(place)
        self.targets |= self._bound.get(root, set())
        function = self._functions.get(root)
        if function is not None and root not in self._entered:
            self._entered.add(root)
            for statement in function.body:
                self._read(statement)


def _acting(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that ``node`` acts on."""
    match node:
        case ast.Call():
            yield node.func
        case ast.ClassDef():
            yield from node.decorator_list
            yield from node.bases
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from node.decorator_list
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            yield from (target for target in targets if isinstance(target, ast.Attribute | ast.Subscript))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield target


def _root(node: ast.expr) -> str:
    """Return the name that a chain of attributes, subscripts and calls begins with."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""


def prefixes(dotted: str) -> list[str]:
    """Return ``a``, ``a.b``, ``a.b.c`` for ``a.b.c``."""
    parts = dotted.split(".") if dotted else []
    return [".".join(parts[: i + 1]) for i in range(len(parts))]
