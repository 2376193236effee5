"""FastAPI, and with it Starlette and pydantic."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Item(BaseModel):
    """A model with what models usually have."""

    name: str = Field(min_length=1)
    price: float = 1.0
    tags: list[str] = []


async def page(limit: int = 10) -> int:
    """A dependency."""
    return limit


@app.get("/items/{number}")
async def read(number: int, limit: Annotated[int, Depends(page)], word: str | None = None) -> dict[str, Any]:
    """Take parameters from everywhere."""
    return {"number": number, "limit": limit, "word": word}


@app.post("/items", status_code=201)
async def create(item: Item) -> Item:
    """Validate both ways."""
    return item


def use() -> None:
    """Answer a few requests, one of them with an error."""
    request("GET", "/items/1", b"word=a")
    request("POST", "/items", body=b'{"name": "a"}')
    request("POST", "/items", body=b"[]")


def request(method: str, path: str, query: bytes = b"", body: bytes = b"") -> None:
    """Call the app."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_message: Any) -> None:
        pass

    coroutine = app(scope, receive, send)
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("the app waited for something")
