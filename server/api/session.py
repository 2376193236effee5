"""Who is signed in; signing in with the token and out again."""

from __future__ import annotations

import sys

from podium.server.http.hosts import check_fetch_site, check_origin
from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.http.problem import ForeignOrigin, TooManyAttempts, WrongToken
from podium.server.models.apps import MAX_APP_BYTES, MAX_FILE_BYTES, MAX_FILES, MAX_PATH_CHARS
from podium.server.models.runs import MAX_SEND_BODY
from podium.server.models.session import Box, Limits, SessionInfo, SignIn
from podium.server.version import version


async def get_session(call: Call) -> Reply:
    kernels = call.services.settings.kernels
    limits = Limits(
        files=MAX_FILES,
        file_bytes=MAX_FILE_BYTES,
        app_bytes=MAX_APP_BYTES,
        path_chars=MAX_PATH_CHARS,
        kernels=kernels.max_kernels,
        kernel_memory_bytes=kernels.memory_bytes,
        send_body_bytes=MAX_SEND_BODY,
    )
    csrf = call.services.auth.csrf_token(call.session) if call.session is not None else None
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    covered = call.services.box
    box = Box(boxed=covered.boxed, reason=covered.reason, gaps=covered.gaps)
    info = SessionInfo(user=call.user, csrf=csrf, version=version(), python=python, limits=limits, box=box)
    return Reply(body=info)


async def sign_in(call: Call[SignIn]) -> Reply:
    check_fetch_site(call.request)
    check_origin(call.request, required=False)
    auth = call.services.auth
    cookie = auth.sign_in(call.body.token)
    return Reply(204, None, {"Set-Cookie": auth.set_cookie(cookie)})


async def sign_out(call: Call) -> Reply:
    auth = call.services.auth
    if call.session is not None:
        auth.sign_out(call.session)
        call.services.sockets.close_session(call.session.id)
    return Reply(204, None, {"Set-Cookie": auth.clear_cookie()})


_SESSION = "/api/v1/session"

OPERATIONS = (
    Operation("GET", _SESSION, Access.USER, "Who is signed in", get_session, answer=SessionInfo),
    Operation(
        "POST",
        _SESSION,
        Access.PUBLIC,
        "Sign a browser in: exchange the token for the session cookie",
        sign_in,
        body=SignIn,
        status=204,
        problems=(WrongToken, TooManyAttempts, ForeignOrigin),
        max_body=4096,
    ),
    Operation(
        "DELETE", _SESSION, Access.USER, "Sign out; the cookie is worth nothing from then on", sign_out, status=204
    ),
)
