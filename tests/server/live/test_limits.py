"""A server with tight limits: how many kernels, how long a load."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from podium.server.gateway.upstream import ClosedError, InvalidAnswerError, RefusedError, UpstreamError
from podium.server.live.directory import what_happened, where_blocked
from podium.tests.server.live.bench import Bench, new_bench
from podium.tests.server.live.test_runs import HELLO, problem
from podium.tests.support.server import Podium, running

ONE_KERNEL = {"PODIUM_MAX_KERNELS": "1", "PODIUM_LOAD_SECONDS": "5"}


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podium]:
    """A server for one kernel at a time and loads of five seconds."""
    with running(tmp_path_factory.mktemp("tight") / "data", env=ONE_KERNEL) as podium:
        yield podium


@pytest.fixture
async def only(tight: Podium) -> AsyncIterator[Bench]:
    async with tight.async_client() as api:
        bench = await new_bench(tight, api)
        yield bench
        await api.delete(f"{bench.path}/run")


async def test_one_app_too_many_is_told_the_limit(only: Bench) -> None:
    await only.start(HELLO)
    other = await new_bench(only.podium, only.api)
    found = problem(await other.run())
    assert (found["status"], found["type"], found["limit"]) == (409, "/problems/kernel-limit", 1)
    assert (await other.state())["state"] == "stopped"
    assert (await only.send("/"))["status"] == 200
    await only.api.delete(f"{only.path}/run")
    assert (await other.start(HELLO))["state"] == "running"
    await other.api.delete(f"{other.path}/run")


async def test_code_that_is_never_loaded_is_given_up_and_the_next_version_runs(only: Bench) -> None:
    await only.write("import time\n\nwhile True:\n    time.sleep(0.1)\n")
    found = problem(await only.run())
    assert found["status"] == 422
    assert [frame["path"] for frame in found["frames"] if frame["user"]] == ["main.py"]
    assert (await only.state())["failure"]["kind"] == "timeout"
    answer = await only.call("/")
    assert answer.status_code == 503
    assert "last run failed" in answer.json()["detail"]
    assert (await only.start(HELLO))["state"] == "running"
    assert (await only.call("/")).text == "one"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RefusedError("x"), "Nothing accepts connections"),
        (ClosedError("x", begun=True), "before its answer was complete"),
        (ClosedError("x", begun=False), "without an answer"),
        (InvalidAnswerError("no status line"), "no status line"),
        (TimeoutError(), "did not begin to answer in time"),
    ],
)
def test_why_there_is_no_answer(error: UpstreamError | TimeoutError, sentence: str) -> None:
    assert sentence in what_happened(error)


def test_where_a_loop_stands_still() -> None:
    library = {"path": "/lib/x.py", "line": 1, "function": "inner", "user": False}
    user = {"path": "main.py", "line": 12, "function": "slow", "user": True}
    assert "at main.py line 12, in slow," in where_blocked({"frames": [user, library]})
    assert "stands still, so" in where_blocked({"frames": [library]})
