"""Speaks to the runner inside a kernel, over its control port (:mod:`podium.runner.protocol`)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any, TypeVar

from podium.kernels.address import Address
from podium.kernels.http import Answer, Connections, ExchangeError
from podium.runner.protocol import Claim, Event, Health, Load, Loaded, LoadFailed, Look, Sight
from podium.runner.wire import WireError, from_wire, to_wire

T = TypeVar("T")

_HEALTH_TIMEOUT_S = 5.0
_SHUTDOWN_TIMEOUT_S = 2.0


class RunnerUnavailable(Exception):  # noqa: N818 - the name in the contract between the rooms
    """The runner did not give a usable answer: it is gone, hangs, or answered nonsense. The message says which."""


class RunnerClient:
    """The control port of one runner; each call may raise :class:`RunnerUnavailable`."""

    def __init__(self, address: Address, token: str) -> None:
        self._connections = Connections(address, token)

    def close(self) -> None:
        """Give up what is kept for further calls: the runner has ended."""
        self._connections.close()

    async def health(self, timeout_s: float | None = _HEALTH_TIMEOUT_S) -> Health:
        """How the runner is; ``None`` waits for as long as it takes to start."""
        return from_answer(Health, await self._ask("GET", "/healthz", timeout_s, expected=(HTTPStatus.OK,)))

    async def claim(self, claim: Claim, timeout_s: float = _HEALTH_TIMEOUT_S) -> None:
        """Make a runner that waits the runner of one app."""
        await self._ask("POST", "/claim", timeout_s, expected=(HTTPStatus.OK,), body=to_wire(claim))

    async def load(self, load: Load, timeout_s: float) -> Loaded | LoadFailed:
        """Serve these files from now on. A load that fails in user code is an answer, not an exception."""
        expected = (HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY)
        status, data = await self._ask("POST", "/load", timeout_s, expected=expected, body=to_wire(load))
        if status == HTTPStatus.OK:
            return from_answer(Loaded, (status, data))
        return from_answer(LoadFailed, (status, data))

    async def restore(self, timeout_s: float = _HEALTH_TIMEOUT_S) -> None:
        """Write the files of the app that it serves again, after another process has written others."""
        await self._ask("POST", "/restore", timeout_s, expected=(HTTPStatus.OK,))

    async def look(self, wanted: Look, timeout_s: float) -> Sight:
        """See what a name stands for in the running app; no code of the app's is run."""
        answer = await self._ask("POST", "/look", timeout_s, expected=(HTTPStatus.OK,), body=to_wire(wanted))
        return from_answer(Sight, answer)

    async def drain(self, timeout_s: float) -> None:
        """Close the app's WebSockets, and wait until no request is in flight."""
        await self._ask("POST", "/drain", timeout_s, expected=(HTTPStatus.OK,))

    async def shutdown(self, timeout_s: float = _SHUTDOWN_TIMEOUT_S) -> None:
        """Ask the runner to finish what it does and to exit; it has taken note when this returns."""
        await self._ask("POST", "/shutdown", timeout_s, expected=(HTTPStatus.ACCEPTED,))

    async def events(self, since: int = 0) -> AsyncGenerator[Event, None]:
        """Every event after number ``since``, then those to come. Never ends but with :class:`RunnerUnavailable`."""
        with _translated():
            async with self._connections.exchange("GET", f"/events?since={since}", endless=True) as answer:
                _check(answer, (HTTPStatus.OK,))
                async for line in _lines(answer.body):
                    yield from_answer(Event, (answer.status, _decoded(line)))
        raise RunnerUnavailable("the runner ended its event stream")

    async def _ask(
        self, method: str, path: str, timeout_s: float | None, *, expected: tuple[int, ...], body: Any = None
    ) -> tuple[int, Any]:
        payload = b"" if body is None else json.dumps(body).encode()
        with _translated():
            async with (
                asyncio.timeout(timeout_s),
                self._connections.exchange(method, path, body=payload) as answer,
            ):
                _check(answer, expected)
                raw = await answer.read()
                return answer.status, _decoded(raw) if raw else None


def from_answer(shape: type[T], answer: tuple[int, Any]) -> T:
    """The dataclass in an answer's JSON."""
    try:
        return from_wire(shape, answer[1])
    except WireError as error:
        raise RunnerUnavailable(f"the runner's answer does not fit the protocol: {error}") from error


def _decoded(raw: bytes) -> Any:
    """What the JSON says. User code may print lone surrogates, which no UTF-8 text can hold: they become ``?``."""
    data = json.loads(raw)
    return _without_surrogates(data) if b"\\ud" in raw.lower() else data


def _without_surrogates(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, list):
        return [_without_surrogates(item) for item in data]
    if isinstance(data, dict):
        return {_without_surrogates(name): _without_surrogates(value) for name, value in data.items()}
    return data


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise RunnerUnavailable("the runner did not answer in time") from error
    except ExchangeError as error:
        raise RunnerUnavailable(f"the runner cannot be reached: {error}") from error
    except json.JSONDecodeError as error:
        raise RunnerUnavailable(f"the runner answered something that is not JSON: {error}") from error


def _check(answer: Answer, expected: tuple[int, ...]) -> None:
    if answer.status not in expected:
        raise RunnerUnavailable(f"the runner answered with status {answer.status}")


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield line
