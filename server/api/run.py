"""Running an app: start or reload, stop, interrupt, restart."""

from __future__ import annotations

from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.http.problem import StoreUnavailable
from podium.server.live.problems import (
    CheckFailed,
    EnvironmentFailed,
    EnvironmentUnavailable,
    KernelEnded,
    KernelLimit,
    KernelNotStarted,
    LoadFailed,
    NotRunning,
    RunnerSilent,
    RunStopped,
)
from podium.server.models.runs import Run
from podium.server.store.apps import NoSuchApp, StoredApp
from podium.server.store.files import NoSuchFile


async def get_run(call: Call) -> Reply:
    return Reply(body=call.services.live.runs.current(await _app(call)))


async def run(call: Call) -> Reply:
    return Reply(body=await call.services.live.runs.run(await _app(call)))


async def stop(call: Call) -> Reply:
    return Reply(body=await call.services.live.runs.stop(await _app(call)))


async def interrupt(call: Call) -> Reply:
    return Reply(body=await call.services.live.runs.interrupt(await _app(call)))


async def restart(call: Call) -> Reply:
    return Reply(body=await call.services.live.runs.restart(await _app(call)))


async def _app(call: Call) -> StoredApp:
    return await call.services.apps.get(call.user, call.path["app"])


_RUN = "/api/v1/apps/{app}/run"
_FAILURES = (
    NoSuchApp,
    NoSuchFile,
    CheckFailed,
    EnvironmentFailed,
    EnvironmentUnavailable,
    LoadFailed,
    KernelEnded,
    KernelLimit,
    RunStopped,
    KernelNotStarted,
    RunnerSilent,
    StoreUnavailable,
)

OPERATIONS = (
    Operation("GET", _RUN, Access.USER, "How an app runs", get_run, answer=Run, problems=(NoSuchApp,)),
    Operation(
        "POST",
        _RUN,
        Access.USER,
        "Start an app, or reload it with what is stored",
        run,
        answer=Run,
        problems=_FAILURES,
    ),
    Operation("DELETE", _RUN, Access.USER, "Stop an app and its kernel", stop, answer=Run, problems=(NoSuchApp,)),
    Operation(
        "POST",
        f"{_RUN}/interrupt",
        Access.USER,
        "Interrupt what the console executes",
        interrupt,
        answer=Run,
        problems=(NoSuchApp, NotRunning),
    ),
    Operation(
        "POST",
        f"{_RUN}/restart",
        Access.USER,
        "Stop the kernel and run the app in a fresh one",
        restart,
        answer=Run,
        problems=_FAILURES,
    ),
)
