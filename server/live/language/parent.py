"""The parent of the language processes of one environment (the other side: ``podium.ide.language.forking``)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
from typing import Any, Self

import structlog

from podium.kernels.environment import base_environment
from podium.kernels.environments.python import Python
from podium.server.live.language.home import LanguageHome
from podium.server.live.language.process import LanguageProcess

log = structlog.get_logger("podium.language")

FORK_S = 40.0
"""How long a fork may take: in its first seconds the parent learns, and forks in between."""
_MAX_LINE = 4096


class ForkError(Exception):
    """No process could be forked, and why."""


class LanguageParent:
    """Started with :meth:`start`; end it with :meth:`close`, and everything that it forked."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._killed = False
        self._names = itertools.count(1)
        self._forking: dict[str, asyncio.Future[int]] = {}
        self._living: dict[str, asyncio.Event] = {}
        self._reports = asyncio.create_task(self._read_reports(), name=f"reports of language parent {process.pid}")
        self._errors = asyncio.create_task(self._log_errors(), name=f"errors of language parent {process.pid}")

    @classmethod
    async def start(cls, home: LanguageHome, python: Python) -> Self:
        """Start a parent whose processes know the packages of an environment. Raises :class:`OSError`."""
        folder = await asyncio.to_thread(home.prepare, python)
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *home.command(python, theirs.fileno()),
                cwd=folder,
                stdin=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=base_environment() | {"TMPDIR": str(folder)},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        ours.setblocking(False)
        return cls(process, ours)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not (self._killed or self._reports.done())

    async def fork(self, *, learned: bool) -> LanguageProcess:
        """Fork a process, once enough is ``learned`` for one that infers types. Raises :class:`ForkError`."""
        name = str(next(self._names))
        answer = self._forking[name] = asyncio.get_running_loop().create_future()
        self._living[name] = asyncio.Event()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._tell({"fork": name, "learned": learned}, theirs)
            async with asyncio.timeout(FORK_S):
                pid = await answer
        except (OSError, TimeoutError) as error:
            ours.close()
            self.kill()
            raise ForkError("the language parent does not answer") from error
        except BaseException:
            ours.close()
            raise
        finally:
            del self._forking[name]
        reader, writer = await asyncio.open_connection(sock=ours)
        return LanguageProcess(pid, reader, writer, lambda: self._end(name))

    def kill(self) -> None:
        """End it now, and with it everything that it forked."""
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def close(self) -> None:
        """End it and wait until it is gone."""
        self.kill()
        await self._process.wait()
        await asyncio.wait([self._reports, self._errors])

    async def _end(self, name: str) -> None:
        """Kill a forked process and wait until it is gone."""
        ended = self._living.get(name)
        if ended is None:
            return
        with contextlib.suppress(OSError):
            self._tell({"end": name})
        await ended.wait()

    def _tell(self, request: dict[str, Any], *sockets: socket.socket) -> None:
        socket.send_fds(self._control, [json.dumps(request).encode() + b"\n"], [item.fileno() for item in sockets])

    async def _read_reports(self) -> None:
        reader, writer = await asyncio.open_connection(sock=self._control)
        try:
            while line := await reader.readline():
                self._take(json.loads(line))
        except ConnectionError:
            if not self._killed:
                log.warning("the language parent is gone", pid=self.pid)
        finally:
            writer.close()
            for answer in self._forking.values():
                if not answer.done():
                    answer.set_exception(ForkError("the language parent ended"))
            for ended in self._living.values():
                ended.set()

    def _take(self, report: dict[str, Any]) -> None:
        match report:
            case {"forked": name, "pid": pid} if name in self._forking:
                self._forking[name].set_result(pid)
            case {"refused": name, "reason": reason} if name in self._forking:
                self._forking[name].set_exception(ForkError(reason))
            case {"ended": name}:
                self._living.pop(name).set()

    async def _log_errors(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - it is a pipe
        while line := await stderr.read(_MAX_LINE):
            log.warning("language process", says=line.decode(errors="replace").rstrip())
