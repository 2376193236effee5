"""An app's files as modules, and the module that each import of theirs means.

The rules are the runner's: an entry file in a folder that is no package is run as ``python folder/main.py`` would, so
that imports start from that folder and then from the app's; and modules of the standard library keep their names.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from podium.ide.validation.outline import Import
from podium.ide.validation.source import SourceFile


def module_name(path: str, root: str = "") -> str:
    """``pkg/mod.py`` is ``pkg.mod`` and ``pkg/__init__.py`` is ``pkg``, seen from the folder ``root``."""
    parts = PurePosixPath(path).relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_roots(entry: str, paths: Collection[str]) -> list[str]:
    """The folders that imports start from, the first first; the app's own folder is the empty string."""
    folder = str(PurePosixPath(entry).parent)
    return [""] if folder == "." or f"{folder}/__init__.py" in paths else [folder, ""]


class Modules:
    """The modules and packages of one app by dotted name."""

    def __init__(self, sources: Iterable[SourceFile], roots: list[str]) -> None:
        self.names: dict[str, str] = {}
        self.by_name: dict[str, SourceFile] = {}
        for root in roots:
            for source in sources:
                if not root or source.path.startswith(f"{root}/"):
                    self._add(source, module_name(source.path, root))
        self._packages = {parent for name in self.by_name for parent in _parents(name)}

    def _add(self, source: SourceFile, name: str) -> None:
        self.names.setdefault(source.path, name)
        if name.partition(".")[0] not in sys.stdlib_module_names:
            self.by_name.setdefault(name, source)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name or name in self._packages

    def absolute(self, source: SourceFile, found: Import) -> str | None:
        """The absolute name of the module that an import names, ``None`` when its dots lead out of the app."""
        if not found.level:
            return found.module
        package = self.names[source.path].split(".")
        if not source.path.endswith("__init__.py"):
            package = package[:-1]
        climb = found.level - 1
        if climb >= len(package):
            return None
        base = package[: len(package) - climb]
        return ".".join([*base, found.module] if found.module else base)

    def targets(self, source: SourceFile, found: Import) -> Iterator[SourceFile]:
        """The file of the app that an import runs."""
        module = self.absolute(source, found)
        target = self.by_name.get(f"{module}.{found.name}") or self.by_name.get(module or "")
        if target is not None:
            yield target


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
