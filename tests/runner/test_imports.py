"""What starting a runner costs, and what it keeps out of user code's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from podium.runner.settings import AppSettings, RunnerSettings

HEAVY = {
    "IPython",
    "ipykernel",
    "jupyter_client",
    "pydantic",
    "fastapi",
    "starlette",
    "django",
    "tornado",
    "zmq",
    "jedi",
}


@pytest.mark.parametrize("module", ["podium.runner.kernel", "podium.runner.__main__"])
def test_starting_imports_nothing_heavy(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    imported = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not imported & HEAVY


def test_settings_take_the_token_and_the_sockets_out(tmp_path: Path) -> None:
    environment = {
        "PODIUM_APP_DIR": str(tmp_path),
        "PODIUM_APP_PORT": "0",
        "PODIUM_CONTROL_PORT": "0",
        "PODIUM_CONTROL_TOKEN": "secret",
        "PODIUM_LOAD_TIMEOUT": "2.5",
    }
    settings = RunnerSettings.from_environment(environment)
    with settings.app_socket as app, settings.control_socket as control:
        assert (settings.token, settings.app) == ("secret", AppSettings(tmp_path, 2.5))
        assert "PODIUM_CONTROL_TOKEN" not in environment
        assert app.getsockname()[0] == control.getsockname()[0] == "127.0.0.1"
        inherited = {"PODIUM_APP_FD": str(os.dup(app.fileno())), "PODIUM_CONTROL_FD": str(os.dup(control.fileno()))}
        again = RunnerSettings.from_environment({"PODIUM_APP_DIR": str(tmp_path)} | inherited)
        with again.app_socket, again.control_socket:
            assert again.app_socket.getsockname() == app.getsockname()
            assert not again.app_socket.get_inheritable()
            assert len(again.token) > 20
