"""Turns files into an app object: writes them, imports what changed, finds the app; undoes all of it on failure."""

from __future__ import annotations

import asyncio
import importlib
import linecache
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from podium.runner import hints, looking
from podium.runner.discovery import Found, NoAppError, describe, find_app
from podium.runner.edits import Edits
from podium.runner.files import AppFiles, Changes
from podium.runner.frames import FrameReader
from podium.runner.frameworks import django
from podium.runner.importgraph import module_name
from podium.runner.importing import AppImporter, ModuleSwap
from podium.runner.protocol import Failure, FailureKind, Load, Look, Sight
from podium.runner.usercode import LoadError, UserCode


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a load has found, not served yet; ``app`` is ``None`` when nothing had to be imported anew."""

    entry: ModuleType
    app: Found | None
    reloaded: tuple[str, ...]
    undo: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a load goes: the ``loop`` of the app, whether an app is ``serving`` now, and the seconds it may take."""

    loop: asyncio.AbstractEventLoop
    serving: bool
    timeout: float


class Loader:
    """Loads one app again and again; use one instance per process."""

    def __init__(self, app_dir: Path, frames: FrameReader, protected: tuple[str, ...] = ()) -> None:
        self._app_dir = app_dir
        self._frames = frames
        self._files = AppFiles(app_dir)
        self._importer = AppImporter(app_dir, protected)
        self._importer.install()
        self._edits = Edits(app_dir, self._importer)
        self._user_code = UserCode(frames, lambda: self._importer.modules().keys())
        self._entry: str | None = None
        self._texts: dict[str, str] = {}

    def load(self, load: Load, home: Home, *, everything: bool) -> Candidate:
        """Import the app of ``load``; ``everything`` imports all of its modules anew.

        A failure puts everything back while an app is serving. Raises :class:`LoadError`, and
        :class:`podium.runner.files.BadPathError` before anything is touched.
        """
        changes = self._write(load)
        swap: ModuleSwap | None = None
        kept = self._edits.uses, self._entry, self._texts

        def undo() -> None:
            self._edits.uses, self._entry, self._texts = kept
            if swap is not None:
                swap.undo()
            if home.serving:
                self._files.undo(changes)
            self._importer.notice_files()

        try:
            name = self._entry_module(load)
            everything = everything or not home.serving or load.entry != self._entry or name not in sys.modules
            outdated = self._edits.outdated(name, load.files, changes, everything=everything)
            self._refuse_taken_names()
            self._refuse_second_project(outdated)
            swap = ModuleSwap(self._importer, outdated)
            self._importer.log.names.clear()
            entry, app = self._import(load, name, home) if outdated else (sys.modules[name], None)
        except BaseException:
            undo()
            raise
        self._entry, self._texts = load.entry, load.files
        return Candidate(entry, app, tuple(self._importer.log.names), undo)

    def remove(self) -> None:
        """Take the app out of the process, and everything that looks for its modules; nothing can be loaded after."""
        self._importer.remove()

    def restore(self) -> None:
        """Write the files of the last load that succeeded again; what was imported stays."""
        if self._entry is not None:
            self._files.restore(self._texts)
            self._importer.notice_files()

    def look(self, wanted: Look) -> Sight:
        """See what a name stands for in one of the app's modules as they are loaded now."""
        file = str(self._app_dir / wanted.file)
        return looking.look(self._importer.log.modules().values(), file, wanted.path)

    def _write(self, load: Load) -> Changes:
        try:
            return self._files.sync(load.files)
        except OSError as error:
            message = f"The app's files cannot be written: {error.strerror or error} ({error.filename})."
            hint = "Make room on the disk, or remove what the app itself has put in the way, and run again."
            raise LoadError(Failure(FailureKind.IMPORT, message, hint=hint)) from error

    def _entry_module(self, load: Load) -> str:
        """Choose the import root for the entry and return the entry's module name there."""
        if load.entry not in load.files:
            message = f"The entry file {load.entry} does not exist in this app."
            hint = "Choose the file that defines your app as its entry."
            raise LoadError(Failure(FailureKind.NO_APP, message, hint=hint))
        entry = PurePosixPath(load.entry)
        # As `python folder/main.py` does: a folder that is no package is itself a root.
        is_script = len(entry.parts) > 1 and f"{entry.parent}/__init__.py" not in load.files
        roots = [self._app_dir / entry.parent, self._app_dir] if is_script else [self._app_dir]
        self._importer.use_roots(roots)
        name = module_name(entry.name if is_script else load.entry)
        if name is None or name.partition(".")[0] in self._importer.protected:
            raise LoadError(_unusable_entry(load.entry, name))
        return name

    def _refuse_taken_names(self) -> None:
        """Ask for a process that was not warmed up when a module of the app has the name of a preloaded library."""
        taken = min(self._importer.taken & self._edits.uses.keys(), default=None)
        if taken is not None:
            message = f"A module of the app has the name of the library {taken}, which was imported before the app."
            raise LoadError(Failure(FailureKind.RESTART, message, hint=hints.RESTART))

    def _refuse_second_project(self, outdated: set[str]) -> None:
        if outdated and self._entry is not None and django.is_set_up():
            message = "A Django project cannot be set up twice in one process."
            raise LoadError(Failure(FailureKind.RESTART, message, hint=hints.RESTART))

    def _import(self, load: Load, name: str, home: Home) -> tuple[ModuleType, Found]:
        try:
            found: tuple[ModuleType, Found] = self._user_code.run(
                lambda: self._find(name, load, home.loop), home.loop, home.timeout
            )
        except LoadError:
            raise
        except NoAppError as error:
            raise LoadError(Failure(FailureKind.NO_APP, str(error), hint=error.hint)) from error
        except BaseException as error:
            raise LoadError(self._explain(error, load.files)) from error
        return found

    def _find(self, name: str, load: Load, loop: asyncio.AbstractEventLoop) -> tuple[ModuleType, Found]:
        linecache.checkcache()
        module = importlib.import_module(name)
        try:
            found = find_app(module, load.entry)
        except NoAppError:
            project = describe(django.find_project(module, load.files[load.entry]))
            if project is None:
                raise
            return module, project
        return module, found if isinstance(found, Found) else self._make(found, loop)

    def _make(self, factory: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> Found:
        """Call a factory here; an asynchronous one runs on the loop that the app will be served on."""
        made = self._user_code.result(factory(), loop)
        found = describe(made)
        if found is None:
            name, kind = getattr(factory, "__name__", "The factory"), type(made).__name__
            raise NoAppError(f"{name}() returned {kind}, which is no app.", f"Return the app from {name}().")
        return found

    def _explain(self, error: BaseException, files: Mapping[str, str]) -> Failure:
        if self._entry is not None and hints.needs_fresh_process(error):
            return replace(self._frames.failure(FailureKind.RESTART, error), hint=hints.RESTART)
        failure = self._frames.failure(FailureKind.IMPORT, error)
        shadowed = self._shadowed(error, files)
        return failure if shadowed is None else replace(failure, hint=hints.hint_for_shadowed(shadowed))

    def _shadowed(self, error: BaseException, files: Mapping[str, str]) -> str | None:
        """Return the module whose name one of the app's files cannot have, if that is what the error is about."""
        name = error.name if isinstance(error, ImportError) else None
        if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
            name = error.obj.__name__
        top = (name or "").partition(".")[0]
        mine = f"{top}.py" in files or f"{top}/__init__.py" in files
        return top if mine and top in self._importer.protected else None


def _unusable_entry(entry: str, name: str | None) -> Failure:
    if name is None:
        message = f"{entry} cannot be imported: it is not named like a Python module."
        hint = "Use a name of letters, digits and underscores that ends in .py."
        return Failure(FailureKind.IMPORT, message, hint=hint)
    top = name.partition(".")[0]
    message = f"{entry} cannot be imported: {top} is a module of Python or of a library in use."
    return Failure(FailureKind.IMPORT, message, hint=hints.hint_for_shadowed(top))
