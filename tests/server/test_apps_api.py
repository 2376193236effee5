"""The list of apps over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from podium.ide.templates import empty_template
from podium.tests.support.names import unique_name

APPS = "/api/v1/apps"


async def names(api: httpx.AsyncClient) -> list[str]:
    """The names of all apps, as listed."""
    return [app["name"] for app in (await api.get(APPS)).json()["apps"]]


async def test_an_empty_app(api: httpx.AsyncClient) -> None:
    name = unique_name()
    created = await api.post(APPS, json={"name": name})
    assert created.status_code == 201
    app = created.json()
    assert created.headers["Location"] == f"{APPS}/{app['id']}"
    assert (app["name"], app["entry"], app["state"], app["revision"]) == (name, "main.py", "stopped", 1)
    assert app["url"].startswith(f"http://{name}.localhost:")
    assert (await api.get(f"{APPS}/{name}")).json() == app
    assert (await api.get(f"{APPS}/{app['id']}")).json() == app
    files = (await api.get(f"{APPS}/{name}/files?text=true")).json()["files"]
    assert {file["path"]: file["text"] for file in files} == empty_template().files


async def test_podium_chooses_a_name(api: httpx.AsyncClient) -> None:
    created = await asyncio.gather(*(api.post(APPS, json={}) for _ in range(4)))
    chosen = [answer.json()["name"] for answer in created]
    assert len(set(chosen)) == 4
    assert set(chosen) <= set(await names(api))


async def test_a_taken_name(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    answer = await api.post(APPS, json={"name": app["name"]})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/name-taken")
    assert (await names(api)).count(app["name"]) == 1


async def test_templates_are_listed_and_started_from(api: httpx.AsyncClient) -> None:
    templates = (await api.get("/api/v1/templates")).json()["templates"]
    assert len(templates) >= 7
    for template in templates:
        app = (await api.post(APPS, json={"template": template["id"]})).json()
        assert app["template"] == template["id"]
        files = (await api.get(f"{APPS}/{app['id']}/files")).json()["files"]
        assert [file["path"] for file in files] == template["files"]
        assert app["entry"] in template["files"]


async def test_an_unknown_template(api: httpx.AsyncClient) -> None:
    answer = await api.post(APPS, json={"template": "nothing"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/no-such-template")


async def test_a_copy_has_files_and_variables_and_is_on_its_own(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    await api.put(f"{APPS}/{app['name']}/files/more.py", content=b"x = 1")
    await api.put(f"{APPS}/{app['name']}/env", json={"variables": {"GREETING": "hello"}})
    copy = (await api.post(APPS, json={"copy_of": app["name"]})).json()
    assert copy["name"] == f"{app['name']}-copy"
    await api.delete(f"{APPS}/{app['name']}/files/more.py")
    await api.put(f"{APPS}/{app['name']}/env", json={"variables": {}})
    assert (await api.get(f"{APPS}/{copy['id']}/files/more.py")).text == "x = 1"
    assert (await api.get(f"{APPS}/{copy['id']}/env")).json()["variables"] == {"GREETING": "hello"}


async def test_a_copy_of_nothing_or_of_two_things(api: httpx.AsyncClient) -> None:
    assert (await api.post(APPS, json={"copy_of": "nobody"})).status_code == 404
    answer = await api.post(APPS, json={"copy_of": "x", "template": "y"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/two-origins")


async def test_renaming(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    new = unique_name("renamed")
    changed = (await api.patch(f"{APPS}/{app['name']}", json={"name": new})).json()
    assert (changed["id"], changed["name"]) == (app["id"], new)
    assert changed["url"].startswith(f"http://{new}.")
    assert (await api.get(f"{APPS}/{app['name']}")).status_code == 404
    assert (await api.patch(f"{APPS}/{new}", json={"name": new})).json() == changed
    assert (await api.patch(f"{APPS}/{new}", json={})).json() == changed


async def test_the_entry_point_is_a_python_file_of_the_app(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    url = f"{APPS}/{app['name']}"
    await api.put(f"{url}/files/src/other.py", content=b"")
    await api.put(f"{url}/files/notes.txt", content=b"")
    assert (await api.patch(url, json={"entry": "src/other.py"})).json()["entry"] == "src/other.py"
    for entry in ("notes.txt", "missing.py"):
        answer = await api.patch(url, json={"entry": entry})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/no-such-entry")
    assert (await api.patch(url, json={"entry": "../x.py"})).json()["type"] == "/problems/invalid-path"
    assert (await api.get(url)).json()["entry"] == "src/other.py"


async def test_delete_and_undo(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    url = f"{APPS}/{app['id']}"
    assert (await api.delete(url)).status_code == 204
    assert (await api.get(url)).status_code == 404
    assert (await api.get(f"{url}/files")).status_code == 404
    assert (await api.delete(url)).status_code == 404
    assert app["name"] not in await names(api)
    restored = await api.post(f"{url}/restore")
    assert restored.json()["name"] == app["name"]
    assert (await api.get(f"{url}/files/main.py")).text == empty_template().files["main.py"]
    assert (await api.post(f"{url}/restore")).status_code == 404


async def test_undo_after_the_name_was_taken(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    await api.delete(f"{APPS}/{app['id']}")
    await api.post(APPS, json={"name": app["name"]})
    restored = (await api.post(f"{APPS}/{app['id']}/restore")).json()
    assert restored["name"] == f"{app['name']}-2"


async def test_the_newest_change_comes_first(api: httpx.AsyncClient, app: dict[str, Any]) -> None:
    other = (await api.post(APPS, json={"name": unique_name()})).json()
    listed = await names(api)
    assert listed.index(other["name"]) < listed.index(app["name"])
    await api.put(f"{APPS}/{app['name']}/files/new.py", content=b"")
    listed = await names(api)
    assert listed.index(app["name"]) < listed.index(other["name"])


async def test_the_longest_name_can_be_copied(api: httpx.AsyncClient) -> None:
    name = f"{unique_name()}-{'x' * 40}"[:40]
    await api.post(APPS, json={"name": name})
    first, second = [(await api.post(APPS, json={"copy_of": name})).json()["name"] for _ in range(2)]
    assert len({name, first, second}) == 3
    assert len(first) <= 40
    assert len(second) <= 40
