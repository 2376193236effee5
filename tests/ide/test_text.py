"""Positions in UTF-16 code units, from and to every other way of counting."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.ide.text import Edit, Position, Range, Text, utf16_length, utf16_to_index, without_bom

characters = st.one_of(st.characters(), st.sampled_from("\r\n\t\f\v\u0301\u2028\x85😀👩‍🚀é中"))
texts = st.text(characters, max_size=60)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\n\r\n", ["", "", ""]),
        ("a\fb\vc\x1cd\x85e\u2028f\u2029g", ["a\fb\vc\x1cd\x85e\u2028f\u2029g"]),
    ],
)
def test_lines_end_where_python_and_editors_end_them(text: str, lines: list[str]) -> None:
    assert Text(text).lines == lines


@pytest.mark.parametrize(
    ("line", "index", "units"),
    [
        ("abc", 2, 2),
        ("é中c", 2, 2),
        ("e\u0301x", 2, 2),
        ("😀x", 1, 2),
        ("👩‍🚀x", 3, 5),
        ("\t😀\tx", 3, 4),
    ],
)
def test_characters_beyond_the_basic_plane_count_twice(line: str, index: int, units: int) -> None:
    text = Text(f"first\r\n{line}")
    assert text.at_index(1, index) == Position(1, units)
    assert text.at_byte(1, len(line[:index].encode())) == Position(1, units)
    assert text.index(Position(1, units)) == (1, index)


def test_a_place_inside_a_surrogate_pair_is_the_character() -> None:
    assert utf16_to_index("a😀b", 2) == 1
    assert utf16_to_index("a😀b", 3) == 2


def test_a_byte_inside_a_character_is_the_character() -> None:
    assert Text("é😀x").at_byte(0, 3) == Position(0, 1)


@pytest.mark.parametrize(
    ("position", "offset"),
    [(Position(-1, 5), 0), (Position(0, -3), 0), (Position(0, 99), 2), (Position(9, 0), 5), (Position(1, 99), 5)],
)
def test_a_place_outside_is_the_nearest_inside(position: Position, offset: int) -> None:
    assert Text("ab\r\nc").offset(position) == offset


def test_indices_outside_are_the_nearest_inside() -> None:
    text = Text("ab\nc")
    assert text.at_index(-1, 4) == Position(0, 0)
    assert text.at_index(7, 4) == text.end == Position(1, 1)
    assert text.at_byte(0, -2) == Position(0, 0)


def test_the_byte_order_mark_is_not_part_of_the_text() -> None:
    assert without_bom("\ufeffa\ufeff") == "a\ufeff"


def test_line_range_leaves_out_the_indentation() -> None:
    assert Text("\t 😀 x  \n").line_range(0) == Range(Position(0, 2), Position(0, 6))
    assert Text("   ").line_range(5) == Range(Position(0, 3), Position(0, 0))


@given(texts, st.integers(0, 60))
def test_offsets_and_positions_are_inverse(value: str, offset: int) -> None:
    text = Text(value)
    before = value[: min(offset, len(value))]
    if before.endswith("\r") and value[len(before) :].startswith("\n"):
        return  # between the two halves of a line end there is no position
    lines = Text(before).lines
    position = text.at_index(len(lines) - 1, len(lines[-1]))
    assert text.offset(position) == len(before)
    assert text.index(position) == (len(lines) - 1, len(lines[-1]))


@given(st.text(characters.filter(lambda char: char not in "\r\n"), max_size=40))
def test_utf16_length_is_what_utf16_takes(line: str) -> None:
    assert utf16_length(line) == len(line.encode("utf-16-le", "surrogatepass")) // 2
    units = [utf16_length(line[:index]) for index in range(len(line) + 1)]
    assert [utf16_to_index(line, unit) for unit in units] == list(range(len(line) + 1))


@given(texts, st.integers(0, 60), st.integers(0, 60), texts)
def test_an_edit_replaces_just_its_range(value: str, start: int, length: int, new: str) -> None:
    text = Text(value)
    first, last = Text(value[:start]).end, Text(value[: start + length]).end
    edited = text.replaced(Edit(Range(first, last), new)).value
    assert edited == value[: text.offset(first)] + new + value[max(text.offset(first), text.offset(last)) :]


@given(st.lists(st.sampled_from(["é", "😀", "a", "\t", "e\u0301"]), max_size=8).map("".join))
def test_columns_of_ast_are_found(prefix: str) -> None:
    source = f"'{prefix}'; name\r\n"
    node = ast.parse(source).body[1]
    start = Text(source).at_byte(node.lineno - 1, node.col_offset)
    line, index = Text(source).index(start)
    assert Text(source).lines[line][index:] == "name"
