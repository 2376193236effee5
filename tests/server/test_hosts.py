"""Which host names are ours, which are apps', and which origins count as our own pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from podium.server.http.hosts import Hosts, check_fetch_site, check_origin, host_name
from podium.server.http.problem import ForeignOrigin
from podium.server.settings import ServerSettings


def request(host: str, *, local: str = "127.0.0.1", **headers: str) -> HTTPServerRequest:
    """A request for ``host`` that arrived at the address ``local``."""
    socket = SimpleNamespace(getsockname=lambda: (local, 8000))
    context = SimpleNamespace(protocol="http", remote_ip="127.0.0.1")
    connection: Any = SimpleNamespace(context=context, stream=SimpleNamespace(socket=socket))
    sent = HTTPHeaders({"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()})
    line = RequestStartLine("GET", "/", "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=sent, connection=connection)


@pytest.mark.parametrize(
    ("host", "name"),
    [("localhost:8000", "localhost"), ("LOCALHOST", "localhost"), ("[::1]:8000", "::1"), ("a.b:1", "a.b"), ("a.", "a")],
)
def test_names(host: str, name: str) -> None:
    assert host_name(request(host)) == name


def test_by_default_only_this_machine_is_meant() -> None:
    hosts = Hosts.of(ServerSettings())
    for own in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert hosts.is_own(request(own))
    for foreign in (
        "evil.example",
        "192.168.1.2",
        "127.0.0.2",
        "localhost.evil.example",
        "0.0.0.0",
        "127.0.0.1.nip.io",
    ):
        assert not hosts.is_own(request(foreign))


def test_on_every_address_the_one_that_was_reached_is_meant() -> None:
    hosts = Hosts.of(ServerSettings(host="0.0.0.0"))
    assert hosts.is_own(request("192.168.1.2:8000", local="192.168.1.2"))
    assert not hosts.is_own(request("192.168.1.3:8000", local="192.168.1.2"))
    assert not hosts.is_own(request("evil.example", local="192.168.1.2"))


def test_further_names_can_be_allowed() -> None:
    hosts = Hosts.of(ServerSettings(host="box.lan", allowed_hosts=("podium.lan",)))
    for own in ("box.lan", "podium.lan:8000", "PODIUM.lan"):
        assert hosts.is_own(request(own))
    assert not hosts.is_own(request("x.podium.lan"))


@pytest.mark.parametrize(
    ("host", "app"),
    [
        ("notes.localhost:8000", "notes"),
        ("NOTES.localhost", "notes"),
        ("localhost", None),
        ("a.b.localhost", None),
        ("-a.localhost", None),
        ("notes.localhost.evil.example", None),
        ("notes.evil.example", None),
        (f"{'x' * 41}.localhost", None),
    ],
)
def test_apps(host: str, app: str | None) -> None:
    assert Hosts.of(ServerSettings()).app_of(request(host)) == app


def test_origins_are_compared_whole() -> None:
    check_origin(request("127.0.0.1:8000", Origin="http://127.0.0.1:8000"), required=True)
    check_origin(request("127.0.0.1:8000"), required=False)
    for origin in (
        "http://127.0.0.1:8001",
        "https://127.0.0.1:8000",
        "http://localhost:8000",
        "http://127.0.0.1:8000.evil.example",
        "null",
        "",
    ):
        with pytest.raises(ForeignOrigin):
            check_origin(request("127.0.0.1:8000", Origin=origin), required=False)
    with pytest.raises(ForeignOrigin):
        check_origin(request("127.0.0.1:8000"), required=True)


@pytest.mark.parametrize(
    ("site", "fine"), [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)]
)
def test_what_the_browser_says_about_the_sender(site: str, fine: bool) -> None:
    asked = request("127.0.0.1:8000", Sec_Fetch_Site=site)
    if fine:
        check_fetch_site(asked)
    else:
        with pytest.raises(ForeignOrigin):
            check_fetch_site(asked)
