"""The checks as LSP publishes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lsprotocol import types as lsp

from podium.ide.environment import Environment
from podium.ide.language.analysis.context import to_lsp
from podium.ide.language.documents import Snapshot
from podium.ide.validation import requirements
from podium.ide.validation.checks import Check
from podium.ide.validation.diagnostics import Diagnostic, Severity, Source

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.INFORMATION: lsp.DiagnosticSeverity.Information,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}
_UNNECESSARY = frozenset({"unused-import", "unused-variable", "unused-annotation"})


class Publisher:
    """Checks all files, open or not, and publishes what changed since it last did."""

    def __init__(self, python: Environment) -> None:
        self._python = python
        self._published: dict[str, tuple[int | None, tuple[Diagnostic, ...]]] = {}

    def check(self, snapshot: Snapshot) -> Iterator[lsp.PublishDiagnosticsParams | None]:
        """Check a snapshot in steps; a step yields ``None``, or diagnostics to publish."""
        files = {path: text.value for path, text in snapshot.files.items()}
        check = Check(files, snapshot.entry, self._python)
        yield from check.run()
        found: dict[str, list[Diagnostic]] = defaultdict(list)
        for item in (*check.found, *_unmet(snapshot)):
            found[item.path].append(item)
        for path in sorted({*snapshot.files, *found, *self._published}):
            now = (snapshot.version(path), tuple(found[path]))
            if self._published.get(path, (None, ())) != now:
                self._published[path] = now
                yield _params(snapshot, path, now)


def _unmet(snapshot: Snapshot) -> Iterator[Diagnostic]:
    """What could not be installed, at the lines that ask for it."""
    text = snapshot.files.get(requirements.FILE)
    if text is not None:
        for item in snapshot.unmet:
            where, kind = text.line_range(item.line), Source.ENVIRONMENT
            yield Diagnostic(requirements.FILE, where, Severity.ERROR, kind, "unmet-requirement", item.message)


def _params(
    snapshot: Snapshot, path: str, now: tuple[int | None, tuple[Diagnostic, ...]]
) -> lsp.PublishDiagnosticsParams:
    version, found = now
    return lsp.PublishDiagnosticsParams(snapshot.uri(path), [_diagnostic(item) for item in found], version)


def _diagnostic(item: Diagnostic) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=to_lsp(item.range),
        message=item.message,
        severity=_SEVERITIES[item.severity],
        code=item.code,
        source=item.source,
        tags=[lsp.DiagnosticTag.Unnecessary] if item.code in _UNNECESSARY else None,
    )
