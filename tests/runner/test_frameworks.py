"""Every framework, each in a shape that people really write, answers through one runner after another."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import flask
import pytest

from podium.runner.frameworks.flask import FLASK as FLASK_FRAMEWORK
from podium.runner.protocol import EventType, FailureKind, Loaded
from podium.tests.runner.conftest import StartRunner
from podium.tests.runner.driver import Runner


@dataclass(frozen=True)
class App:
    """An app, what it should be recognised as, and the route whose handler is on a known line."""

    source: str
    framework: str
    interface: str
    path: str | None
    line: int | None = None
    openapi: bool = False


FASTAPI = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/hello/{name}")
def hello(name: str):
    return {"hello": name}

@app.get("/boom")
async def boom():
    raise ValueError("broken on purpose")
"""

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

async def hello(request):
    return JSONResponse({"hello": request.path_params["name"]})

async def boom(request):
    raise ValueError("broken on purpose")

app = Starlette(routes=[Mount("/hello", routes=[Route("/{name}", hello)]), Route("/boom", boom)])
"""

FASTHTML = """
from fasthtml.common import *

app, rt = fast_app()

@rt("/hello/{name}")
def get(name: str):
    return P(f"hello {name}")

@rt("/boom")
def boom():
    raise ValueError("broken on purpose")

serve()
"""

LITESTAR = """
from litestar import Litestar, get

@get("/hello/{name:str}")
async def hello(name: str) -> dict[str, str]:
    return {"hello": name}

@get("/boom")
async def boom() -> None:
    raise ValueError("broken on purpose")

app = Litestar([hello, boom])
"""

QUART = """
from quart import Quart

app = Quart(__name__)

@app.get("/hello/<name>")
async def hello(name):
    return {"hello": name}

@app.get("/boom")
async def boom():
    raise ValueError("broken on purpose")
"""

FLASK = """
from flask import Flask

app = Flask(__name__)

@app.get("/hello/<name>")
def hello(name):
    return {"hello": name}

@app.get("/boom")
def boom():
    raise ValueError("broken on purpose")

app.run()
"""

FALCON_ASGI = """
import falcon.asgi

class Hello:
    async def on_get(self, req, resp, name):
        resp.media = {"hello": name}

class Boom:
    async def on_get(self, req, resp):
        raise ValueError("broken on purpose")

app = falcon.asgi.App()
app.add_route("/hello/{name}", Hello())
app.add_route("/boom", Boom())
"""

FALCON_WSGI = """
import falcon

class Hello:
    def on_get(self, req, resp, name):
        resp.media = {"hello": name}

class Boom:
    def on_get(self, req, resp):
        raise ValueError("broken on purpose")

application = falcon.App()
application.add_route("/hello/{name}", Hello())
application.add_route("/boom", Boom())
"""

ASGI3 = """
async def app(scope, receive, send):
    if scope["path"] == "/boom":
        raise ValueError("broken on purpose")
    name = scope["path"].rpartition("/")[2]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"hello": "%s"}' % name.encode()})
"""

ASGI2 = """
class Application:
    def __init__(self, scope):
        self.scope = scope

    async def __call__(self, receive, send):
        if self.scope["path"] == "/boom":
            raise ValueError("broken on purpose")
        name = self.scope["path"].rpartition("/")[2]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"hello": "%s"}' % name.encode()})

app = Application
"""

WSGI = """
def hello(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise ValueError("broken on purpose")
    name = environ["PATH_INFO"].rpartition("/")[2]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b'{"hello": "%s"}' % name.encode()]
"""

DJANGO = """
from django.conf import settings
from django.http import JsonResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="only a test")

def hello(request, name):
    return JsonResponse({"hello": name})

def boom(request):
    raise ValueError("broken on purpose")

urlpatterns = [path("hello/<str:name>", hello), path("boom", boom)]
"""

APPS = {
    "fastapi": App(FASTAPI, "FastAPI", "asgi", "/hello/{name}", 6, openapi=True),
    "starlette": App(STARLETTE, "Starlette", "asgi", "/hello/{name}", 6),
    "fasthtml": App(FASTHTML, "FastHTML", "asgi", "/hello/{name}", 6),
    "litestar": App(LITESTAR, "Litestar", "asgi", "/hello/{name}", 4, openapi=True),
    "quart": App(QUART, "Quart", "asgi", "/hello/{name}", 6),
    "flask": App(FLASK, "Flask", "wsgi", "/hello/{name}", 6),
    "falcon-asgi": App(FALCON_ASGI, "Falcon", "asgi", "/hello/{name}", 5),
    "falcon-wsgi": App(FALCON_WSGI, "Falcon", "wsgi", "/hello/{name}", 5),
    "asgi3": App(ASGI3, "ASGI", "asgi", None),
    "asgi2": App(ASGI2, "ASGI", "asgi", None),
    "wsgi": App(WSGI, "WSGI", "wsgi", None),
}


@pytest.mark.parametrize("name", APPS)
async def test_a_framework_answers_and_its_routes_are_known(runner: Runner, name: str) -> None:
    await check(runner, APPS[name])


async def test_a_single_file_of_django_answers(start_runner: StartRunner) -> None:
    await check(await start_runner(), App(DJANGO, "Django", "wsgi", "/hello/{name}", 8))


INCLUDED = """
import os
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

router = APIRouter(prefix="/items")

@router.post("/{item}")
def change(item: int): ...

@router.websocket("/live")
async def live(socket): ...

inner = FastAPI()

@inner.get("/x")
def x(): ...

os.makedirs("files", exist_ok=True)
app = FastAPI()
app.include_router(router, prefix="/api")
app.mount("/inner", inner)
app.mount("/files", StaticFiles(directory="files"))
"""


async def test_routes_of_routers_and_mounted_apps(runner: Runner) -> None:
    loaded = await runner.loaded({"main.py": INCLUDED})
    assert [(route.kind, route.path, route.methods, route.handler, route.line) for route in loaded.routes] == [
        ("http", "/api/items/{item}", ("POST",), "change", 8),
        ("websocket", "/api/items/live", (), "live", 11),
        ("http", "/inner/x", ("GET",), "x", 16),
        ("mount", "/files", (), "StaticFiles", None),
    ]


async def test_an_app_whose_document_cannot_be_made_serves_all_the_same(runner: Runner) -> None:
    broken = FASTAPI + "def openapi():\n    raise ValueError('no document')\napp.openapi = openapi\n"
    loaded = await runner.loaded({"main.py": broken})
    assert len(loaded.routes) == 2
    assert await openapi_document(runner, loaded) is None
    line = await runner.event(EventType.LOG, lambda line: line["stream"] == "server")
    assert line["text"] == "The OpenAPI document of the app cannot be read: ValueError: no document"
    assert (await runner.app.get("/hello/ada")).status_code == 200


async def openapi_document(runner: Runner, loaded: Loaded) -> Any:
    told = await runner.event(EventType.OPENAPI, lambda data: data["generation"] == loaded.generation)
    return told["document"]


async def check(runner: Runner, app: App) -> None:
    loaded = await runner.loaded({"main.py": app.source})
    assert (loaded.framework, loaded.interface) == (app.framework, app.interface)
    assert (await openapi_document(runner, loaded) is not None) == app.openapi
    if app.path is not None:
        assert [r.path for r in loaded.routes if r.path.startswith("/hello")] == [app.path]
        route = next(route for route in loaded.routes if route.path == app.path)
        assert ("GET" in route.methods, route.file, route.line) == (True, "main.py", app.line)
    answer = await runner.app.get("/hello/ada")
    assert answer.status_code == 200, answer.text
    assert "hello" in answer.text
    assert "ada" in answer.text
    await check_error(runner, app)


async def check_error(runner: Runner, app: App) -> None:
    """A 500 has a failure with the frame of the line that raised, whoever caught the exception."""
    raising = next(n for n, line in enumerate(app.source.splitlines(), 1) if "raise ValueError" in line)
    answer = await runner.app.get("/boom?once")
    assert answer.status_code == 500
    failure = (await runner.record("/boom?once")).failure
    assert failure is not None
    assert (failure.kind, failure.message) == (FailureKind.HANDLER, "ValueError: broken on purpose")
    assert (failure.frames[-1].path, failure.frames[-1].line) == ("main.py", raising)
    assert failure.frames[-1].user
    assert failure.frames[-1].source == 'raise ValueError("broken on purpose")'


DJANGO_PROJECT = {
    "manage.py": dedent(
        """
        import os, sys
        def main():
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
            from django.core.management import execute_from_command_line
            execute_from_command_line(sys.argv)
        if __name__ == "__main__":
            main()
        """
    ),
    "site_config/__init__.py": "",
    "site_config/settings.py": dedent(
        """
        SECRET_KEY = "only a test"
        DEBUG = True
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "site_config.urls"
        INSTALLED_APPS = ["django.contrib.staticfiles", "notes"]
        STATIC_URL = "static/"
        """
    ),
    "site_config/urls.py": dedent(
        """
        from django.urls import include, path
        urlpatterns = [path("notes/", include("notes.urls"))]
        """
    ),
    "site_config/wsgi.py": dedent(
        """
        import os
        from django.core.wsgi import get_wsgi_application
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
        application = get_wsgi_application()
        """
    ),
    "site_config/asgi.py": dedent(
        """
        import os
        from django.core.asgi import get_asgi_application
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
        application = get_asgi_application()
        """
    ),
    "notes/__init__.py": "",
    "notes/urls.py": dedent(
        """
        from django.urls import path
        from notes.views import Notes
        urlpatterns = [path("<int:number>", Notes.as_view(), name="note")]
        """
    ),
    "notes/views.py": dedent(
        """
        from django.http import JsonResponse
        from django.views import View
        class Notes(View):
            def get(self, request, number):
                return JsonResponse({"number": number})
            def delete(self, request, number):
                return JsonResponse({})
        """
    ),
    "notes/static/site.css": "p { color: red }",
}


@pytest.mark.parametrize(
    "entry", ["manage.py", "site_config/settings.py", "site_config/wsgi.py", "site_config/asgi.py"]
)
async def test_a_django_project_runs_from_any_of_its_files(start_runner: StartRunner, entry: str) -> None:
    runner = await start_runner()
    loaded = await runner.loaded(DJANGO_PROJECT, entry)
    assert loaded.interface == ("asgi" if entry.endswith("asgi.py") else "wsgi")
    (route,) = [route for route in loaded.routes if route.name == "note"]
    assert (route.path, route.methods, route.file) == ("/notes/{number}", ("GET", "DELETE"), "notes/views.py")
    assert (await runner.app.get("/notes/7")).json() == {"number": 7}


async def test_django_serves_static_files_while_it_debugs(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded(DJANGO_PROJECT, "manage.py")
    assert (await runner.app.get("/static/site.css")).text == "p { color: red }"


async def test_an_edited_django_project_asks_for_a_new_process(start_runner: StartRunner) -> None:
    runner = await start_runner()
    await runner.loaded(DJANGO_PROJECT, "manage.py", "v1")
    edited = DJANGO_PROJECT | {"notes/views.py": DJANGO_PROJECT["notes/views.py"].replace('"number"', '"edited"')}
    refused = await runner.refused(edited, "manage.py", "v2")
    assert (refused.failure.kind, refused.serving) == (FailureKind.RESTART, "v1")
    assert (await runner.app.get("/notes/7")).json() == {"number": 7}
    # The same version once more is no edit.
    again = await runner.loaded(DJANGO_PROJECT, "manage.py", "v1")
    assert again.reloaded == ()


class NoSignal:
    """What Flask before 2.3 has where blinker is not installed."""

    def connect(self, *_: object, **__: object) -> None:
        raise RuntimeError("Signalling support is unavailable because the blinker library is not installed.")


def test_flask_without_signals_is_served_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flask, "got_request_exception", NoSignal())
    FLASK_FRAMEWORK.watch(flask.Flask("old"), lambda _error: None)
