"""The built front end: hashed assets for ever, precompressed where the browser takes it, one page for every address.

Addresses such as ``/apps/notes`` exist only in the front end, so every path that is not a file gets ``index.html``.
Apps get its copy ``workspace.html``, which names more to fetch at once.
A visit with ``?token=…`` signs the browser in and is sent on to the same address without it.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from podium.server.http.base import BaseHandler
from podium.server.http.problem import NoSuchRoute, TooManyAttempts, WrongToken

if TYPE_CHECKING:
    from podium.server.services import Services

_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_FOREVER = "public, max-age=31536000, immutable"
_HASHED = "assets/"
_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Podium</title></head>
<body>
<h1>The front end has not been built</h1>
<p>Stop Podium and run <code>make up</code> in its folder: that builds the front end and starts Podium again.
The API works meanwhile.</p>
</body>
</html>
"""


def built_front_end() -> Path:
    """The folder of the built front end; it may not exist."""
    return Path(str(files("podium.ide"))) / "web" / "dist"


def content_security_policy(host: str, port: int) -> str:
    """What the IDE's pages may load. Previews of apps' answers are frames without any rights of their own.

    Monaco places its styles in ``style`` attributes and elements, hence ``unsafe-inline`` for styles (only).
    """
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": f"'self' ws://{host}",
        "worker-src": "'self'",
        "frame-src": f"'self' blob: http://*.localhost:{port}",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class FrontEndHandler(BaseHandler):
    """Every address that is not the API's."""

    def initialize(self, services: Services, root: Path) -> None:  # type: ignore[override] # the route's keywords
        super().initialize(services)
        self.root = root

    async def get(self, path: str) -> None:
        """Send a file of the front end, or its one page."""
        self.begin()
        tokens = self.get_query_arguments("token")
        if tokens:
            self._sign_in(tokens[-1])
            return
        file = self._file(path)
        if file is None and "." in path.rpartition("/")[2]:
            raise NoSuchRoute
        if file is None or file.suffix == ".html":
            await self._send_page("workspace.html" if path.startswith("apps/") else "index.html")
        else:
            await self._send_asset(file)

    head = get

    def _sign_in(self, token: str) -> None:
        path = self.request.path if not self.request.path.startswith(("//", "/\\")) else "/"
        try:
            self.set_header("Set-Cookie", self.services.auth.set_cookie(self.services.auth.sign_in(token)))
        except (WrongToken, TooManyAttempts) as error:
            path = f"/signin?error={error.type}"
        self.set_status(303)
        self.set_header("Location", path)
        self.finish()

    def _file(self, path: str) -> Path | None:
        try:
            wanted = (self.root / path).resolve()
            return wanted if wanted.is_relative_to(self.root) and wanted.is_file() else None
        except (OSError, ValueError):  # a name that no file can have
            return None

    async def _send_page(self, name: str) -> None:
        page = self.root / name
        self.set_header("Content-Security-Policy", content_security_policy(self.request.host, self.services.address[1]))
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if page.is_file():
            await self._send(page)
        else:
            self.set_status(503)
            self.finish(_NOT_BUILT)

    async def _send_asset(self, file: Path) -> None:
        kind, _ = mimetypes.guess_type(file.name)
        text = kind is not None and (kind.startswith("text/") or kind.endswith(("javascript", "json")))
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if text else kind or "application/octet-stream")
        hashed = file.relative_to(self.root).as_posix().startswith(_HASHED)
        self.set_header("Cache-Control", _FOREVER if hashed else "no-cache")
        await self._send(file)

    async def _send(self, file: Path) -> None:
        encoding, packed = _packed(file, self.request.headers.get("Accept-Encoding", ""))
        self.set_header("Vary", "Accept-Encoding")
        if encoding is not None:
            self.set_header("Content-Encoding", encoding)
        self.finish(await asyncio.to_thread(packed.read_bytes))


def _packed(file: Path, accept_encoding: str) -> tuple[str | None, Path]:
    """The best compressed form that there is and that the browser takes, else the file itself."""
    accepted = accepted_encodings(accept_encoding)
    for encoding, suffix in _ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if accepted.get(encoding, 0) > 0 and packed.is_file():
            return encoding, packed
    return None, file


def accepted_encodings(header: str) -> Mapping[str, float]:
    """The weights of ``Accept-Encoding``; a weight that cannot be read counts as 0."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        weights[name.strip().lower()] = float(weight) if weight.replace(".", "", 1).isdigit() else 0.0
    return weights
