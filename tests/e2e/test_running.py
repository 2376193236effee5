"""While an app runs: streams, reloads of the page, a server that goes away, logs and the console."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from podium.tests.e2e.desk import Desk
from podium.tests.support.server import running

pytestmark = pytest.mark.asyncio(loop_scope="session")

GATED = '''"""A stream that goes on when a file appears."""

import asyncio
import pathlib

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


@app.get("/stream")
def stream():
    async def words():
        yield "first\\n"
        while not pathlib.Path("go").exists():
            await asyncio.sleep(0.02)
        yield "last\\n"

    return StreamingResponse(words(), media_type="text/plain")


@app.get("/go")
def go():
    pathlib.Path("go").touch()
    print("the gate is open")
    return "gone"
'''


async def test_a_reload_in_the_middle_of_a_stream_loses_nothing(desk: Desk) -> None:
    name = await desk.open({"main.py": GATED})
    await desk.send("/stream")
    await desk.answered("first")
    await desk.page.reload()
    await desk.answered("first")
    with desk.podium.client() as client:
        client.get("/go", headers={"Host": f"{name}.localhost:{desk.podium.port}"}).raise_for_status()
    await desk.answered("last")
    await desk.answered("200")


async def test_the_log_lines_of_a_request_stand_beside_its_answer(desk: Desk) -> None:
    await desk.open({"main.py": GATED})
    await desk.send("/go")
    await desk.answered("gone")
    await desk.answer.get_by_role("tab", name=re.compile("^Logs")).click()
    await desk.answered("the gate is open")
    await desk.output("Logs")
    logs = desk.page.get_by_role("tabpanel", name=re.compile("^Logs")).last
    await expect(logs.get_by_text("the gate is open").first).to_be_visible()


async def test_the_history_survives_a_reload(desk: Desk) -> None:
    await desk.open({"main.py": GATED})
    await desk.send("/go?mark=kept")
    await desk.answered("gone")
    await desk.page.reload()
    await desk.answer.get_by_role("tab", name=re.compile("^History")).click()
    await desk.page.get_by_role("option", name=re.compile("mark=kept")).click()
    await desk.answer.get_by_role("tab", name=re.compile("^Body")).click()
    await desk.answered("gone")


async def test_the_console_is_in_the_kernel_of_the_running_app(desk: Desk) -> None:
    await desk.open({"main.py": GATED})
    await desk.output("Console")
    console = desk.page.get_by_role("tabpanel", name=re.compile("^Console"))
    prompt = console.get_by_role("textbox").last
    await prompt.fill("import asyncio; await asyncio.sleep(0); type(app).__name__ + '!'")
    await prompt.press("Enter")
    await expect(console.get_by_text("FastAPI!").first).to_be_visible()


async def test_a_killed_kernel_says_why_and_what_to_do(desk: Desk) -> None:
    files = {"main.py": GATED + '\n\n@app.get("/die")\ndef die():\n    import os\n    os._exit(3)\n'}
    await desk.open(files)
    await desk.send("/die")
    await desk.answered("No answer came")
    await expect(desk.answer.get_by_role("button", name="Send again").last).to_be_visible()
    await desk.status("failed")
    await desk.run()
    await desk.send("/go")
    await desk.answered("gone")


async def test_an_editor_that_does_not_arrive_is_asked_for_again(desk: Desk) -> None:
    parts = re.compile("/assets/(mount|editor[.]worker)")
    await desk.page.route(parts, lambda route: route.abort())
    with desk.podium.client() as client:
        name = client.post("/api/v1/apps", json={}).raise_for_status().json()["name"]
    await desk.page.goto(f"{desk.podium.url}/apps/{name}")
    late = desk.page.get_by_role("status").filter(has_text="The code editor has not arrived yet")
    await expect(late).to_be_visible()
    await desk.page.unroute(parts)
    await late.get_by_role("button", name="Try now").click()
    await expect(desk.page.locator(".view-lines").first).to_be_visible()
    await expect(late).to_have_count(0)


async def test_a_server_that_comes_back_finds_the_edits_that_were_made_meanwhile(page: Page, tmp_path: Path) -> None:
    with running(tmp_path) as podium:
        port = podium.port
        desk = Desk(page, podium)
        await desk.sign_in()
        name = await desk.open({"main.py": GATED}, run=False)
        await expect(page.get_by_text("No problems")).to_be_visible()
        podium.stop(signal.SIGKILL)
        await desk.write("kept = True\n")
        await expect(page.get_by_text(re.compile("Reconnecting")).first).to_be_visible()
    with running(tmp_path, "--port", str(port)) as again, again.client() as client:
        await desk.saved()
        text = client.get(f"/api/v1/apps/{name}/files/main.py").raise_for_status().text
        assert text == "kept = True\n"


async def test_changed_environment_variables_offer_the_restart_that_applies_them(desk: Desk) -> None:
    source = "import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
    source += '@app.get("/")\ndef read():\n    return os.environ.get("GREETING", "nothing yet")\n'
    await desk.open({"main.py": source})
    page = desk.page
    await page.get_by_role("button", name="Environment variables", exact=True).click()
    await page.get_by_role("button", name="Add a variable").click()
    await page.get_by_label("Name of variable 1").fill("GREETING")
    await page.get_by_label("Value of variable 1").fill("good day")
    await page.get_by_label("Value of variable 1").press("Enter")
    await expect(page.get_by_text("The environment variables have changed.")).to_be_visible()
    await page.get_by_role("button", name="Restart the kernel").first.click()
    await expect(page.get_by_text("The environment variables have changed.")).to_be_hidden()
    await desk.send("/")
    await desk.answered("good day")
