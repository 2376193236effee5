"""Running apps: stages, failures, reloads, presses at the same time, kernels that die."""

from __future__ import annotations

import asyncio
import signal

import httpx
import psutil
import pytest

from podium.tests.server.live.bench import Bench, Json

HELLO = """\
import asyncio
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("one")


async def pid(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(os.getpid()))


async def hang(request: Request) -> PlainTextResponse:
    await asyncio.Event().wait()
    return PlainTextResponse("never")


app = Starlette(routes=[Route("/", hello), Route("/pid", pid), Route("/hang", hang)])
"""
"""An app that starts quickly."""


def problem(answer: httpx.Response) -> Json:
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: Json = answer.json()
    return found


async def test_a_run_tells_its_stages_and_how_long_they_took(bench: Bench) -> None:
    async with bench.events() as events:
        assert events.hello["data"]["run"]["state"] == "stopped"
        run = await bench.start(HELLO)
        told = [await events.stage(stage) for stage in ("check", "kernel", "load")]
        assert {data["state"] for data in told} == {"starting"}
        ready = await events.run(lambda data: data["state"] == "running")
    timings = run["timings"]
    assert ready["version"] == run["version"]
    assert run["framework"] == "Starlette"
    assert {route["path"] for route in run["routes"]} >= {"/", "/pid"}
    assert timings["source"] in {"ready", "forked", "cold"}
    assert timings["kernel_ms"] > 0
    assert timings["load_ms"] > 0
    slowest = max(timings["check_ms"], timings["kernel_ms"])
    assert slowest + timings["load_ms"] + timings["ready_ms"] <= timings["total_ms"] + 0.5


async def test_a_second_run_reloads_in_the_same_kernel(bench: Bench) -> None:
    first = await bench.start(HELLO)
    second = await bench.start(HELLO.replace('"one"', '"two"'))
    assert second["session"] == first["session"]
    assert second["timings"]["source"] == "reused"
    assert second["version"] != first["version"]
    assert second["generation"] > first["generation"]
    assert (await bench.send("/"))["body"]["text"] == "two"


async def test_the_same_content_is_the_same_version(bench: Bench) -> None:
    first = await bench.start(HELLO)
    await bench.start(HELLO + "# changed\n")
    assert (await bench.start(HELLO))["version"] == first["version"]


async def test_mistakes_that_the_check_finds_stop_a_run(bench: Bench) -> None:
    await bench.write("def broken(:\n    pass\n")
    found = problem(await bench.run())
    assert found["status"] == 422
    assert found["type"] == "/problems/check-failed"
    assert found["diagnostics"][0]["path"] == "main.py"
    assert found["diagnostics"][0]["range"]["start"]["line"] == 0
    state = await bench.state()
    assert state["state"] == "failed"
    assert state["diagnostics"] == found["diagnostics"]


async def test_a_load_that_fails_is_located_and_the_old_version_goes_on(bench: Bench) -> None:
    good = await bench.start(HELLO)
    await bench.write(HELLO + "\n\ndef setup() -> None:\n    raise RuntimeError('not today')\n\n\nsetup()\n")
    found = problem(await bench.run())
    assert found["type"] == "/problems/load-failed"
    assert "not today" in found["detail"]
    assert "goes on serving" in found["detail"]
    user = [frame for frame in found["frames"] if frame["user"]]
    assert user[-1]["function"] == "setup"
    state = await bench.state()
    assert state["state"] == "running"
    assert state["version"] == good["version"]
    assert "not today" in state["failure"]["message"]
    assert (await bench.call("/")).text == "one"
    repaired = await bench.start(HELLO)
    assert repaired["failure"] is None


async def test_a_first_load_that_fails_can_be_repaired_in_the_same_kernel(bench: Bench) -> None:
    await bench.write("import no_such_package_anywhere\n" + HELLO)
    assert problem(await bench.run())["status"] == 422
    assert (await bench.state())["state"] == "failed"
    assert (await bench.call("/")).status_code == 503
    run = await bench.start(HELLO)
    assert run["state"] == "running"
    assert (await bench.call("/")).text == "one"


async def test_presses_at_the_same_time_are_one_kernel_and_the_newest_files(bench: Bench) -> None:
    await bench.write(HELLO)
    presses = [asyncio.create_task(bench.run()) for _ in range(3)]
    await bench.write(HELLO.replace('"one"', '"newest"'))
    presses.append(asyncio.create_task(bench.run()))
    answers = await asyncio.gather(*presses)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["session"] for answer in answers}) == 1
    assert (await bench.send("/"))["body"]["text"] == "newest"
    assert answers[-1].json()["version"] == (await bench.state())["version"]


async def test_an_app_is_stopped_and_its_process_is_gone(bench: Bench) -> None:
    await bench.start(HELLO)
    kernel = await bench.kernel()
    stopped = (await bench.api.delete(f"{bench.path}/run")).json()
    assert stopped["state"] == "stopped"
    assert stopped["version"] is None
    assert stopped["exit"]["reason"] == "stopped"
    assert not kernel.is_running()
    assert (await bench.call("/")).status_code == 503


async def test_stopping_an_app_that_still_starts(bench: Bench) -> None:
    await bench.write("import time\ntime.sleep(60)\n" + HELLO)
    async with bench.events() as events:
        press = asyncio.create_task(bench.run())
        await events.stage("load")
        stopped = (await bench.api.delete(f"{bench.path}/run")).json()
        assert stopped["state"] == "stopped"
        assert problem(await press)["type"] == "/problems/run-stopped"
    assert (await bench.start(HELLO))["state"] == "running"


async def test_stopping_twice_and_what_never_ran_is_no_error(bench: Bench) -> None:
    for _ in range(2):
        assert (await bench.api.delete(f"{bench.path}/run")).json()["state"] == "stopped"


async def test_a_restart_brings_the_app_up_in_another_kernel(bench: Bench) -> None:
    first = await bench.start(HELLO)
    again = (await bench.api.post(f"{bench.path}/run/restart")).json()
    assert again["state"] == "running"
    assert again["session"] != first["session"]
    assert (await bench.call("/")).text == "one"


async def test_an_interrupt_needs_a_kernel(bench: Bench) -> None:
    assert problem(await bench.api.post(f"{bench.path}/run/interrupt"))["type"] == "/problems/not-running"
    await bench.start(HELLO)
    assert (await bench.api.post(f"{bench.path}/run/interrupt")).json()["state"] == "running"
    assert (await bench.call("/")).text == "one"


async def test_a_kernel_that_is_killed_is_reported_and_replaced_by_the_next_run(bench: Bench) -> None:
    first = await bench.start(HELLO)
    kernel = await bench.kernel()
    async with bench.events() as events:
        kernel.send_signal(signal.SIGKILL)
        failed = await events.run(lambda data: data["state"] == "failed")
    assert failed["exit"]["signal"] == "SIGKILL"
    assert failed["exit"]["hint"]
    assert failed["session"] is None
    answer = await bench.call("/")
    assert answer.status_code == 503
    assert "SIGKILL" in answer.json()["detail"]
    again = await bench.start(HELLO)
    assert again["session"] != first["session"]
    assert again["exit"] is None


async def test_code_that_ends_the_process_while_it_is_loaded(bench: Bench) -> None:
    await bench.write("import os\nos._exit(7)\n")
    found = problem(await bench.run())
    assert found["type"] == "/problems/kernel-ended"
    assert "7" in found["detail"]
    state = await bench.state()
    assert state["state"] == "failed"
    assert state["exit"]["code"] == 7


async def test_the_apps_own_database_and_folder(bench: Bench) -> None:
    where = "f\"{os.environ['PLATFORM_MONGO_URI']} {os.getcwd()}\""
    await bench.start(HELLO.replace('"one"', where))
    uri, folder = (await bench.call("/")).text.split()
    assert uri.endswith(f"/{bench.app['id']}")
    assert folder == str(bench.podium.data_dir / "work" / bench.app["id"])


async def test_a_deleted_app_has_no_kernel_and_no_host(bench: Bench) -> None:
    await bench.start(HELLO)
    kernel = await bench.kernel()
    async with bench.events() as events:
        assert (await bench.api.delete(bench.path)).status_code == 204
        await events.run(lambda data: data["state"] == "stopped")
    assert not kernel.is_running()
    assert (await bench.call("/")).status_code == 404


async def test_a_renamed_app_goes_on_under_its_new_host(bench: Bench) -> None:
    await bench.start(HELLO)
    old = bench.app["name"]
    bench.app = (await bench.api.patch(bench.path, json={"name": f"{old}-new"})).json()
    assert (await bench.call("/")).text == "one"
    assert (await bench.state())["url"] == f"http://{old}-new.localhost:{bench.podium.port}/"
    assert (await bench.call("/", headers={"Host": f"{old}.localhost:{bench.podium.port}"})).status_code == 404


async def test_the_list_of_apps_shows_what_runs(bench: Bench) -> None:
    await bench.start(HELLO)
    apps = (await bench.api.get("/api/v1/apps")).json()["apps"]
    shown = next(app for app in apps if app["id"] == bench.app["id"])
    assert shown["state"] == "running"
    assert shown["routes"] == len((await bench.state())["routes"])
    assert shown["last_run_at"] is not None


async def test_memory_is_told(bench: Bench) -> None:
    async with bench.events() as events:
        await bench.start(HELLO)
        told = await events.run(lambda data: data["memory_bytes"] is not None)
    assert told["memory_bytes"] > 1_000_000


@pytest.mark.parametrize("action", ["run", "run/interrupt", "run/restart"])
async def test_an_unknown_app_is_404(bench: Bench, action: str) -> None:
    assert (await bench.api.post(f"/api/v1/apps/no-such-app/{action}")).status_code == 404


async def test_a_kernel_that_dies_under_a_request_is_the_reason_in_its_record(bench: Bench) -> None:
    await bench.start(HELLO)
    kernel = await bench.kernel()
    async with bench.events(since=10**9) as events:
        asked = asyncio.create_task(bench.send("/hang"))
        await events.until(lambda event: event["type"] == "request" and event["data"]["path"] == "/hang")
        kernel.send_signal(signal.SIGKILL)
        exchange = await asked
    record = exchange["record"]
    assert exchange["status"] is None
    assert record["state"] == "failed"
    assert "SIGKILL" in record["error"]
    assert record["response"] is None
    assert not psutil.pid_exists(kernel.pid)
