"""Tracebacks, stacks and suspended coroutines as frames."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from podium.runner.frames import FrameReader, clip, qualified_name
from podium.runner.protocol import FailureKind

SOURCE = """
import asyncio, contextlib, json, threading

def simple():
    raise ValueError("simple")

def context():
    try:
        simple()
    except ValueError:
        raise KeyError("while handling")

def cause():
    try:
        simple()
    except ValueError as error:
        raise KeyError("because") from error

def hidden():
    try:
        simple()
    except ValueError:
        raise KeyError("alone") from None

def group():
    raise ExceptionGroup("two", [ValueError("one"), TypeError("other")])

def circle():
    error = ValueError("round")
    error.__cause__ = KeyError("and round")
    error.__cause__.__cause__ = error
    raise error

def library():
    json.loads("{")

@contextlib.asynccontextmanager
async def managed():
    await asyncio.get_running_loop().create_future()
    yield

async def inner():
    async with managed():
        pass

async def outer():
    await inner()

async def looping():
    async for _ in endless():
        pass

async def endless():
    await asyncio.Event().wait()
    yield

def waiting(started, release):
    started.set()
    release.wait()
"""


@pytest.fixture
def user(tmp_path: Path) -> ModuleType:
    """A module of the app."""
    (tmp_path / "pack").mkdir()
    path = tmp_path / "pack" / "mod.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("mod", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def reader(tmp_path: Path) -> FrameReader:
    """Reads frames with respect to the app's folder."""
    return FrameReader(tmp_path)


def failure_of(reader: FrameReader, function: Callable[[], Any]) -> tuple[str, list[tuple[str, str | None]]]:
    """Return the message and the user frames of what a function raises."""
    try:
        function()
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked at
        failure = reader.failure(FailureKind.HANDLER, error)
        return failure.message, [(frame.function, frame.source) for frame in failure.frames if frame.user]
    raise AssertionError("nothing was raised")


SIMPLE = ("simple", 'raise ValueError("simple")')


@pytest.mark.parametrize(
    ("name", "message", "frames"),
    [
        ("simple", "ValueError: simple", [SIMPLE]),
        ("context", "KeyError: 'while handling'", [("context", 'raise KeyError("while handling")')]),
        (
            "cause",
            "KeyError: 'because'; caused by ValueError: simple",
            [("cause", 'raise KeyError("because") from error'), ("cause", "simple()"), SIMPLE],
        ),
        ("hidden", "KeyError: 'alone'", [("hidden", 'raise KeyError("alone") from None')]),
        ("circle", "ValueError: round; caused by KeyError: 'and round'", [("circle", "raise error")]),
    ],
)
def test_chains(
    reader: FrameReader, user: ModuleType, name: str, message: str, frames: list[tuple[str, str | None]]
) -> None:
    assert failure_of(reader, getattr(user, name)) == (message, frames)


def test_a_group_names_its_members(reader: FrameReader, user: ModuleType) -> None:
    message, _ = failure_of(reader, user.group)
    assert message == "ExceptionGroup: two: ValueError: one; TypeError: other"


def test_paths_are_relative_to_the_app_or_to_where_a_library_is(reader: FrameReader, user: ModuleType) -> None:
    with pytest.raises(ValueError, match="property name") as caught:
        user.library()
    failure = reader.failure(FailureKind.HANDLER, caught.value)
    assert [(f.path, f.user) for f in failure.frames if f.user] == [("pack/mod.py", True)]
    assert (failure.frames[-1].path, failure.frames[-1].user) == ("json/decoder.py", False)
    assert failure.exception == "json.decoder.JSONDecodeError"


@pytest.mark.parametrize("text", ["x = (", "def f(:", "a b", "x = 'unfinished", "  x = 1", "return"])
def test_a_syntax_error_ends_at_its_line(reader: FrameReader, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.py"
    with pytest.raises(SyntaxError) as caught:
        compile(f"ok = 1\n{text}\n", str(path), "exec")
    failure = reader.failure(FailureKind.IMPORT, caught.value)
    assert failure.kind is FailureKind.SYNTAX
    assert (failure.frames[-1].path, failure.frames[-1].line, failure.frames[-1].user) == ("bad.py", 2, True)


@pytest.mark.parametrize(
    ("name", "functions"), [("outer", ["outer", "inner", "managed"]), ("looping", ["looping", "endless"])]
)
async def test_where_a_coroutine_is_suspended(
    reader: FrameReader, user: ModuleType, name: str, functions: list[str]
) -> None:
    task = asyncio.create_task(getattr(user, name)())
    await asyncio.sleep(0)
    frames = reader.of_coroutine(task.get_coro())
    assert [frame.function for frame in frames if frame.user] == functions
    task.cancel()
    await asyncio.wait([task])
    assert reader.of_coroutine(task.get_coro()) == ()


def test_where_a_thread_stands(reader: FrameReader, user: ModuleType) -> None:
    started, release = threading.Event(), threading.Event()
    thread = threading.Thread(target=user.waiting, args=(started, release))
    thread.start()
    started.wait()
    frames = [frame for frame in reader.of_thread(thread.ident) if frame.user]
    release.set()
    thread.join()
    assert [frame.function for frame in frames] == ["waiting"]
    assert reader.of_thread(thread.ident) == reader.of_thread(None) == ()


def test_a_source_line_is_read_again_after_an_edit(reader: FrameReader, user: ModuleType, tmp_path: Path) -> None:
    assert failure_of(reader, user.simple)[1] == [SIMPLE]
    path = tmp_path / "pack" / "mod.py"
    path.write_text(path.read_text().replace('ValueError("simple")', 'ValueError("edited, and longer")'))
    assert failure_of(reader, user.simple)[1] == [("simple", 'raise ValueError("edited, and longer")')]


def test_long_messages_are_cut(reader: FrameReader) -> None:
    failure = reader.failure(FailureKind.HANDLER, ValueError("x" * 100_000))
    assert failure.message.endswith("more characters)")
    assert len(failure.message) < 5_000


def test_clip_counts_what_is_gone() -> None:
    assert clip("abc", 3) == "abc"
    assert clip("abcd", 3) == "abc… (1 more characters)"


def test_names_of_builtins_have_no_module() -> None:
    assert qualified_name(ValueError) == "ValueError"
    assert qualified_name(asyncio.QueueEmpty) == "asyncio.queues.QueueEmpty"
