"""Remembers what the app's modules import, to tell what an edit concerns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from podium.runner.files import Changes
from podium.runner.importgraph import ModuleUse, affected, module_name, orphans, read_use
from podium.runner.importing import AppImporter


class Edits:
    """The app's modules as of the last load that succeeded."""

    def __init__(self, app_dir: Path, importer: AppImporter) -> None:
        self._app_dir = app_dir
        self._importer = importer
        self.uses: Mapping[str, ModuleUse] = {}

    def outdated(self, entry: str, files: Mapping[str, str], changes: Changes, *, everything: bool) -> set[str]:
        """Return the names of the modules that have to be imported anew, and remember ``files``.

        ``entry`` is the name of the entry module; ``everything`` says that no module can stay.
        """
        before, self.uses = self.uses, self._read(files)
        loaded = self._importer.modules().keys()
        # Any module may have read a file that is not Python while it was imported.
        if everything or any(not path.endswith(".py") for path in changes.paths):
            return {*self.uses, *loaded}
        changed = {name for path in changes.paths for name in self._names(path)}
        if changed:
            changed |= orphans(self.uses, entry, loaded)
        outdated = affected(_joined(before, self.uses), changed)
        # A change of files that nothing has imported concerns nobody.
        return set() if outdated.isdisjoint(loaded) else outdated

    def _read(self, files: Mapping[str, str]) -> dict[str, ModuleUse]:
        return {
            name: read_use(text, name, path.endswith("/__init__.py"))
            for path, text in files.items()
            for name in self._names(path)
        }

    def _names(self, path: str) -> set[str]:
        """Return the names that a file can be imported by: one for each import root that it lies below."""
        absolute = self._app_dir / path
        names = (
            module_name(absolute.relative_to(root).as_posix())
            for root in self._importer.roots
            if absolute.is_relative_to(root)
        )
        return {name for name in names if name}


def _joined(before: Mapping[str, ModuleUse], after: Mapping[str, ModuleUse]) -> dict[str, ModuleUse]:
    """Join both sides of an edit: what a module acted on before it has to be undone too."""
    return {**before, **after, **{name: before[name] | after[name] for name in before.keys() & after.keys()}}
