"""The kernel parent's side of its templates: asks them for copies, and opens the gate for what was forked."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

from podium.kernels.parent.protocol import INTERPRETER_OPTIONS, Decoder, Refused, Report, Spawn, Warmed, encode

_CHUNK = 64 * 1024
_MAX_BIRTHS = 8
"""Kernels that one template forks at a time, so that it can never have too many requests to read."""


@dataclass(slots=True)
class Birth:
    """A kernel that is being forked: the server's request, its number, and the descriptors that are handed over.

    ``pipe`` is where its output can be read, ``gate`` holds it back, and ``signals`` came before it was there.
    """

    number: int
    request: Spawn
    sockets: list[int]
    rulesets: list[int]
    pipe: int
    gate: int
    signals: list[int] = field(default_factory=list)

    def open_gate(self) -> None:
        """Let the new process begin."""
        with contextlib.suppress(BrokenPipeError):  # it was killed at the gate
            os.write(self.gate, b"!")

    def close(self) -> None:
        """Close what has been handed over; the pipe stays open."""
        for fd in (*self.sockets, *self.rulesets, self.gate):
            os.close(fd)


class TemplateChannel:
    """Speaks with one template, which runs ``interpreter``."""

    def __init__(self, channel: socket.socket, interpreter: str) -> None:
        self._interpreter = interpreter
        self._channel = channel
        self._decoder = Decoder()
        self._channel.setblocking(False)
        self._warm = False
        self._births: dict[int, Birth] = {}

    def fileno(self) -> int:
        """What becomes readable when there is something for :meth:`read`."""
        return self._channel.fileno()

    def can_fork(self, request: Spawn) -> bool:
        """Whether this request can be answered with a copy of the template."""
        command = [self._interpreter, *INTERPRETER_OPTIONS]
        free = self._warm and len(self._births) < _MAX_BIRTHS
        return free and not request.cold and request.argv[: len(command)] == command

    def fork(self, number: int, request: Spawn, sockets: list[int], rulesets: list[int]) -> None:
        """Ask for a copy; takes over the descriptors. Raises :class:`OSError`, and they are then the caller's."""
        pipe, output = os.pipe()
        waiting, gate = os.pipe()
        try:
            os.set_blocking(pipe, False)
            socket.send_fds(self._channel, [encode(number, request)], [*sockets, *rulesets, output, waiting])
        except OSError:
            os.close(pipe)
            os.close(gate)
            raise
        finally:
            os.close(output)
            os.close(waiting)
        self._births[number] = Birth(number, request, sockets, rulesets, pipe, gate)

    def read(self) -> Iterator[tuple[Birth | None, Report]]:
        """What the template has said: that it is warm, and what has become of each birth, which is now the caller's."""
        for number, report in self._decoder.feed(self._receive()):
            if isinstance(report, Warmed):
                self._warm = True
            yield self._births.pop(number, None), report  # type: ignore[misc]  # a template sends reports only

    def end(self) -> Iterator[tuple[Birth | None, Report]]:
        """Read the last words of a template that has ended; every birth that it has not answered has failed."""
        yield from self.read()
        self._warm = False
        self._channel.close()
        while self._births:
            yield self._births.popitem()[1], Refused("the template has ended")

    def unborn(self, kernel: str) -> Birth | None:
        """The birth of this kernel, while it goes on."""
        return next((birth for birth in self._births.values() if birth.request.kernel == kernel), None)

    def _receive(self) -> bytes:
        try:
            return self._channel.recv(_CHUNK)
        except (BlockingIOError, ConnectionError):
            return b""
