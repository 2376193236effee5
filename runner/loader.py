"""Turns files into an app object: writes them, imports what changed, finds the app; undoes all of it on failure.

Everything that runs user code runs in a loader thread, one per load, so that an import that never ends blocks nobody.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import linecache
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from podium.runner import hints, stuck
from podium.runner.discovery import Found, NoAppError, describe, find_app
from podium.runner.files import AppFiles, Changes
from podium.runner.frames import FrameReader
from podium.runner.frameworks import django
from podium.runner.importgraph import ModuleUse, affected, module_name, orphans, read_use
from podium.runner.importing import AppImporter, ModuleSwap
from podium.runner.protocol import Failure, FailureKind, Load

LOOK_EVERY = 0.5
"""Seconds between two looks at what a long import is doing."""


class LoadError(Exception):
    """A load failed; ``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(slots=True)
class Candidate:
    """What a load has found, not served yet; ``app`` is ``None`` when nothing had to be imported anew."""

    entry: ModuleType
    app: Found | None
    reloaded: tuple[str, ...]
    undo: Callable[[], None]


class Loader:
    """Loads one app again and again; use one instance per process."""

    def __init__(self, app_dir: Path, frames: FrameReader, protected: tuple[str, ...] = ()) -> None:
        self._app_dir = app_dir
        self._frames = frames
        self._files = AppFiles(app_dir)
        self._importer = AppImporter(app_dir, protected)
        self._importer.install()
        self._uses: dict[str, ModuleUse] = {}
        self._entry: str | None = None
        self._coroutine: Any = None

    def load(
        self, load: Load, loop: asyncio.AbstractEventLoop, *, everything: bool, serving: bool, timeout: float
    ) -> Candidate:
        """Import the app of ``load``, in a thread; ``loop`` is what the code finds as its event loop.

        ``everything`` imports all of the app's modules anew; ``serving`` tells that an earlier load still answers, so
        that a failure puts everything back. ``timeout`` is in seconds. Raises :class:`LoadError`, and
        :class:`podium.runner.files.BadPathError` before anything is touched.
        """
        changes = self._write(load)
        swap: ModuleSwap | None = None
        kept = self._uses, self._entry

        def undo() -> None:
            self._uses, self._entry = kept
            if swap is not None:
                swap.undo()
            if serving:
                self._files.undo(changes)
            importlib.invalidate_caches()

        try:
            name = self._entry_module(load)
            names = self._outdated(
                name, load, changes, everything or load.entry != self._entry or name not in sys.modules
            )
            self._refuse_second_project(names)
            swap = ModuleSwap(self._importer, names)
            candidate = self._import(load, name, names, loop, timeout, undo)
        except BaseException:
            undo()
            raise
        self._entry = load.entry
        return candidate

    def call(self, function: Callable[[], Any], loop: asyncio.AbstractEventLoop, timeout: float) -> Any:
        """Call user code in a loader thread and return its result; raises what it raised, and :class:`LoadError`."""
        future: Future[Any] = Future()
        thread = threading.Thread(target=_run, args=(function, loop, future), name="podium-loader", daemon=True)
        thread.start()
        deadline = time.monotonic() + timeout
        while True:
            remaining = deadline - time.monotonic()
            try:
                return future.result(max(0.0, min(LOOK_EVERY, remaining)))
            except TimeoutError:
                if future.done():  # user code itself raised this
                    raise
            frames = self._frames.of_coroutine(self._coroutine) or self._frames.of_thread(thread.ident)
            if remaining <= 0 or hints.runs_a_server(frames):
                self._give_up(thread)
                raise LoadError(_timed_out(frames, timeout))

    def _write(self, load: Load) -> Changes:
        try:
            return self._files.sync(load.files)
        except OSError as error:
            message = f"The app's files cannot be written: {error.strerror or error} ({error.filename})."
            hint = "Make room on the disk, or remove what the app itself has put in the way, and run again."
            raise LoadError(Failure(FailureKind.IMPORT, message, hint=hint)) from error

    def _entry_module(self, load: Load) -> str:
        """Choose the import root for the entry and return the entry's module name there."""
        entry = PurePosixPath(load.entry)
        if load.entry not in load.files:
            raise LoadError(
                Failure(
                    FailureKind.NO_APP,
                    f"The entry file {load.entry} does not exist in this app.",
                    hint="Choose the file that defines your app as its entry.",
                )
            )
        # As `python folder/main.py` does: a folder that is no package is itself a root.
        is_script = len(entry.parts) > 1 and f"{entry.parent}/__init__.py" not in load.files
        roots = [self._app_dir / entry.parent, self._app_dir] if is_script else [self._app_dir]
        self._importer.use_roots(roots)
        name = module_name(entry.name if is_script else load.entry)
        if name is None or name.partition(".")[0] in self._importer.protected:
            raise LoadError(self._unusable_entry(load.entry, name))
        return name

    def _unusable_entry(self, entry: str, name: str | None) -> Failure:
        if name is not None:
            top = name.partition(".")[0]
            return Failure(
                FailureKind.IMPORT,
                f"{entry} cannot be imported: {top} is a module of Python or of a library in use.",
                hint=hints.hint_for_shadowed(top),
            )
        return Failure(
            FailureKind.IMPORT,
            f"{entry} cannot be imported: it is not named like a Python module.",
            hint="Use a name of letters, digits and underscores that ends in .py.",
        )

    def _outdated(self, name: str, load: Load, changes: Changes, everything: bool) -> set[str]:
        """Return the names of the modules that have to be imported anew; ``name`` is the entry's."""
        uses = self._read_uses(load.files)
        loaded = self._importer.modules().keys()
        changed = {changed for path in changes.paths for changed in self._names(path)}
        # Any module may have read a file that is not Python while it was imported.
        if everything or any(not path.endswith(".py") for path in changes.paths):
            changed |= uses.keys() | loaded
        joined = {old: use | uses[old] if old in uses else use for old, use in self._uses.items()}
        self._uses = uses
        if changes.paths and not everything:
            changed |= orphans(uses, name, loaded)
        outdated = affected(uses | joined, changed)
        # A change of files that nothing has imported concerns nobody.
        return outdated if everything or not outdated.isdisjoint(loaded) else set()

    def _read_uses(self, files: Mapping[str, str]) -> dict[str, ModuleUse]:
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

    def _refuse_second_project(self, outdated: set[str]) -> None:
        if outdated and self._entry is not None and django.is_set_up():
            message = "A Django project cannot be set up twice in one process."
            raise LoadError(Failure(FailureKind.RESTART, message, hint=hints.RESTART))

    def _import(
        self,
        load: Load,
        name: str,
        outdated: set[str],
        loop: asyncio.AbstractEventLoop,
        timeout: float,
        undo: Callable[[], None],
    ) -> Candidate:
        self._importer.log.names.clear()
        if not outdated:
            return Candidate(sys.modules[name], None, (), undo)
        again = self._entry is not None
        try:
            module, app = self.call(lambda: self._find(name, load, loop), loop, timeout)
        except LoadError:
            raise
        except NoAppError as error:
            raise LoadError(Failure(FailureKind.NO_APP, str(error), hint=error.hint)) from error
        except BaseException as error:
            raise LoadError(self._explain(error, load, again)) from error
        return Candidate(module, app, tuple(self._importer.log.names), undo)

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
        made = factory()
        if inspect.iscoroutine(made):
            self._coroutine = made
            try:
                made = asyncio.run_coroutine_threadsafe(made, loop).result()
            finally:
                self._coroutine = None
        found = describe(made)
        if found is None:
            name = getattr(factory, "__name__", "The factory")
            raise NoAppError(
                f"{name}() returned {type(made).__name__}, which is no app.", f"Return the app from {name}()."
            )
        return found

    def _explain(self, error: BaseException, load: Load, again: bool) -> Failure:
        if again and hints.needs_fresh_process(error):
            found = self._frames.failure(FailureKind.RESTART, error)
            return Failure(FailureKind.RESTART, found.message, found.frames, found.exception, hints.RESTART)
        failure = self._frames.failure(FailureKind.IMPORT, error)
        shadowed = self._shadowed(error, load.files)
        if shadowed is None:
            return failure
        hint = hints.hint_for_shadowed(shadowed)
        return Failure(failure.kind, failure.message, failure.frames, failure.exception, hint)

    def _shadowed(self, error: BaseException, files: Mapping[str, str]) -> str | None:
        """Return the module whose name one of the app's files cannot have, if that is what the error is about."""
        name = error.name if isinstance(error, ImportError) else None
        if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
            name = error.obj.__name__
        top = (name or "").partition(".")[0]
        mine = f"{top}.py" in files or f"{top}/__init__.py" in files
        return top if mine and top in self._importer.protected else None

    def _give_up(self, thread: threading.Thread) -> None:
        """End a load that does not end by itself, or at least make sure that nobody waits for it."""
        stuck.interrupt(thread.ident)
        thread.join(1.0)
        if thread.is_alive():
            stuck.release_import_locks(self._importer.modules())


def _run(function: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: Future[Any]) -> None:
    asyncio.set_event_loop(loop)
    try:
        future.set_result(function())
    except BaseException as error:  # noqa: BLE001 - handed to the waiting thread, which reports it
        future.set_exception(error)
    finally:
        asyncio.set_event_loop(None)


def _timed_out(frames: tuple[Any, ...], timeout: float) -> Failure:
    message = f"The app was not loaded within {timeout:g} seconds."
    if hints.runs_a_server(frames):
        message = "The app started a web server of its own while it was imported, so the import never ended."
    return Failure(FailureKind.TIMEOUT, message, frames, hint=hints.hint_for_timeout(frames))
