"""How the app's own modules are found and made: from its folder, by importlib, without clashing with anybody's.

Standard library modules and those that this process already uses keep their names: a file ``queue.py`` or ``runner.py``
never takes the place of the module that the libraries mean. Every other name is the app's first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from podium.runner.importgraph import prefixes
from podium.runner.warming import preloaded, used


class ImportLog:
    """The names of the app's modules in the order in which their execution began: ``names`` since it was cleared."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._ever: dict[str, None] = {}

    def note(self, name: str) -> None:
        """Note that a module's execution begins."""
        self.names.append(name)
        self._ever.pop(name, None)
        self._ever[name] = None

    def modules(self) -> dict[str, ModuleType]:
        """Return what is loaded under these names, and under those of the folders that they lie in.

        Looking through all of ``sys.modules`` instead would take long in a process that shares its memory.
        """
        names = [prefix for name in self._ever for prefix in prefixes(name)]
        return {name: sys.modules[name] for name in names if name in sys.modules}


class AppImporter:
    """Puts the app's folder into the import system of this process, once.

    ``protected`` are names that the app cannot take, besides those of the standard library. What :attr:`taken` names
    has been imported beforehand, so that the app cannot take it in this process.
    """

    def __init__(self, root: Path, protected: Iterable[str] = ()) -> None:
        self._root = str(root)
        self.roots = [root]
        self.protected = frozenset(sys.stdlib_module_names | used() | set(protected)) - {"__main__"}
        self.taken = preloaded() - self.protected
        self.log = ImportLog()

    def install(self) -> None:
        """Register with :mod:`sys`; the folder goes to the end of ``sys.path``, for namespace packages and children."""
        log = self.log

        class Loader(_SourceLoader):
            """A loader that notes the modules it runs."""

            def exec_module(self, module: ModuleType) -> None:
                log.note(module.__name__)
                super().exec_module(module)

        self._hook, self._finder = _path_hook(self._root, Loader), _AppFinder(self)
        sys.path_hooks.insert(0, self._hook)
        sys.meta_path.insert(0, self._finder)
        sys.path[:] = [entry for entry in sys.path if entry not in ("", self._root)] + [self._root]
        self._forget_finders()

    def remove(self) -> None:
        """Undo :meth:`install`, and forget the modules that were imported since."""
        for name in self.modules():
            del sys.modules[name]
        sys.path_hooks.remove(self._hook)
        sys.meta_path.remove(self._finder)
        sys.path[:] = [entry for entry in sys.path if not self.owns(entry)]
        self._forget_finders()

    def use_roots(self, roots: Sequence[Path]) -> None:
        """Look for top-level modules in these folders, in order; all of them lie in the app's folder."""
        self.roots = list(roots)
        sys.path[:] = [entry for entry in sys.path if not self.owns(entry)] + [str(root) for root in roots]
        self.notice_files()

    def notice_files(self) -> None:
        """Look anew at what is in the app's folder; other folders are looked at again when they have changed."""
        for path in self._cached():
            finder = sys.path_importer_cache[path]
            if isinstance(finder, FileFinder):
                finder.invalidate_caches()

    def find(self, name: str) -> ModuleSpec | None:
        """Find a top-level module of the app."""
        if name in self.protected:
            return None
        spec = PathFinder.find_spec(name, [str(root) for root in self.roots])
        # A folder without __init__.py has no loader: an installed package of that name goes before it.
        return spec if spec is not None and spec.loader is not None else None

    def modules(self) -> dict[str, ModuleType]:
        """Return the app's modules that are loaded, by name, in the order of their import."""
        return {name: module for name, module in self.log.modules().items() if self._is_own(module)}

    def _forget_finders(self) -> None:
        # Not all of them: in a forked process, freeing what the cache holds would copy the memory that it lies in.
        for path in self._cached():
            del sys.path_importer_cache[path]

    def _cached(self) -> list[str]:
        return [path for path in sys.path_importer_cache if self.owns(path)]

    def owns(self, path: str) -> bool:
        """Tell whether a path is the app's folder or lies in it."""
        return path == self._root or path.startswith(self._root + "/")

    def _is_own(self, module: Any) -> bool:
        spec = getattr(module, "__spec__", None)
        if spec is None:
            return False
        if spec.origin is not None:
            return self.owns(spec.origin)
        return any(self.owns(entry) for entry in spec.submodule_search_locations or ())


class _SourceLoader(SourceFileLoader):
    """Compiles each time: cached byte code is known by seconds and size, and two quick edits can agree in both."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _AppFinder:
    """The first meta path finder: top-level modules of the app."""

    def __init__(self, importer: AppImporter) -> None:
        self._importer = importer

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return self._importer.find(fullname) if path is None else None


def _path_hook(root: str, loader: type[SourceFileLoader]) -> Callable[[str], FileFinder]:
    def hook(path: str) -> FileFinder:
        if path != root and not path.startswith(root + "/"):
            raise ImportError("not in the app's folder")
        return FileFinder(path, (loader, SOURCE_SUFFIXES))

    return hook


class ModuleSwap:
    """Takes modules out of ``sys.modules`` so that they are imported again, and can put them back."""

    def __init__(self, importer: AppImporter, names: Collection[str]) -> None:
        self._importer = importer
        self._kept = importer.modules()
        self._children: list[tuple[ModuleType, str, ModuleType]] = []
        for name in [name for name in self._kept if name in names]:
            self._take_out(name)

    def undo(self) -> None:
        """Drop what was imported since, and put back what was there."""
        for name, module in self._importer.modules().items():
            if module is not self._kept.get(name):
                del sys.modules[name]
                self._unbind(name, module)
        # Updated in the old order; entries that stayed are the same objects.
        sys.modules.update(self._kept)
        for parent, attribute, child in self._children:
            setattr(parent, attribute, child)

    def _take_out(self, name: str) -> None:
        child = sys.modules.pop(name)
        if parent := self._unbind(name, child):
            self._children.append((parent, name.rpartition(".")[2], child))

    def _unbind(self, name: str, child: ModuleType) -> ModuleType | None:
        """Take a module from its package, which is returned if the module was an attribute of it.

        ``from package import module`` looks at that attribute first, and would get a module that is gone.
        """
        parent_name, _, attribute = name.rpartition(".")
        parent = self._kept.get(parent_name)
        if parent is None or vars(parent).get(attribute) is not child:
            return None
        delattr(parent, attribute)
        return parent
