"""Apps made over the API."""

from __future__ import annotations

import httpx


def make_app(client: httpx.Client, name: str, files: dict[str, str]) -> None:
    """Create an app and replace its first file with ``files``."""
    client.post("/api/v1/apps", json={"name": name}).raise_for_status()
    for path, text in files.items():
        save_file(client, name, path, text)


def save_file(client: httpx.Client, app: str, path: str, text: str) -> None:
    """Write one file, whatever it held before."""
    listed = client.get(f"/api/v1/apps/{app}/files").raise_for_status().json()["files"]
    known = {file["path"]: file["etag"] for file in listed}
    condition = {"If-Match": known[path]} if path in known else {"If-None-Match": "*"}
    headers = {"Content-Type": "text/plain; charset=utf-8", **condition}
    client.put(f"/api/v1/apps/{app}/files/{path}", content=text.encode(), headers=headers).raise_for_status()
