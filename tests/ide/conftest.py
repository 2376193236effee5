"""A language process that the tests of one worker share; tests that break one start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from podium.tests.ide.client import LanguageClient, language_process

MAIN = '''"""Notes in a database."""

import os

from fastapi import FastAPI, HTTPException
from models import Note, newest
from pymongo import MongoClient

app = FastAPI(title="Notes")
notes = MongoClient(os.environ["PLATFORM_MONGO_URI"]).get_default_database()["notes"]


@app.get("/notes/{note_id}")
def read(note_id: str) -> Note:
    """Read one note."""
    found = notes.find_one({"_id": note_id})
    if found is None:
        raise HTTPException(404)
    return Note(title=found["title"])


@app.get("/newest")
def read_newest() -> Note | None:
    return newest([Note(title="one"), Note(title="two", stars=5)])
'''

MODELS = '''"""What a note is."""

from pydantic import BaseModel


class Note(BaseModel):
    """A note with a title."""

    title: str
    stars: int = 0

    def shout(self, mark: str = "!", *, times: int = 1) -> str:
        """Say the title aloud.

        :param mark: what to end with

        >>> Note(title="hey").shout()
        'HEY!'
        """
        return self.title.upper() + mark * times


def newest(notes: list[Note]) -> Note | None:
    """Find the newest note."""
    return notes[-1] if notes else None
'''

FILES = {"main.py": MAIN, "models.py": MODELS, "page.html": "<h1>Notes</h1>", "requirements.txt": "fastapi\n"}


@pytest.fixture(scope="session")
def language() -> Iterator[LanguageClient]:
    """A process that knows the app, and has loaded what jedi needs of the libraries."""
    with language_process(FILES) as client:
        for member in ("fastapi.FastAPI().", "pymongo.MongoClient()['a']['b'].", "pydantic.BaseModel."):
            # On a machine that has no parser cache yet a first answer may be given up.
            while client.at("completion", "warm.py", f"import fastapi, pydantic, pymongo\n{member}‸") is None:
                pass
        client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///app/warm.py"}})
        yield client
