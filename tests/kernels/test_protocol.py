"""Frames between the server and the kernel parent, and the environment that processes are given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.kernels.environment import base_environment, without_private
from podium.kernels.parent.families import Process, descendants
from podium.kernels.parent.protocol import Decoder, Exited, List, Listing, Message, Refused, Signal, Spawn, encode
from podium.kernels.runtime import make_runtime_directory

MESSAGES: list[Message] = [
    Spawn("k", ["python", "-c", "é"], {"A": "b"}, "/", 1 << 30, 256, ["PODIUM_APP_FD"]),
    Signal("k", 9),
    List(),
    Listing({"k": 12}),
    Refused("no more processes"),
    Exited("k", 139, 1 << 20, False, "the last words\n"),
]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(MESSAGES)), st.integers(min_value=1, max_value=200))
def test_messages_arrive_however_they_are_cut(messages: list[Message], size: int) -> None:
    sent = b"".join(encode(number, message) for number, message in enumerate(messages))
    decoder = Decoder()
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert [each for piece in pieces for each in decoder.feed(piece)] == list(enumerate(messages))


def test_descendants() -> None:
    table = {pid: Process(parent, session=0) for pid, parent in {2: 1, 3: 2, 4: 3, 5: 1, 6: 5, 7: 7}.items()}
    assert descendants(table, [2]) == {3, 4}
    assert descendants(table, [1]) == {2, 3, 4, 5, 6}
    assert descendants(table, [3, 5]) == {4, 6}
    assert descendants(table, [99]) == set()


def test_base_environment_is_a_few_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_TOKEN", "canary")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("TZ", "Europe/Vienna")
    environ = base_environment()
    assert "canary" not in environ.values()
    assert environ["TZ"] == "Europe/Vienna"
    assert environ["LANG"]
    assert environ["PATH"].endswith(os.environ["PATH"])


def test_private_variables_are_taken_out() -> None:
    assert without_private({"PODIUM_MONGO_URI": "x", "PLATFORM_MONGO_URI": "y"}) == {"PLATFORM_MONGO_URI": "y"}


@pytest.mark.parametrize("base", ["short", "long" * 20, "missing"])
def test_runtime_directory_is_private_and_short(base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Path("/tmp") if base == "short" else tmp_path / base
    if base.startswith("long"):
        given.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(given))
    made = make_runtime_directory()
    try:
        assert made.stat().st_mode & 0o777 == 0o700
        assert len(str(made)) < 60
    finally:
        made.rmdir()
