"""Children that are forked from a template: in every respect what a started process is."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from podium.kernels.environment import base_environment
from podium.kernels.parent.client import Parent
from podium.kernels.parent.protocol import Exited, Spawn, Warm
from podium.kernels.runtime import make_runtime_directory
from podium.tests.kernels.support import alive, gone

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="there are templates on Linux only"),
]

TEMPLATE = f"template-{'0' * 32}"


@contextlib.asynccontextmanager
async def warm_parent() -> AsyncIterator[Parent]:
    """A kernel parent with a warm template."""
    runtime = make_runtime_directory()
    parent = Parent.start(runtime)
    try:
        _, warmed = await parent.warm(Warm(TEMPLATE, sys.executable, base_environment()))
        await warmed
        yield parent
    finally:
        await parent.close()
        shutil.rmtree(runtime, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parent() -> AsyncIterator[Parent]:
    """A kernel parent whose template is not ended by any test."""
    async with warm_parent() as parent:
        yield parent


def forked(code: str, kernel: str = "k", **changes: Any) -> Spawn:
    """A child that runs ``code`` in a copy of the template."""
    argv = [sys.executable, "-P", "-m", "podium.tests.kernels.programs.code", code]
    spawn = Spawn(kernel, argv, env={}, cwd="/", memory_bytes=1 << 30, open_files=256, sockets=[])
    return replace(spawn, **changes)


async def run(parent: Parent, spawn: Spawn, sockets: list[socket.socket] | None = None) -> Exited:
    """Start a child, which has to be forked, and wait for its end."""
    started = await parent.spawn(spawn, sockets or [])
    assert started.forked is not spawn.cold
    exited = await started.ended
    assert exited is not None
    return exited


LOOK = """
import asyncio, atexit, gc, json, logging, os, resource, signal, socket, sys, tempfile, threading
app = socket.socket(fileno=int(os.environ["APP"]))
handlers = [signal.getsignal(number) for number in sorted(signal.valid_signals())]
print(json.dumps({
    "environment": dict(os.environ),
    "port": app.getsockname()[1],
    "descriptors": [fd for fd in range(256) if os.path.exists(f"/dev/fd/{fd}")],
    "leads": os.getsid(0) == os.getpgid(0) == os.getpid(),
    "parent": os.getppid(),
    "directory": os.getcwd(),
    "temporary": tempfile.gettempdir(),
    "limits": [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
    "data": resource.getrlimit(resource.RLIMIT_DATA)[0],
    "handlers": list(map(str, handlers)),
    "mask": len(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "threads": len(os.listdir("/proc/self/task")),
    "main": threading.current_thread() is threading.main_thread(),
    "argv": [os.path.basename(sys.argv[0]), len(sys.argv)],
    "path": sys.path,
    "logging": [
        str(handler)
        for logger in (logging.root, *logging.root.manager.loggerDict.values())
        for handler in getattr(logger, "handlers", ())
        if type(handler) is not logging.NullHandler
    ],
    "collector": gc.isenabled(),
    "streams": [sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno()],
    "loop": asyncio.get_event_loop_policy()._local._loop is None,
    "set": asyncio.get_event_loop_policy()._local._set_called,
    "finalisers": atexit._ncallbacks() < 20,
}))
"""


async def test_a_copy_has_what_a_started_process_has(parent: Parent) -> None:
    seen = []
    for cold in (False, True):
        with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as app:
            request = forked(LOOK, env={"LANG": "C.UTF-8", "TMPDIR": "/tmp"}, cwd="/usr", open_files=99, cold=cold)
            exited = await run(parent, replace(request, sockets=["OTHER", "APP"]), [other, app])
            told = json.loads(exited.output)
            assert told.pop("port") == app.getsockname()[1]
            seen.append(told)
    assert seen[0] == seen[1]
    assert seen[0]["parent"] == parent.pid
    assert set(seen[0]["environment"]) == {"LANG", "TMPDIR", "OTHER", "APP", "PODIUM_KERNEL"}


async def test_what_goes_wrong_at_birth_is_in_the_output(parent: Parent) -> None:
    exited = await run(parent, forked("", cwd="/nowhere"))
    assert os.waitstatus_to_exitcode(exited.status) == 127
    assert "No such file" in exited.output


async def test_ends_as_a_program_ends(parent: Parent) -> None:
    exited = await run(parent, forked("import atexit, sys; atexit.register(print, 'at the end'); sys.exit(3)"))
    assert (os.waitstatus_to_exitcode(exited.status), exited.output) == (3, "at the end\n")
    exited = await run(parent, forked("1/0"))
    assert "ZeroDivisionError" in exited.output
    exited = await run(parent, forked("bytearray(500 << 20)", memory_bytes=400 << 20))
    assert "MemoryError" in exited.output


async def test_is_known_by_its_own_mark(parent: Parent) -> None:
    code = "from podium.kernels.parent.families import mark; print(mark('self'), mark(TEMPLATE))"
    template = (await parent.living())[TEMPLATE]
    exited = await run(parent, forked(code.replace("TEMPLATE", str(template)), "mine"))
    own, others = exited.output.split()
    assert own.endswith("/mine")
    assert others.endswith(f"/{TEMPLATE}")


SECRETS = """
import json, multiprocessing, os, random, secrets, ssl, tempfile, uuid
from bson import ObjectId
print(json.dumps([
    random.random(), random.getrandbits(64), secrets.token_hex(), ssl.RAND_bytes(8).hex(), str(uuid.uuid4()),
    str(uuid.uuid1()), str(ObjectId())[8:18], next(tempfile._get_candidate_names()),
    multiprocessing.current_process().authkey.hex(), multiprocessing.synchronize.SemLock._make_name(),
]))
"""


async def test_no_two_copies_draw_the_same(parent: Parent) -> None:
    code = "import multiprocessing.synchronize" + SECRETS
    first, second = [json.loads((await run(parent, forked(code))).output) for _ in range(2)]
    assert [index for index, drawn in enumerate(first) if drawn == second[index]] == []


FIND = """
import asyncio, gc, selectors, socket, sqlite3, threading, pymongo, pymongo.asynchronous.mongo_client, zmq
kinds = (
    asyncio.AbstractEventLoop, asyncio.AbstractChildWatcher, selectors.BaseSelector, socket.socket, sqlite3.Connection,
    threading.Thread, pymongo.MongoClient, pymongo.asynchronous.mongo_client.AsyncMongoClient, zmq.Context,
)
gc.unfreeze()
found = [kept for kept in gc.get_objects() if issubclass(type(kept), kinds) and kept is not threading.main_thread()]
print([kept for kept in found if type(kept) is not socket.socket or kept.fileno() >= 0])
"""


async def test_nothing_that_belongs_to_one_process_is_inherited(parent: Parent) -> None:
    exited = await run(parent, forked(FIND))
    assert exited.output == "[]\n"


async def test_modules_that_cannot_be_copied_are_not_preloaded(parent: Parent) -> None:
    exited = await run(
        parent, forked("import sys; print(sorted({'numpy', 'torch', 'grpc', 'debugpy'} & {*sys.modules}))")
    )
    assert exited.output == "[]\n"


async def test_many_at_once(parent: Parent) -> None:
    ends = await asyncio.gather(*(run(parent, forked(f"print({n})", f"k{n}")) for n in range(8)))
    assert [exited.output for exited in ends] == [f"{n}\n" for n in range(8)]


THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
OPEN = "kept = open('/usr/bin/env')"


async def test_a_library_that_cannot_be_copied_makes_no_template(parent: Parent, tmp_path: Path) -> None:
    exits = await asyncio.gather(*(warmed_with(parent, tmp_path, name) for name in (THREAD, OPEN)))
    assert "has started 1 threads" in exits[0].output
    assert "keeps /usr/bin/env open" in exits[1].output


async def warmed_with(parent: Parent, folder: Path, code: str) -> Exited:
    """Try to warm a template up with a library that does this when it is imported; how that ended."""
    libraries = folder / str(len(code))
    libraries.mkdir()
    (libraries / "falcon.py").write_text(code)
    environment = base_environment() | {"PYTHONPATH": str(libraries)}
    started, warmed = await parent.warm(Warm(f"template-{len(code):032}", sys.executable, environment))
    exited = await started.ended
    assert exited
    assert not warmed.done()
    return exited


async def test_kernels_outlive_their_template() -> None:
    async with warm_parent() as parent:
        started = await parent.spawn(forked("import signal; signal.pause()", "first"), [])
        template = (await parent.living())[TEMPLATE]
        # Stopped, it takes requests and does not answer them; so one is on its way when the template dies.
        os.kill(template, signal.SIGSTOP)
        waiting = asyncio.ensure_future(parent.spawn(forked("print('born')", "second"), []))
        await parent.living()
        os.kill(template, signal.SIGKILL)
        second = await waiting
        assert not second.forked
        exited = await second.ended
        assert exited
        assert exited.output == "born\n"
        assert alive(started.pid)
    await gone(started.pid, template)
