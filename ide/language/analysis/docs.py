"""What a name is and what its author says about it, as Markdown."""

from __future__ import annotations

import inspect
import re
from collections import OrderedDict
from collections.abc import Hashable

from jedi.api.classes import BaseName

from podium.ide.language.analysis import signatures

_MAX_CHARS = 6_000
_MAX_WORDS = 1_000
_EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\n).*)*", re.MULTILINE)
_FIELD = re.compile(r"^:(param|type|returns?|rtype|raises?)\s*([^:\n]*):\s*", re.MULTILINE)
_ROLE = re.compile(r":(?:[a-z]+:)?[a-z]+:`~?([^`]+)`")
_UNDERLINE = re.compile(r"^([^\n]+)\n(?:-{3,}|={3,})$", re.MULTILINE)


class Words:
    """What was said about names of libraries, by where they are defined."""

    def __init__(self) -> None:
        self._said: OrderedDict[Hashable, str] = OrderedDict()

    def about(self, place: Hashable, name: BaseName) -> str:
        """The description of a name that is defined at a place."""
        if place not in self._said:
            self._said[place] = describe(name)
            if len(self._said) > _MAX_WORDS:
                self._said.popitem(last=False)
        return self._said[place]


def describe(name: BaseName) -> str:
    """Signature and docstring of a name; empty when nothing is known."""
    code = declaration(name)
    words = markdown(name.docstring(raw=True))
    return "\n\n".join(part for part in (f"```python\n{code}\n```" if code else "", words) if part)


def declaration(name: BaseName) -> str:
    """What a name is, as a line of Python."""
    if name.type in ("function", "class", "property"):
        found = [signatures.read(item).code for item in name.get_signatures()]
        keyword = {"function": "def", "class": "class", "property": "property"}[name.type]
        return "\n".join(f"{keyword} {code}" for code in found) or f"{keyword} {name.name}"
    if name.type in ("module", "namespace"):
        return f"module {name.full_name or name.name}"
    if name.type in ("statement", "instance", "param"):
        return _value(name)
    return str(name.name if name.type == "keyword" else name.description)


def _value(name: BaseName) -> str:
    kinds = dict.fromkeys("None" if item.name == "NoneType" else item.name for item in name.infer())
    return f"{name.name}: {' | '.join(kinds)}" if kinds else name.name


def markdown(docstring: str) -> str:
    """A docstring as Markdown: examples become code, and what reStructuredText marks up is said in Markdown's way."""
    text = inspect.cleandoc(docstring)
    if len(text) > _MAX_CHARS:
        text = text[:_MAX_CHARS].rpartition("\n")[0] + "\n\n…"
    text = _EXAMPLE.sub(lambda match: f"```python\n{match[0]}\n```", text)
    text = _UNDERLINE.sub(r"**\1**\n", text)
    text = _FIELD.sub(lambda match: f"- *{match[1]}* `{match[2]}`: " if match[2] else f"- *{match[1]}*: ", text)
    return _ROLE.sub(r"`\1`", text)
