"""Places in a text, in the units that editors count in.

An editor counts lines from 0 and characters in UTF-16 code units (LSP, Monaco); Python's ``ast`` counts lines from 1
and columns in UTF-8 bytes; ``SyntaxError`` and jedi count columns in code points. :class:`Text` converts them.

Lines end with LF, CRLF or CR and with nothing else: a form feed or U+2028 is an ordinary character, for Python and for
editors alike, which is why ``str.splitlines`` is not used. A byte order mark is not part of the text: editors drop it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_LINE_END = re.compile(r"\r\n|\r|\n")
_BMP_END = "\uffff"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and character count from 0; characters are UTF-16 code units."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Range:
    """From ``start`` up to, not including, ``end``."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Edit:
    """``range`` is to be replaced with ``text``."""

    range: Range
    text: str


def without_bom(text: str) -> str:
    """The text as an editor shows it."""
    return text.removeprefix("\ufeff")


def utf16_length(text: str) -> int:
    """How many UTF-16 code units ``text`` takes."""
    if text.isascii():
        return len(text)
    return len(text) + sum(char > _BMP_END for char in text)


def utf16_to_index(line: str, units: int) -> int:
    """The index of the character at ``units`` code units: inside a surrogate pair the pair's, past the end the end."""
    if line.isascii():
        return min(max(units, 0), len(line))
    seen = 0
    for index, char in enumerate(line):
        seen += 2 if char > _BMP_END else 1
        if seen > units:
            return index
    return len(line)


class Text:
    """A text with its lines. Every method accepts places that do not exist and moves them to the nearest that does."""

    def __init__(self, text: str) -> None:
        self.value = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; a text that ends with a line end has an empty last line."""
        return _LINE_END.split(self.value)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.value))]

    @property
    def end(self) -> Position:
        """Where the text ends."""
        return Position(len(self.lines) - 1, utf16_length(self.lines[-1]))

    def at_index(self, line: int, index: int) -> Position:
        """The position of code point ``index`` of ``line``, both counted from 0."""
        if line < 0:
            return Position(0, 0)
        if line >= len(self.lines):
            return self.end
        return Position(line, utf16_length(self.lines[line][: max(index, 0)]))

    def at_byte(self, line: int, column: int) -> Position:
        """The position of byte ``column`` (UTF-8, from 0) of ``line`` (from 0)."""
        if not 0 <= line < len(self.lines) or self.lines[line].isascii():
            return self.at_index(line, column)
        head = self.lines[line].encode("utf-8", "surrogatepass")[: max(column, 0)]
        return Position(line, utf16_length(head.decode("utf-8", "ignore")))

    def index(self, position: Position) -> tuple[int, int]:
        """Line and code point of a position, both counted from 0."""
        if position.line < 0:
            return 0, 0
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        return position.line, utf16_to_index(self.lines[position.line], position.character)

    def offset(self, position: Position) -> int:
        """The index into :attr:`value` of a position."""
        line, index = self.index(position)
        return self._starts[line] + index

    def line_range(self, line: int) -> Range:
        """A line without its indentation and its end."""
        line = min(max(line, 0), len(self.lines) - 1)
        content = self.lines[line]
        indent = len(content) - len(content.lstrip())
        return Range(self.at_index(line, indent), self.at_index(line, len(content.rstrip())))

    def replaced(self, edit: Edit) -> Text:
        """The text after an edit."""
        start, end = self.offset(edit.range.start), self.offset(edit.range.end)
        return Text(self.value[:start] + edit.text + self.value[max(start, end) :])
