"""A Podium of the benchmark's own: started on a free port, called with its token over one kept connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

PODIUM = Path(sys.executable).with_name("podium")


class PodiumClient:
    """The public API as the benchmark uses it; every call raises for an answer that is an error."""

    def __init__(self, link: str, process: subprocess.Popen[str]) -> None:
        parts = urlsplit(link)
        self.link = link
        self.pid = process.pid
        self.port = parts.port or 80
        self.token = parse_qs(parts.query)["token"][0]
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/api/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )

    def create(self, name: str, files: dict[str, str]) -> None:
        """Create an app and put its files in place."""
        self._call("POST", "/apps", json={"name": name})
        for path, text in files.items():
            self.save(name, path, text)

    def save(self, name: str, path: str, text: str) -> None:
        """Write one file, whatever it held before."""
        known = {file["path"]: file["etag"] for file in self._call("GET", f"/apps/{name}/files")["files"]}
        condition = {"If-Match": known[path]} if path in known else {"If-None-Match": "*"}
        headers = {"Content-Type": "text/plain; charset=utf-8", **condition}
        self._call("PUT", f"/apps/{name}/files/{path}", content=text.encode(), headers=headers)

    def run(self, name: str) -> dict[str, Any]:
        """Run the app as it is stored."""
        return self._call("POST", f"/apps/{name}/run")

    def stop(self, name: str) -> None:
        """Stop the app's kernel."""
        self._call("DELETE", f"/apps/{name}/run")

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = json.loads(answer.content) if answer.content else {}
        return found


@contextmanager
def podium() -> Iterator[PodiumClient]:
    """Start Podium in a data directory of its own and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="podium-bench-") as folder:
        command = [str(PODIUM), "up", "--no-browser", "--port", "0", "--data-dir", folder]
        environment = {**os.environ, "PODIUM_LOG_LEVEL": "warning"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            line = next((line for line in process.stdout if line.startswith("Podium is ready at ")), None)
            if line is None:
                raise RuntimeError("Podium did not start")
            client = PodiumClient(line.removeprefix("Podium is ready at ").strip(), process)
            try:
                yield client
            finally:
                client.close()
                process.terminate()
                process.wait(20)
