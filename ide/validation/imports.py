"""Imports that will fail when the app runs here."""

from __future__ import annotations

from collections.abc import Iterator

from podium.ide.environment import Environment
from podium.ide.validation import outline
from podium.ide.validation.diagnostics import Diagnostic, Severity, Source
from podium.ide.validation.modules import Modules
from podium.ide.validation.outline import Import
from podium.ide.validation.source import SourceFile

_DISTRIBUTIONS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fasthtml": "python-fasthtml",
    "fitz": "pymupdf",
    "git": "gitpython",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""What to install for a module whose distribution has another name."""


def check(
    sources: list[SourceFile], modules: Modules, environment: Environment, required: frozenset[str]
) -> Iterator[Diagnostic]:
    """Look at every import of the app; ``required`` are the names that its requirements.txt lists."""
    for source in sources:
        reported: set[str] = set()
        for found in source.imports:
            problem = _problem(modules, environment, required, source, found)
            if problem is not None and not found.guarded and problem.message not in reported:
                reported.add(problem.message)
                yield problem


def _problem(
    modules: Modules, environment: Environment, required: frozenset[str], source: SourceFile, found: Import
) -> Diagnostic | None:
    module = modules.absolute(source, found)
    if module is None:
        message = "This relative import leads out of the app. Import the module by its name instead."
        return _warning(source, found, "relative-import", message)
    top = module.partition(".")[0]
    if top in modules:
        return _own(modules, source, found, module)
    if found.level or environment.has_module(module):
        return None
    return _warning(source, found, "unresolved-import", _missing(module, environment, required))


def _own(modules: Modules, source: SourceFile, found: Import, module: str) -> Diagnostic | None:
    if module not in modules:
        message = f"The app has no module '{module}'."
        return _warning(source, found, "unresolved-import", message)
    if not found.name or found.name == "*" or f"{module}.{found.name}" in modules:
        return None
    target = modules.by_name.get(module)
    names = outline.names(target.content) if target is not None and target.parses else None
    if target is None or names is None or found.name in names or found.name.startswith("__"):
        return None
    return _warning(source, found, "unknown-name", f"'{found.name}' is not defined in {target.path}.")


def _missing(module: str, environment: Environment, required: frozenset[str]) -> str:
    top = module.partition(".")[0]
    if environment.has_module(top):
        return f"The installed '{top}' has no module '{module}'."
    distribution = _DISTRIBUTIONS.get(top, top.replace("_", "-").lower())
    if distribution in required:
        return f"'{top}' is not installed yet. requirements.txt lists {distribution}, so Run installs it."
    return f"'{top}' is not installed in this environment. Add {distribution} to requirements.txt."


def _warning(source: SourceFile, found: Import, code: str, message: str) -> Diagnostic:
    return Diagnostic(source.path, found.range, Severity.WARNING, Source.IMPORTS, code, message)


def cycles(sources: list[SourceFile], modules: Modules) -> Iterator[Diagnostic]:
    """Modules of the app that import each other while they are being imported, one note at each import involved."""
    graph = {source.path: dict(reversed(list(_eager(source, modules)))) for source in sources}
    for path, edges in graph.items():
        for target, found in edges.items():
            way = _way(graph, target, path)
            if way is not None and target != path:
                chain = " → ".join(modules.names[step] for step in (path, *way))
                message = f"Import cycle: {chain}. Names that are used while importing may be missing."
                yield Diagnostic(path, found.range, Severity.INFORMATION, Source.IMPORTS, "import-cycle", message)


def _eager(source: SourceFile, modules: Modules) -> Iterator[tuple[str, Import]]:
    """The files that a file imports as it is imported itself, and where it does."""
    for found in source.imports:
        if found.eager:
            yield from ((target.path, found) for target in modules.targets(source, found))


def _way(graph: dict[str, dict[str, Import]], start: str, goal: str) -> list[str] | None:
    """The shortest chain of imports from ``start`` to ``goal``."""
    ways: dict[str, list[str]] = {start: [start]}
    queue = [start]
    for step in queue:
        if step == goal:
            return ways[step]
        for target in graph[step]:
            if target not in ways:
                ways[target] = [*ways[step], target]
                queue.append(target)
    return None
