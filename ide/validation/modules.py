"""An app's files as modules, and the module that each import of theirs means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from podium.ide.validation.outline import Import
from podium.ide.validation.source import SourceFile


def module_name(path: str) -> str:
    """``pkg/mod.py`` is ``pkg.mod`` and ``pkg/__init__.py`` is ``pkg``."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class Modules:
    """The modules and packages of one app by dotted name."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self.by_name: Mapping[str, SourceFile] = {module_name(source.path): source for source in sources}
        self._packages = {parent for name in self.by_name for parent in _parents(name)}

    def __contains__(self, name: str) -> bool:
        return name in self.by_name or name in self._packages

    def absolute(self, source: SourceFile, found: Import) -> str | None:
        """The absolute name of the module that an import names, ``None`` when its dots lead out of the app."""
        if not found.level:
            return found.module
        package = module_name(source.path).split(".")
        if not source.path.endswith("__init__.py"):
            package = package[:-1]
        climb = found.level - 1
        if climb >= len(package):
            return None
        base = package[: len(package) - climb]
        return ".".join([*base, found.module] if found.module else base)

    def targets(self, source: SourceFile, found: Import) -> Iterator[str]:
        """The modules of the app that an import runs."""
        module = self.absolute(source, found)
        if module is None:
            return
        submodule = f"{module}.{found.name}"
        if found.name and submodule in self.by_name:
            yield submodule
        elif module in self.by_name:
            yield module


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
