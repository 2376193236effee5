"""``podium up`` from outside: the ready line, every way in which it does not start, and how it stops."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import httpx
import psutil
import pytest

from podium.tests.support.clients import blocking_client
from podium.tests.support.names import unique_name
from podium.tests.support.server import BARE, command, environment, running


def fails(*options: str, env: dict[str, str] | None = None, before: Callable[[], None] | None = None) -> str:
    """The one line that a ``podium up`` which cannot start writes."""
    done = subprocess.run(
        command(*options),
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=before,
    )
    assert done.returncode not in (0, None)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("podium: ")
    assert lines[0].endswith(".")
    return lines[0]


def test_the_ready_line_is_the_only_output_and_its_link_works(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", podium.url)
        with blocking_client() as browser:
            assert browser.get(podium.link, follow_redirects=False).status_code == 303
            assert browser.get(f"{podium.url}/api/v1/session").status_code == 200
        assert podium.stop() == 0
    assert podium.stderr == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_in_order_and_leaves_no_process(data_dir: Path, number: int) -> None:
    with running(data_dir, env=BARE) as podium:
        children = podium.children()
        assert children
        assert podium.stop(number) == 0
        gone, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
        assert gone


def test_a_busy_port(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert re.search(rf"Port {port} is in use.*--port", fails("--data-dir", str(data_dir), "--port", port))


def test_a_second_one_on_the_same_data(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        said = fails("--data-dir", str(data_dir), "--port", "0")
        assert f"process {podium.process.pid}" in said
        assert "--data-dir" in said


def test_a_data_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "--data-dir" in fails("--data-dir", str(tmp_path / "file"), "--port", "0")


def test_a_data_directory_that_cannot_be_written() -> None:
    # Not even root may make a folder in /proc.
    assert "/proc/podium" in fails("--data-dir", "/proc/podium", "--port", "0")


def test_a_store_that_cannot_be_written(data_dir: Path) -> None:
    (data_dir / "store" / "admin.db").mkdir(parents=True)
    said = fails("--data-dir", str(data_dir), "--port", "0")
    assert str(data_dir / "store") in said


def test_a_full_disk(data_dir: Path) -> None:
    def no_file_may_grow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    said = fails("--data-dir", str(data_dir), "--port", "0", before=no_file_may_grow)
    assert "Free some space" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "99999"], "0 to 65535"),
        (["--port", "http"], "whole number"),
        (["--host", "no-such-host.invalid"], "unknown on this machine"),
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
        (["--token", "short"], "16 to 200"),
    ],
)
def test_broken_options(data_dir: Path, options: list[str], said: str) -> None:
    assert said in fails("--data-dir", str(data_dir), *options)


def test_a_broken_variable(data_dir: Path) -> None:
    assert "PODIUM_MAX_KERNELS" in fails("--data-dir", str(data_dir), env={"PODIUM_MAX_KERNELS": "many"})


def test_a_mongodb_server_that_is_not_there(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = fails("--data-dir", str(data_dir), "--port", "0", env={"PODIUM_MONGO_URI": f"mongodb://127.0.0.1:{port}"})
    assert "PODIUM_MONGO_URI" in said


async def test_a_mongodb_server_instead_of_files(data_dir: Path, store_uri: str) -> None:
    with running(data_dir, env=BARE | {"PODIUM_MONGO_URI": store_uri}) as podium:
        assert not [child for child in podium.children() if "podium.server.store.child" in child.cmdline()]
        async with podium.async_client() as client:
            name = unique_name()
            assert (await client.post("/api/v1/apps", json={"name": name})).status_code == 201
            assert (await client.get(f"/api/v1/apps/{name}/files/main.py")).status_code == 200
            assert (await client.get("/readyz")).json()["store"] == "available"
            await client.delete(f"/api/v1/apps/{name}")
    assert os.listdir(data_dir / "store") == []


def test_the_version() -> None:
    done = subprocess.run([*command()[:-2], "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == f"podium {version('podium')}"


def test_an_unknown_option_is_explained() -> None:
    done = subprocess.run(command("--prot", "1"), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "--prot" in done.stderr
    assert "Traceback" not in done.stderr


def test_ipv6(data_dir: Path) -> None:
    if not socket.has_ipv6 or not _has_ipv6_loopback():
        pytest.skip("no IPv6 on this machine")
    with running(data_dir, "--host", "::1", env=BARE) as podium:
        assert podium.url.startswith("http://[::1]:")
        assert httpx.get(f"{podium.url}/healthz", verify=False).status_code == 200


def test_the_environment_reaches_it(data_dir: Path) -> None:
    with running(data_dir, env=BARE | {"PODIUM_TOKEN": "from-the-environment"}) as podium:
        assert podium.token == "from-the-environment"


def _has_ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_a_working_directory_that_has_gone(tmp_path: Path, data_dir: Path) -> None:
    here = os.getcwd()
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        with running(data_dir, env=BARE) as podium:
            assert httpx.get(f"{podium.url}/readyz", verify=False).status_code == 200
    finally:
        os.chdir(here)
