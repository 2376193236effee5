"""Apps in their boxes, on a server that runs."""

from __future__ import annotations

import pytest

from podium.kernels.box.coverage import coverage
from podium.tests.server.live.bench import Bench

pytestmark = pytest.mark.skipif(not coverage().boxed, reason="needs Landlock")

APP = """
import os, pathlib, socket
from urllib.parse import urlsplit
from fastapi import FastAPI
from pymongo import MongoClient

app = FastAPI()

def outcome(step):
    try:
        return repr(step())
    except OSError as error:
        return type(error).__name__

@app.get("/")
def look():
    home = pathlib.Path.cwd()
    client = MongoClient(os.environ["PLATFORM_MONGO_URI"])
    client.get_default_database().things.insert_one({"x": 1})
    return {
        "key": outcome(lambda: (home.parents[1] / "key").read_bytes()),
        "store": outcome(lambda: os.listdir(home.parents[1] / "store")),
        "apps": outcome(lambda: os.listdir(home.parent)),
        "server": outcome(lambda: socket.create_connection(("127.0.0.1", SERVER))),
        "platform": outcome(lambda: socket.create_connection(("127.0.0.1", STORE))),
        "stored": client.get_default_database().things.count_documents({}),
        "runs": (home / "runs.txt").open("a").write("x") and len((home / "runs.txt").read_text()),
    }
"""


async def test_an_app_reaches_its_own_and_nothing_else(bench: Bench) -> None:
    store = bench.podium.store().net_connections()
    ports = [each.laddr.port for each in store if each.status == "LISTEN"]
    head = f"SERVER, STORE = {bench.podium.port}, {ports[0]}\n"
    denied = dict.fromkeys(("key", "store", "apps", "server", "platform"), "PermissionError")
    for run in (1, 2):  # what an app keeps beside its code is there when another kernel has taken over
        await bench.start(head + APP)
        assert (await bench.call()).json() == {**denied, "stored": run, "runs": run}
        await bench.api.delete(f"{bench.path}/run")


async def test_what_the_box_denies_is_explained(bench: Bench) -> None:
    await bench.write("open('/etc/podium', 'w')")
    answer = await bench.run()
    assert answer.status_code == 422
    assert "The app is in a box" in answer.json()["detail"]
