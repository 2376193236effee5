"""jedi with a memory: what was once inferred about libraries is not inferred again.

jedi forgets everything between two requests, since the code that it is asked about changes. Libraries do not change,
so one inference state is kept for all requests. What priming put into it stays; what a request adds is taken out before
the next one, because it may depend on the user's code. The caches of a state are dictionaries in which nothing is
replaced, so taking out what came last is all that this needs.

With :mod:`podium.ide.language.analysis.shortcuts` this is what touches jedi's insides; a test holds the answers against
those of jedi as it is.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import jedi
import parso.cache
from jedi.api.classes import Completion
from jedi.inference import InferenceState
from jedi.inference.cache import _RECURSION_SENTINEL

from podium.ide.language.analysis.docs import Words
from podium.ide.language.analysis.shortcuts import Kinds, Members, QuickScript, register

_MAIN = ("__main__",)
_NEVER = 10**9
_NOWHERE = Path(os.devnull)
"""A project without files."""


class Engine:
    """Makes scripts that share what is known of the libraries in ``search_path``. For one thread."""

    def __init__(self, search_path: Iterable[Path]) -> None:
        # Modules of these names would be imported, that is: run, and one of them may be the user's.
        jedi.settings.auto_import_modules = []
        # Beyond this many trees parso drops old ones, which the kept state still needs.
        parso.cache._CACHED_SIZE_TRIGGER = _NEVER
        register()
        self._search_path = [str(folder) for folder in search_path]
        self._environment = jedi.InterpreterEnvironment()
        self._state: InferenceState | None = None
        self._kept: list[tuple[MutableMapping[Any, Any], int]] = []
        self._members = Members()
        self.kinds = Kinds()
        self.words = Words()

    def study(self, code: str, places: Iterable[tuple[int, int]] | None = None) -> Iterator[None]:
        """Complete some code at its end or at other places, one with each step, and keep what that teaches.

        Only libraries are taught about: the code is of no app. Places are lines from 1 and columns in code points.
        """
        script = self._script(code, None, _NOWHERE, ())
        script.learns = True
        project = script._inference_state.project
        for place in places if places is not None else [script.end]:
            yield
            if self._state is None:
                self._state = script._inference_state
                self._keep(self._state)
            self._share(self._state, script, project)
            script.members = self._members
            script.complete(*place)
            self._keep(self._state)

    def script(self, code: str, file: Path, root: Path, folders: Iterable[Path], modules: Iterable[str]) -> QuickScript:
        """Jedi on some code of an app in ``root`` that looks into ``folders`` first and has modules of these names.

        Only the search path counts: what the code does to ``sys.path`` is guesswork. A script is used until the next
        one is made.
        """
        script = self._script(code, file, root, folders)
        # An app that has a module of a library's name hides that library, from the library's own modules too.
        if self._state is not None and self._members.libraries.isdisjoint(modules):
            script.members = self._members
            self._share(self._state, script, script._inference_state.project)
        return script

    def identity(self, item: Completion) -> Hashable | None:
        """What tells a completion of a library's from all others for ever; ``None`` for others."""
        return self._members.identity(item)

    def mend(self) -> None:
        """Take out what an interrupted request may have left half done in what is kept."""
        if self._state is None:
            return
        self._forget_request(self._state)
        for memo in self._state.memoize_cache.values():
            for key in [key for key, value in memo.items() if _is_interrupted(value)]:
                del memo[key]
        self._keep(self._state)

    def _script(self, code: str, file: Path | None, root: Path, folders: Iterable[Path]) -> QuickScript:
        search_path = [*map(str, folders), *self._search_path]
        project = jedi.Project(root, sys_path=search_path, smart_sys_path=False)
        return QuickScript(code, path=file, project=project, environment=self._environment)

    def _share(self, state: InferenceState, script: QuickScript, project: jedi.Project) -> None:
        self._forget_request(state)
        state.project, state.script_path = project, script.path
        script._inference_state = state

    def _keep(self, state: InferenceState) -> None:
        modules = state.module_cache._name_cache
        for names in [names for names, values in modules.items() if names == _MAIN or not values]:
            # What nothing was found for may be a module of an app.
            del modules[names]
        self._members.libraries = frozenset(names[0] for names in modules)
        self._kept = [(table, len(table)) for table in _tables(state)]

    def _forget_request(self, state: InferenceState) -> None:
        for table, kept in self._kept:
            while len(table) > kept:
                table.popitem()
        # What jedi counts, it counts for one request.
        state.inferred_element_counts.clear()
        state.analysis.clear()
        state.dynamic_params_depth = 0


def _tables(state: InferenceState) -> list[MutableMapping[Any, Any]]:
    return [
        state.memoize_cache,
        *state.memoize_cache.values(),
        state.module_cache._name_cache,
        state.stub_module_cache,
        state.compiled_cache,
        state.mixed_cache,
        state.access_cache,
    ]


def _is_interrupted(value: object) -> bool:
    """Whether a memory is of a generator that was left while it computed its next element."""
    match value:
        case (_, [*_, last]):
            return last is _RECURSION_SENTINEL
    return False
