"""Files over HTTP: texts, entity tags, races, limits, odd paths."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from podium.tests.server.test_paths import REFUSED

# A client resolves "..", and has no way to send a lone surrogate.
REACHABLE = [path for path in REFUSED if path not in {"", ".."} and "\ud800" not in path]


@pytest.fixture
def files(app: dict[str, Any]) -> str:
    """The address of a new app's files."""
    return f"/api/v1/apps/{app['name']}/files"


async def snapshot(api: httpx.AsyncClient, files: str) -> dict[str, Any]:
    """Everything that there is."""
    answer: dict[str, Any] = (await api.get(f"{files}?text=true")).json()
    return answer


async def test_a_text_comes_back_as_it_was(api: httpx.AsyncClient, files: str) -> None:
    text = "# π\r\nprint('\0')\n"
    written = await api.put(f"{files}/src/a.py", content=text.encode())
    assert written.status_code == 201
    assert written.json()["etag"] == written.headers["ETag"]
    read = await api.get(f"{files}/src/a.py")
    assert read.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert read.headers["ETag"] == written.headers["ETag"]
    assert read.content == text.encode()
    assert (await api.put(f"{files}/src/a.py", content=b"")).status_code == 200
    as_json = (await api.get(f"{files}/src/a.py", headers={"Accept": "application/json"})).json()
    assert (as_json["text"], as_json["size"], as_json["path"]) == ("", 0, "src/a.py")


async def test_slashes_may_be_encoded(api: httpx.AsyncClient, files: str) -> None:
    await api.put(f"{files}/a/b%20c.txt", content=b"x")
    assert (await api.get(f"{files}/a%2Fb%20c.txt")).text == "x"


async def test_the_list(api: httpx.AsyncClient, files: str) -> None:
    await api.put(f"{files}/b.txt", content=b"b")
    await api.put(f"{files}/a.txt", content=b"a")
    listed = (await api.get(files)).json()
    assert [file["path"] for file in listed["files"]] == ["a.txt", "b.txt", "main.py"]
    assert listed["revision"] == 3
    assert "text" not in listed["files"][0]


async def test_not_modified(api: httpx.AsyncClient, files: str) -> None:
    tag = (await api.get(f"{files}/main.py")).headers["ETag"]
    for condition in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = await api.get(f"{files}/main.py", headers={"If-None-Match": condition})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert (await api.get(f"{files}/main.py", headers={"If-None-Match": '"x"'})).status_code == 200


async def test_two_tabs_never_overwrite_each_other_unseen(api: httpx.AsyncClient, files: str) -> None:
    tag = (await api.get(f"{files}/main.py")).headers["ETag"]
    first, second = await asyncio.gather(
        api.put(f"{files}/main.py", content=b"first", headers={"If-Match": tag}),
        api.put(f"{files}/main.py", content=b"second", headers={"If-Match": tag}),
    )
    assert {first.status_code, second.status_code} == {200, 412}
    won, lost = (first, second) if first.status_code == 200 else (second, first)
    document = lost.json()
    assert document["type"] == "/problems/changed-meanwhile"
    assert document["etag"] == won.headers["ETag"] == lost.headers["ETag"]
    again = await api.put(f"{files}/main.py", content=b"both", headers={"If-Match": document["etag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("round_", range(5))
async def test_many_clients_one_winner(api: httpx.AsyncClient, files: str, round_: int) -> None:
    tag = (await api.get(f"{files}/main.py")).headers["ETag"]
    answers = await asyncio.gather(
        *(api.put(f"{files}/main.py", content=f"{n}".encode(), headers={"If-Match": tag}) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]


async def test_conditions_of_every_kind(api: httpx.AsyncClient, files: str) -> None:
    tag = (await api.get(f"{files}/main.py")).headers["ETag"]

    async def status(method: str, path: str, **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await api.request(method, f"{files}/{path}", content=b"x", headers=sent)).status_code

    assert await status("PUT", "main.py", If_None_Match="*") == 412
    assert await status("PUT", "main.py", If_Match='"old"') == 412
    assert await status("PUT", "main.py", If_Match=f"W/{tag}") == 412
    assert await status("PUT", "main.py", If_Match="not quoted") == 400
    assert await status("PUT", "new.py", If_Match="*") == 412
    assert await status("DELETE", "main.py", If_Match='"old"') == 412
    assert (await api.get(f"{files}/main.py")).headers["ETag"] == tag
    assert await status("PUT", "new.py", If_None_Match="*") == 201
    assert await status("PUT", "main.py", If_Match=f'"old", {tag}') == 200
    assert await status("DELETE", "main.py", If_Match="*") == 204
    assert await status("DELETE", "main.py") == 404


async def test_renaming_moves_the_entry_point(api: httpx.AsyncClient, files: str) -> None:
    tag = (await api.get(f"{files}/main.py")).headers["ETag"]
    stale = await api.patch(f"{files}/main.py", json={"path": "x.py"}, headers={"If-Match": '"old"'})
    assert stale.json()["etag"] == tag
    moved = await api.patch(f"{files}/main.py", json={"path": "src/app.py"}, headers={"If-Match": tag})
    assert (moved.status_code, moved.json()["path"], moved.headers["ETag"]) == (200, "src/app.py", tag)
    assert (await api.get(files.removesuffix("/files"))).json()["entry"] == "src/app.py"
    await api.put(f"{files}/other.py", content=b"")
    taken = await api.patch(f"{files}/other.py", json={"path": "src/app.py"})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/file-exists")
    clash = await api.patch(f"{files}/other.py", json={"path": "src"})
    assert (clash.status_code, clash.json()["type"]) == (422, "/problems/path-clash")


@pytest.mark.parametrize("path", REACHABLE)
async def test_paths_that_are_refused_change_nothing(api: httpx.AsyncClient, files: str, path: str) -> None:
    before = await snapshot(api, files)
    answer = await api.put(f"{files}/{quote(path, safe='')}", content=b"x")
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/invalid-path"
    assert (await api.patch(f"{files}/main.py", json={"path": path})).json()["type"] == "/problems/invalid-path"
    assert await snapshot(api, files) == before


async def test_limits_are_named_and_nothing_is_changed(api: httpx.AsyncClient, files: str) -> None:
    before = await snapshot(api, files)
    for size in (100_001, 5_000_000):
        answer = await api.put(f"{files}/big.txt", content=b"x" * size)
        assert (answer.status_code, answer.json()["limit"]) == (413, 100_000)
    assert await snapshot(api, files) == before
    for number in range(4):
        assert (await api.put(f"{files}/{number}.txt", content=b"x" * 100_000)).status_code == 201
    before = await snapshot(api, files)
    answer = await api.put(f"{files}/4.txt", content=b"x" * 100_000)
    assert (answer.status_code, answer.json()["type"], answer.json()["limit"]) == (
        413,
        "/problems/app-too-large",
        500_000,
    )
    assert await snapshot(api, files) == before


async def test_the_number_of_files_is_limited(api: httpx.AsyncClient, files: str) -> None:
    for number in range(49):
        assert (await api.put(f"{files}/{number}.txt", content=b"")).status_code == 201
    answer = await api.put(f"{files}/one-more.txt", content=b"")
    assert (answer.status_code, answer.json()["type"], answer.json()["limit"]) == (422, "/problems/too-many-files", 50)
    assert len((await snapshot(api, files))["files"]) == 50


async def test_only_text_is_taken(api: httpx.AsyncClient, files: str) -> None:
    answer = await api.put(f"{files}/image.png", content=b"\x89PNG\xff")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-body")
    assert "byte 0" in answer.json()["detail"]


async def test_a_tag_depends_on_the_text_alone(api: httpx.AsyncClient, files: str) -> None:
    tag = (await api.put(f"{files}/a.txt", content=b"same")).headers["ETag"]
    assert (await api.put(f"{files}/b.txt", content=b"same")).headers["ETag"] == tag
    assert tag == f'"{hashlib.sha256(b"same").hexdigest()[:32]}"'
