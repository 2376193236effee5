"""What the server and the kernel parent say to each other, over one Unix socket pair.

A frame is four bytes of length (big endian) and that much JSON: ``[number, type, fields]``. The server numbers its
requests from 1 and the parent answers each with one report of that number; :class:`Warmed` and :class:`Exited` come
unasked, as number 0. The file descriptors that :class:`Spawn` hands over travel beside the first byte of its frame
(``SCM_RIGHTS``). The parent speaks with its templates in the same way: it passes a :class:`Spawn` on with the
descriptors of its rulesets, the output and the gate in addition (:mod:`podium.kernels.parent.template`).

The socket pair is also the parent's lifeline: end of file on it means that the server is gone.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

MARK = "PODIUM_KERNEL"
"""The environment variable which tells to which kernel's family a process belongs."""
FIRST_SOCKET = 3
"""The file descriptor under which a child finds the first socket that was handed to it."""
MAX_SOCKETS = 8
"""Sockets that one :class:`Spawn` may hand over."""
MAX_DESCRIPTORS = MAX_SOCKETS + 4
"""Descriptors that go to a template with one :class:`Spawn`: sockets, two rulesets, the output and the gate."""
INTERPRETER_OPTIONS = ["-P", "-m"]
"""What stands between the interpreter and the module in the command of a kernel that can be forked."""
CHANNEL_VARIABLE = "PODIUM_TEMPLATE_FD"
"""The environment variable which tells a template where its channel to the kernel parent is."""
MAX_OUTPUT = 8 * 1024
"""Bytes that are kept of the end of what a child wrote to its standard output and error."""

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Spawn:
    """Start a kernel with this environment and, for each name in ``sockets``, an inherited socket's number under it.

    ``memory_bytes`` limits the data segment (Linux), ``open_files`` the file descriptors, ``file_bytes`` each file that
    is written, ``tasks`` the processes and threads of the kernel's family (Linux); 0 sets no limit. Where the command
    is ``INTERPRETER -P -m MODULE …`` and there is a warm template of that interpreter, the kernel is forked from it,
    unless it has to be ``cold``.

    A ``boxed`` kernel may do what it likes in its ``own`` folders, and read ``reads``; ``rulesets`` is how many of them
    the parent has made for it.
    """

    kernel: str
    argv: list[str]
    env: dict[str, str]
    cwd: str
    memory_bytes: int
    open_files: int
    sockets: list[str]
    cold: bool = False
    file_bytes: int = 0
    tasks: int = 0
    boxed: bool = False
    own: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    rulesets: int = 0


@dataclass(frozen=True, slots=True)
class Warm:
    """Start a template of this interpreter; ``kernel`` is its name in what is reported about it.

    One that imports what its users chose is in a box itself: like a kernel, but with the ``own`` folders of all that
    are to be forked from it, since a copy can only be kept closer. Without such folders there is no box.
    """

    kernel: str
    interpreter: str
    env: dict[str, str]
    own: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Signal:
    """Send a signal to the kernel's process group; nothing happens when it has ended already."""

    kernel: str
    signal: int


@dataclass(frozen=True, slots=True)
class List:
    """Ask which kernels live."""


@dataclass(frozen=True, slots=True)
class Spawned:
    """The process runs; it has not necessarily become the kernel's program yet. ``forked`` says: from a template."""

    pid: int
    forked: bool = False


@dataclass(frozen=True, slots=True)
class Warmed:
    """A template has imported everything, and kernels are forked from it from now on."""

    kernel: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The system would not start a process, and why."""

    message: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The process of each living kernel, by the kernel's id; every exit before it has been reported."""

    pids: dict[str, int]


@dataclass(frozen=True, slots=True)
class Exited:
    """A kernel ended.

    ``status`` is as from :func:`os.wait4`, ``peak_bytes`` its largest resident set, ``output`` the end of what it
    wrote; ``oom_kill`` says that the system's out-of-memory killer struck here since the parent last looked, and
    ``crowded`` that the parent ended the kernel for its many processes and threads.
    """

    kernel: str
    status: int
    peak_bytes: int
    oom_kill: bool
    output: str
    crowded: bool = False


Request = Spawn | Warm | Signal | List
Report = Spawned | Refused | Listing | Warmed | Exited
Message = Request | Report

_TYPES: dict[str, type[Message]] = {
    kind.__name__: kind for kind in (Spawn, Warm, Signal, List, Spawned, Refused, Listing, Warmed, Exited)
}


def encode(number: int, message: Message) -> bytes:
    """One frame."""
    body = json.dumps([number, type(message).__name__, asdict(message)]).encode()
    return _LENGTH.pack(len(body)) + body


class Decoder:
    """Puts frames together from the pieces in which a stream socket delivers them."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, Message]]:
        """The messages that are complete with ``data``, each with its number."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) < end:
                return
            number, name, fields = json.loads(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield number, _TYPES[name](**fields)
