"""Which function answers which method, and the boundary around all of them."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from podium.ide import environment
from podium.ide.environment import Environment
from podium.ide.language.analysis import (
    code_actions,
    folding,
    formatting,
    hover,
    navigation,
    signature_help,
    symbols,
    tree_cache,
    warm_up,
)
from podium.ide.language.analysis.completion import Completions
from podium.ide.language.analysis.context import Context
from podium.ide.language.analysis.diagnostics import Publisher
from podium.ide.language.analysis.engine import Engine
from podium.ide.language.analysis.library import source_text
from podium.ide.language.analysis.memory import Remembering
from podium.ide.language.analysis.mirror import Mirror
from podium.ide.language.deadline import Deadline, OutOfTimeError
from podium.ide.language.documents import Snapshot
from podium.ide.language.messages import RpcError
from podium.ide.language.params import ValidateParams
from podium.ide.language.running import RunningApp
from podium.ide.validation.checks import check

REQUEST_LIMIT_S = 10.0
"""Seconds after which a request is answered with nothing."""

_Answer = Callable[[Context, Any], object]


@dataclass(frozen=True, slots=True)
class _Feature:
    answer: _Answer
    nothing: object = None


class JediAnalysis:
    """Answers from jedi, the checkers and ruff. To be used from the main thread only."""

    def __init__(
        self, mirror: Mirror, deadline: Deadline, engine: Engine, python: Environment, running: RunningApp
    ) -> None:
        self._mirror = mirror
        self._deadline = deadline
        self._engine = engine
        self._python = python
        self._running = running
        self._publisher = Publisher(python)
        self._features = _features(Completions())

    def stop(self) -> None:
        """Interrupt what is being computed, and whatever would be. From any thread."""
        self._deadline.expire()

    def answer(self, method: str, params: Any, snapshot: Snapshot) -> object:
        """The result of a request. What goes wrong inside jedi is logged and answered with nothing."""
        feature = self._features[method]
        context = Context(snapshot, self._mirror, self._engine, self._python, self._running)
        try:
            with self._deadline.limit(REQUEST_LIMIT_S):
                return tree_cache.healing(lambda: feature.answer(context, params))
        except RpcError:
            raise
        except OutOfTimeError:
            sys.stderr.write(f"{method} was given up after {REQUEST_LIMIT_S:g} s\n")
        except Exception:  # noqa: BLE001 - jedi may raise anything at all about the code that it is shown
            sys.stderr.write(f"{method} failed:\n{traceback.format_exc()}")
        tree_cache.forget(self._mirror.root)
        self._engine.mend()
        return feature.nothing

    def check(self, snapshot: Snapshot) -> Iterator[lsp.PublishDiagnosticsParams | None]:
        """Check all files in steps; yields what is to be published."""
        return self._publisher.check(snapshot)

    def warm_up(self, snapshot: Snapshot) -> Iterator[None]:
        """Learn in steps about the libraries that an app uses."""
        texts = [text for path, text in snapshot.files.items() if path.endswith(".py")]
        return warm_up.for_app(self._engine, texts, self._deadline)


def _features(completions: Completions) -> dict[str, _Feature]:
    return {
        lsp.TEXT_DOCUMENT_COMPLETION: _Feature(completions.complete),
        lsp.COMPLETION_ITEM_RESOLVE: _Feature(completions.resolve),
        lsp.TEXT_DOCUMENT_SIGNATURE_HELP: _Feature(Remembering(signature_help.signature_help)),
        lsp.TEXT_DOCUMENT_HOVER: _Feature(Remembering(hover.hover)),
        lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: _Feature(navigation.highlights, []),
        lsp.TEXT_DOCUMENT_DEFINITION: _Feature(navigation.definition, []),
        lsp.TEXT_DOCUMENT_REFERENCES: _Feature(navigation.references, []),
        lsp.TEXT_DOCUMENT_PREPARE_RENAME: _Feature(navigation.prepare_rename),
        lsp.TEXT_DOCUMENT_RENAME: _Feature(navigation.rename),
        lsp.TEXT_DOCUMENT_FORMATTING: _Feature(formatting.formatting),
        lsp.TEXT_DOCUMENT_CODE_ACTION: _Feature(code_actions.code_actions, []),
        lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: _Feature(symbols.symbols, []),
        lsp.TEXT_DOCUMENT_FOLDING_RANGE: _Feature(folding.foldings, []),
        "podium/source": _Feature(source_text),
        "podium/validate": _Feature(_validate),
    }


def _validate(_context: Context, params: ValidateParams) -> dict[str, object]:
    python = environment.current() if params.libraries is None else environment.of(Path(params.libraries))
    found = check(params.files, params.entry, python)
    return {"diagnostics": [item.as_json() for item in found]}
