"""What can be imported in a Python environment, found without importing any of it."""

from __future__ import annotations

import site
import sys
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

_KNOWN_MODULES = 2_000
_PACKAGES = frozenset({"site-packages", "dist-packages"})


class Environment:
    """The folders that an interpreter imports from, besides an app's own."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self._search_path = [str(folder) for folder in folders]
        self._find = lru_cache(maxsize=_KNOWN_MODULES)(self._look_up)

    def has_module(self, name: str) -> bool:
        """Whether ``import name`` finds something. Modules that a package makes up at run time count as found."""
        top, _, rest = name.partition(".")
        if top in sys.stdlib_module_names:
            return True
        spec = self._find(top, None)
        path = top
        for part in rest.split(".") if rest else []:
            if spec is None or spec.submodule_search_locations is None:
                break
            path = f"{path}.{part}"
            spec = self._find(path, tuple(spec.submodule_search_locations))
        return spec is not None

    def _look_up(self, name: str, folders: tuple[str, ...] | None) -> ModuleSpec | None:
        return PathFinder.find_spec(name, self._search_path if folders is None else list(folders))


@lru_cache(maxsize=50)
def of(libraries: Path) -> Environment:
    """The environment of a virtual environment of this Python, by the folder of its packages. It never changes."""
    base = Path(sys.base_prefix).resolve()
    standard = [folder for folder in _folders() if folder.is_relative_to(base) and folder.name not in _PACKAGES]
    return Environment((*standard, libraries))


@cache
def current() -> Environment:
    """The environment of this interpreter. The working directory is not part of it, wherever Podium was started."""
    return Environment(tuple(_folders()))


def _folders() -> Iterator[Path]:
    prefixes = [Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, site.getusersitepackages())]
    for entry in sys.path:
        folder = Path(entry).resolve()
        if entry and folder.exists() and any(folder.is_relative_to(prefix) for prefix in prefixes):
            yield folder
