"""Answers that are given again for as long as no file has changed since, such as for the pointer that comes back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from podium.ide.language.analysis.context import Context
from podium.ide.text import Text

_MAX_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class _Given:
    files: Mapping[str, Text]
    entry: str
    answer: object

    def holds(self, context: Context) -> bool:
        """Whether every file has the text that the answer was made from."""
        now = context.snapshot
        return (
            self.entry == now.entry
            and self.files.keys() == now.files.keys()
            and all(text is now.files[path] or text.value == now.files[path].value for path, text in self.files.items())
        )


class Remembering:
    """A feature about a place in a document. What the running app had a part in is not remembered: that may change."""

    def __init__(self, answer: Callable[[Context, Any], object]) -> None:
        self._answer = answer
        self._given: OrderedDict[Hashable, _Given] = OrderedDict()

    def __call__(self, context: Context, params: Any) -> object:
        """Answer from memory, else by the feature itself."""
        place = params.text_document.uri, params.position.line, params.position.character
        given = self._given.get(place)
        if given is not None and given.holds(context):
            return given.answer
        asked = context.running.asked
        answer = self._answer(context, params)
        self._given.pop(place, None)
        if context.running.asked == asked:
            self._given[place] = _Given(context.snapshot.files, context.snapshot.entry, answer)
            if len(self._given) > _MAX_ANSWERS:
                self._given.popitem(last=False)
        return answer
