"""Everything that goes over the control port comes back as it was; what does not fit is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.runner import protocol
from podium.runner.wire import WireError, from_wire, to_wire

SHAPES = (
    protocol.Failure,
    protocol.Health,
    protocol.Load,
    protocol.Loaded,
    protocol.LoadFailed,
    protocol.LogLine,
    protocol.Record,
    protocol.Route,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@given(st.data(), st.sampled_from(SHAPES))
def test_what_is_sent_comes_back(data: st.DataObject, shape: type[Any]) -> None:
    value = data.draw(st.from_type(shape))
    assert from_wire(shape, json.loads(json.dumps(to_wire(value)))) == value


@given(JSON, st.sampled_from(SHAPES))
def test_nothing_else_is_taken_for_it(data: Any, shape: type[Any]) -> None:
    with pytest.raises(WireError):
        from_wire(shape, data)


def test_unknown_fields_of_a_newer_writer_are_ignored() -> None:
    data = to_wire(protocol.Health(1, "v", 0, 0.0, 5)) | {"newer": True}
    assert from_wire(protocol.Health, data) == protocol.Health(1, "v", 0, 0.0, 5)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"files": {"a.py": 1}}, r"Load\.files\['a\.py'\]: expected str, got int"),
        ({"entry": None}, r"Load\.entry: expected str, got NoneType"),
        ({"files": []}, r"Load\.files: expected dict, got list"),
    ],
)
def test_a_mistake_is_located(change: dict[str, Any], place: str) -> None:
    with pytest.raises(WireError, match=place):
        from_wire(protocol.Load, {"files": {}, "entry": "main.py", "version": "1"} | change)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(WireError, match="version"):
        from_wire(protocol.Load, {"files": {}, "entry": "main.py"})


@pytest.mark.parametrize("pair", [["a"], ["a", "b", "c"], "ab", [1, "b"]])
def test_a_header_is_a_pair_of_texts(pair: Any) -> None:
    body = {"size": 0}
    with pytest.raises(WireError):
        from_wire(protocol.RecordedRequest, {"method": "GET", "path": "/", "headers": [pair], "body": body})


def test_truth_is_no_number() -> None:
    with pytest.raises(WireError):
        from_wire(protocol.Body, {"size": True})
