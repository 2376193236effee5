"""Environment variables of an app, and when a kernel sees them."""

from __future__ import annotations

from typing import Any

import pytest

from podium.tests.server.live.bench import Bench

APP = (
    "import os\n"
    "from fastapi import FastAPI\n\n"
    "app = FastAPI()\n\n\n"
    "@app.get('/')\n"
    "def read() -> str | None:\n"
    "    return os.environ.get('GREETING')\n"
)


async def put(bench: Bench, variables: dict[str, Any]) -> int:
    answer = await bench.api.put(f"{bench.path}/env", json={"variables": variables})
    return answer.status_code


async def test_a_running_kernel_asks_for_a_restart_and_then_has_them(bench: Bench) -> None:
    await bench.start(APP)
    async with bench.events() as events:
        assert await put(bench, {"GREETING": "hello = \u00fc"}) == 200
        needed = (await events.run(lambda data: data["restart_needed"]))["restart_needed"]
        assert "Restart the kernel" in needed
        # Another Run in the same kernel applies nothing.
        assert (await bench.run()).json()["restart_needed"] == needed
        assert (await bench.call()).json() is None
        answer = await bench.api.post(f"{bench.path}/run/restart")
    assert answer.json()["restart_needed"] is None
    assert (await bench.call()).json() == "hello = \u00fc"


async def test_variables_that_are_as_before_need_nothing(bench: Bench) -> None:
    assert await put(bench, {"GREETING": "one"}) == 200
    await bench.start(APP)
    assert (await bench.call()).json() == "one"
    for value, needs in (("two", True), ("one", False)):
        assert await put(bench, {"GREETING": value}) == 200
        assert bool((await bench.state())["restart_needed"]) is needs
    assert (await bench.api.get(f"{bench.path}/env")).json() == {"variables": {"GREETING": "one"}}


@pytest.mark.parametrize(
    "variables",
    [
        {"1X": ""},
        {"A-B": ""},
        {"": ""},
        {"A\n": ""},
        {"A": 1},
        {"A": "\0"},
        {"A": "x" * 8_001},
        {"PLATFORM_MONGO_URI": "mongodb://elsewhere"},
        {"PODIUM_CONTROL_TOKEN": "known"},
        {f"V{number}": "" for number in range(101)},
    ],
)
async def test_what_cannot_be_a_variable_is_refused(bench: Bench, variables: dict[str, Any]) -> None:
    assert await put(bench, variables) == 422
    assert (await bench.api.get(f"{bench.path}/env")).json() == {"variables": {}}
