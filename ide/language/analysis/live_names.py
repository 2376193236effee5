"""What the running app adds to what can be read in its code: attributes that are made when it runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp
from parso.tree import BaseNode, NodeOrLeaf, search_ancestor

from podium.ide.language.analysis.context import Source, tree
from podium.ide.language.running import Member, Sight

_BEFORE = re.compile(r"(?:^|[^\w.\])}'\"])((?:[^\W\d]\w*\s*\.\s*)+)(\w*)$")
_LAMBDA = re.compile(r"\blambda\b")
_REST = re.compile(r"\w*")
_STRINGS = frozenset({"string", "fstring_string", "fstring_start", "fstring_end"})
_SCOPES = frozenset({"funcdef", "lambdef", "sync_comp_for", "comp_for"})
_KINDS = {
    "class": lsp.CompletionItemKind.Class,
    "function": lsp.CompletionItemKind.Function,
    "module": lsp.CompletionItemKind.Module,
    "property": lsp.CompletionItemKind.Property,
}


@dataclass(frozen=True, slots=True)
class Dotted:
    """A dotted name that begins with a name of the module: the ``path`` to the last dot, and what is ``typed`` then."""

    path: tuple[str, ...]
    typed: str


def before(source: Source, line: int, column: int) -> Dotted | None:
    """The dotted name that ends at a place, in a file of the app."""
    code = source.text.lines[line - 1][:column]
    match = None if source.path is None else _BEFORE.search(code)
    # While its body is typed, a lambda is none yet in the tree, so its parameters are nobody's.
    if match is None or _LAMBDA.search(code):
        return None
    path = tuple(part.strip() for part in match[1].split(".")[:-1])
    return Dotted(path, match[2]) if _is_global(source, path[0], (line, match.start(1))) else None


def around(source: Source, line: int, column: int) -> tuple[str, ...] | None:
    """The dotted name whose last part a place is in."""
    rest = _REST.match(source.text.lines[line - 1], column)
    end = column if rest is None else rest.end()
    dotted = before(source, line, end)
    return (*dotted.path, dotted.typed) if dotted is not None and dotted.typed else None


def _is_global(source: Source, name: str, place: tuple[int, int]) -> bool:
    """Whether a name at a place is the module's: code in which it is, and no function around it binds it."""
    module = tree(source)
    inside = place[0], place[1] + 1
    leaf = module.get_leaf_for_position(inside)  # type: ignore[no-untyped-call]  # parso is typed by halves
    if leaf is None or leaf.type in _STRINGS or leaf.start_pos != place:
        return False
    scopes = set(_scopes(leaf))
    uses = module.get_used_names().get(name, ())  # type: ignore[no-untyped-call]
    bound = (item for item in uses if item.is_definition())
    return not any(scope in scopes for item in bound for scope in _scopes(_binding(item)))


def _binding(name: Any) -> NodeOrLeaf:
    """The node whose surroundings a name is bound in: that of a function is bound outside of it."""
    definition: NodeOrLeaf = search_ancestor(name, "funcdef", "classdef") or name
    return definition if getattr(definition, "name", None) is name else name


def _scopes(node: NodeOrLeaf) -> Iterator[BaseNode]:
    """Functions and comprehensions around a node; names that a comprehension binds stand beside it."""
    parent = node.parent
    while parent is not None:
        if parent.type in _SCOPES:
            yield parent
        yield from (child for child in parent.children if child.type in ("sync_comp_for", "comp_for"))
        parent = parent.parent


def items(seen: Sight, typed: str, known: Collection[str]) -> Iterator[dict[str, Any]]:
    """Completions for what the code does not tell, as JSON."""
    for member in seen.members:
        if member.name not in known and member.name.lower().startswith(typed.lower()):
            yield {
                "label": member.name,
                "labelDetails": {"description": "running"},
                "kind": _KINDS.get(member.kind, lsp.CompletionItemKind.Field),
                "detail": _declaration(member),
                "sortText": f"{8 if member.name.startswith('_') else 2}{member.name.lower()}",
            }


def _declaration(member: Member) -> str:
    return member.name if member.kind != "value" or member.type is None else f"{member.name}: {member.type}"


def describe(name: str, seen: Sight) -> str:
    """What a name stands for, as Markdown; empty when it is not there."""
    return "" if seen.type is None else f"```python\n{name}: {seen.type}\n```\n\nIn the running app."
