"""All checks of an app: while it is edited, and again before Run and Promote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podium.ide import environment
from podium.ide.environment import Environment
from podium.ide.validation import imports, policy, requirements, source
from podium.ide.validation.diagnostics import Diagnostic, Severity
from podium.ide.validation.modules import Modules, import_roots
from podium.ide.validation.source import SourceFile


def check(files: Mapping[str, str], entry: str, python: Environment | None = None) -> tuple[Diagnostic, ...]:
    """Everything that is wrong or doubtful in an app, by file and place.

    ``files`` maps paths to texts and ``entry`` is the path of the entry file; ``python`` is the environment that the
    app will run in, this interpreter's by default. Nothing of the app is run, and files that did not change since the
    last call are not parsed again.
    """
    steps = Check(files, entry, python or environment.current())
    for _ in steps.run():
        pass
    return steps.found


def stops_run(found: tuple[Diagnostic, ...]) -> bool:
    """Whether any of these keep the app from running."""
    return any(item.severity is Severity.ERROR for item in found)


class Check:
    """A check that can be made step by step, so that it never holds up anything that a user waits for."""

    def __init__(self, files: Mapping[str, str], entry: str, python: Environment) -> None:
        self._files = files
        self._entry = entry
        self._python = python
        self._found: list[Diagnostic] = []

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """What was found so far."""
        return tuple(sorted(self._found, key=lambda item: item.order))

    def run(self) -> Iterator[None]:
        """Check one file with each step, and the app as a whole with the last."""
        sources: list[SourceFile] = []
        for path, content in self._files.items():
            unreadable = policy.check_text(path, content)
            if path.endswith(".py"):
                sources.append(SourceFile(path, content, (unreadable,)) if unreadable else source.read(path, content))
                self._found += sources[-1].diagnostics
            elif unreadable is not None:
                self._found.append(unreadable)
            yield
        self._check_app(sources)

    def _check_app(self, sources: list[SourceFile]) -> None:
        modules = Modules(sources, import_roots(self._entry, self._files))
        required = requirements.names(self._files)
        self._found += policy.check_entry(self._files, self._entry)
        self._found += policy.check_names(modules.names, self._python)
        self._found += requirements.check(self._files)
        self._found += imports.check(sources, modules, self._python, required)
        self._found += imports.cycles(sources, modules)
