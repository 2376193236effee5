"""Signatures as people want to read them.

A parameter of FastAPI is annotated ``Annotated[str, Doc("…twenty lines…")]``: shown here as ``str``, with the words as
the parameter's documentation.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from jedi.api.classes import BaseSignature

from podium.ide.text import utf16_length

_WIDTH = 88
_REMEMBERED = 500
"""Signatures; those of a framework take milliseconds to be read, for their parameters' documentation."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: as it is shown, and what its author says about it."""

    label: str
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A callable's signature."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str | None

    @property
    def label(self) -> str:
        """On one line."""
        inner = ", ".join(parameter.label for parameter in self.parameters)
        return f"{self.name}({inner}){self._arrow}"

    @property
    def code(self) -> str:
        """On one line where it fits, else one parameter a line."""
        if len(self.label) <= _WIDTH:
            return self.label
        inner = "".join(f"    {parameter.label},\n" for parameter in self.parameters)
        return f"{self.name}(\n{inner}){self._arrow}"

    @property
    def _arrow(self) -> str:
        return f" -> {self.returns}" if self.returns else ""

    def offsets(self) -> list[tuple[int, int]]:
        """Where each parameter stands in :attr:`label`, in UTF-16 code units."""
        found, at = [], utf16_length(self.name) + 1
        for parameter in self.parameters:
            end = at + utf16_length(parameter.label)
            found.append((at, end))
            at = end + 2
        return found


def read(signature: BaseSignature) -> Signature:
    """A signature that jedi found."""
    found = _parsed(signature.name, signature.to_string())
    if found is None:
        # jedi writes what it cannot express (a default such as <object>) as it is.
        return Signature(signature.name, tuple(Parameter(item.to_string()) for item in signature.params), None)
    return found


@lru_cache(maxsize=_REMEMBERED)
def _parsed(name: str, written: str) -> Signature | None:
    try:
        tree = ast.parse(f"def _{written[len(name) :]}: ...").body[0]
    except SyntaxError:
        return None
    assert isinstance(tree, ast.FunctionDef)  # noqa: S101 - it was written as one, above
    returns = None if tree.returns is None else ast.unparse(_plain(tree.returns))
    return Signature(name, tuple(_parameters(tree.args)), returns)


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    found = [_parameter(item, default) for item, default in zip(positional, defaults, strict=True)]
    if arguments.posonlyargs:
        found.insert(len(arguments.posonlyargs), Parameter("/"))
    if arguments.vararg is not None:
        found.append(_parameter(arguments.vararg, None, "*"))
    elif arguments.kwonlyargs:
        found.append(Parameter("*"))
    keyword_only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    found += [_parameter(item, default) for item, default in keyword_only]
    if arguments.kwarg is not None:
        found.append(_parameter(arguments.kwarg, None, "**"))
    return found


def _parameter(item: ast.arg, default: ast.expr | None, stars: str = "") -> Parameter:
    label = stars + item.arg
    if item.annotation is not None:
        label += f": {ast.unparse(_plain(item.annotation))}"
    if default is not None:
        label += f"{' = ' if item.annotation is not None else '='}{ast.unparse(default)}"
    return Parameter(label, None if item.annotation is None else _doc(item.annotation))


def _metadata(annotation: ast.expr) -> list[ast.expr]:
    """The elements of ``Annotated[…]``, or nothing."""
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.slice, ast.Tuple):
        return []
    named = ast.unparse(annotation.value).rpartition(".")[2] == "Annotated"
    return annotation.slice.elts if named else []


def _plain(annotation: ast.expr) -> ast.expr:
    elements = _metadata(annotation)
    return elements[0] if elements else annotation


def _doc(annotation: ast.expr) -> str | None:
    for item in _metadata(annotation)[1:]:
        match item:
            case ast.Call(func=ast.Name(id="Doc"), args=[ast.Constant(value=str(words))]):
                return words
    return None
