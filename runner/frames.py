"""Tracebacks, stacks and coroutines as :class:`Frame` values, exceptions as :class:`Failure` values.

Frames of the runner and of the import system are left out; paths of the app's own files are relative to its folder,
those of libraries to the folder they are installed in. Frames run from the outermost call to the place of the error.
"""

from __future__ import annotations

import gc
import importlib
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, TracebackType
from typing import Any

from podium.runner.hints import hint_for
from podium.runner.protocol import Failure, FailureKind, Frame

MAX_FRAMES = 100
MAX_MESSAGE = 4000
MAX_SOURCE = 300

_OWN_FOLDER = str(Path(__file__).parent) + os.sep
_IMPORT_SYSTEM = ("<frozen importlib", "<frozen runpy", importlib.__file__)
_FRAME_ATTRIBUTES = ("cr_frame", "ag_frame", "gi_frame")
_AWAIT_ATTRIBUTES = ("cr_await", "ag_await", "gi_yieldfrom")
_STEPS = frozenset({"async_generator_asend", "async_generator_athrow", "anext_awaitable", "coroutine_wrapper"})
_PROTOCOL_FOLDER = os.path.join("uvicorn", "protocols", "")


class FrameReader:
    """Reads frames with respect to one app folder, which may become known later, in a process that may be ``boxed``."""

    def __init__(self, app_dir: Path | None = None, *, boxed: bool = False) -> None:
        self._root = str(app_dir) + os.sep
        self._boxed = boxed

    def enter(self, app_dir: Path) -> None:
        """Take this as the app's folder."""
        self._root = str(app_dir) + os.sep

    def failure(self, kind: FailureKind, error: BaseException) -> Failure:
        """Describe ``error``: its message with what caused it, its frames, and what to do now."""
        chain = list(_chain(error))
        frames = [frame for link in chain for frame in self._of_exception(link)]
        return Failure(
            kind=FailureKind.SYNTAX if kind is FailureKind.IMPORT and isinstance(chain[-1], SyntaxError) else kind,
            message=clip(_message(chain), MAX_MESSAGE),
            frames=_bounded(frames),
            exception=qualified_name(type(error)),
            hint=hint_for(chain[-1], kind, boxed=self._boxed),
        )

    def of_stack(self, frame: FrameType | None) -> tuple[Frame, ...]:
        """Where a thread stands, from its innermost frame."""
        stack: list[tuple[CodeType, int | None]] = []
        while frame is not None:
            stack.append((frame.f_code, frame.f_lineno))
            frame = frame.f_back
        return _bounded(self._frames(stack[::-1]))

    def of_thread(self, ident: int | None) -> tuple[Frame, ...]:
        """Where the thread with this identifier stands; empty when it is gone."""
        return self.of_stack(sys._current_frames().get(ident)) if ident is not None else ()

    def of_coroutine(self, coroutine: Any) -> tuple[Frame, ...]:
        """Where a suspended coroutine stands, through what it awaits."""
        return _bounded(self._frames((frame.f_code, frame.f_lineno) for frame in _suspended(coroutine)))

    def relative(self, filename: str) -> str | None:
        """Return the path of one of the app's own files relative to its folder, ``None`` for any other file."""
        return filename[len(self._root) :].replace(os.sep, "/") if filename.startswith(self._root) else None

    def _of_exception(self, error: BaseException) -> Iterator[Frame]:
        yield from self._frames(_entries(error.__traceback__))
        if isinstance(error, SyntaxError) and error.filename:
            path = self.relative(error.filename)
            source = clip((error.text or "").strip(), MAX_SOURCE) or None
            yield Frame(path or error.filename, error.lineno or 1, "<module>", source, user=path is not None)

    def _frames(self, entries: Iterable[tuple[CodeType, int | None]]) -> list[Frame]:
        """Read a stack without the runner's own frames, and without what led from them to the first user frame."""
        frames: list[Frame] = []
        seen_user = False
        for code, line in entries:
            if code.co_filename.startswith(_OWN_FOLDER):
                frames = frames if seen_user else []
            elif not code.co_filename.startswith(_IMPORT_SYSTEM):
                frames.append(self._frame(code, line or 1))
                seen_user = seen_user or frames[-1].user
        return frames

    def _frame(self, code: CodeType, line: int) -> Frame:
        path = self.relative(code.co_filename)
        linecache.checkcache(code.co_filename)
        source = clip(linecache.getline(code.co_filename, line).strip(), MAX_SOURCE) or None
        return Frame(path or _installed_path(code.co_filename), line, code.co_qualname, source, user=path is not None)


def _entries(entry: TracebackType | None) -> Iterator[tuple[CodeType, int | None]]:
    while entry is not None:
        yield entry.tb_frame.f_code, entry.tb_lineno
        entry = entry.tb_next


def _suspended(awaitable: Any) -> Iterator[FrameType]:
    """Yield the frames of a suspended coroutine through all that it awaits, async generators included."""
    while awaitable is not None:
        frame = next(filter(None, (getattr(awaitable, name, None) for name in _FRAME_ATTRIBUTES)), None)
        if frame is not None:
            yield frame
            awaitable = next(filter(None, (getattr(awaitable, name, None) for name in _AWAIT_ATTRIBUTES)), None)
        else:
            # The awaitable of an async generator's next step has no attribute that leads to the generator.
            held = gc.get_referents(awaitable) if type(awaitable).__name__ in _STEPS else []
            awaitable = next((value for value in held if isinstance(value, AsyncGeneratorType | CoroutineType)), None)


def from_protocol(error: BaseException) -> bool:
    """Tell whether the HTTP server itself raised ``error``, because the app broke the rules of ASGI or HTTP."""
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry is not None and _PROTOCOL_FOLDER in entry.tb_frame.f_code.co_filename


def clip(text: str, limit: int) -> str:
    """Cut ``text`` to ``limit`` characters; the last words then say how many are gone."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def qualified_name(cls: type[Any]) -> str:
    """Name ``cls`` as a traceback does: with its module, except for built-ins."""
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def guarded(read: Callable[[], str], fallback: str) -> str:
    """Return what ``read`` returns; a user's ``__str__`` may itself raise, and then ``fallback`` is said instead."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - user code, and its failure is said in the answer
        return f"{fallback} (its text could not be read: {type(error).__name__})"


def _message(chain: list[BaseException]) -> str:
    """Join the sentences of errors and their causes; a group's own sentence already has those of its members."""
    before: list[BaseException | None] = [None, *chain]
    told = [link for prior, link in zip(before, chain, strict=False) if not isinstance(prior, BaseExceptionGroup)]
    return "; caused by ".join(_sentence(link) for link in told)


def _sentence(error: BaseException) -> str:
    name = qualified_name(type(error))
    text = guarded(lambda: "".join(traceback.TracebackException.from_exception(error).format_exception_only()), name)
    if isinstance(error, SyntaxError):
        return f"{name}: {guarded(lambda: str(error.msg), name)}"
    if isinstance(error, BaseExceptionGroup):
        leaves = [_sentence(leaf) for leaf in error.exceptions[:5]]
        return f"{name}: {error.message}: " + "; ".join(leaves)
    return text.strip() or name


def _chain(error: BaseException) -> Iterator[BaseException]:
    """``error``, then what it was raised from or, for a group, its first member, down to the root."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.exceptions[0] if isinstance(link, BaseExceptionGroup) else link.__cause__


def _bounded(frames: list[Frame]) -> tuple[Frame, ...]:
    """Keep both ends of a very long list (endless recursion): how it began and where it broke."""
    half = MAX_FRAMES // 2
    return tuple(frames) if len(frames) <= MAX_FRAMES else (*frames[:half], *frames[-half:])


def _installed_path(filename: str) -> str:
    """Shorten a library's path to what follows the folder it is imported from."""
    folders: Iterable[str] = sorted((entry for entry in sys.path if entry), key=len, reverse=True)
    for folder in folders:
        if filename.startswith(folder.rstrip(os.sep) + os.sep):
            return filename[len(folder.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
    return filename
