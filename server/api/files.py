"""The files of an app: texts with entity tags, so that two who write one file never overwrite each other unseen."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from podium.server.changes import FilesChanged
from podium.server.http.operation import Access, Call, Header, Operation, Reply
from podium.server.http.problem import BadRequest, MalformedBody, PreconditionFailed
from podium.server.models.apps import MAX_FILE_BYTES, File, FileList, FileText, RenameFile
from podium.server.models.common import Input
from podium.server.store.apps import NoSuchApp, StoredApp
from podium.server.store.files import (
    AppTooLarge,
    FileExists,
    FileTooLarge,
    NoSuchFile,
    Precondition,
    StoredFile,
    TooBusy,
    TooManyFiles,
    Tree,
)
from podium.server.store.paths import InvalidPath, PathClash, clean

_TAGS = re.compile(r'\s*(?:(W/)?"([^"]*)"\s*(?:,\s*|$))+')
_TAG = re.compile(r'(W/)?("[^"]*")')
TAB_HEADER = "X-Podium-Tab"
_MAX_TAB = 64


class ListFiles(Input):
    """Query of the list of files."""

    text: Annotated[bool, Field(description="Send the texts along.")] = False


async def list_files(call: Call[None, ListFiles]) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    tree = await call.services.files.tree(call.user, app.id)
    shown = [_with_text(file) if call.query.text else _view(file) for file in tree.files.values()]
    return Reply(body=FileList(revision=tree.revision, files=shown))


async def get_file(call: Call) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    tree = await call.services.files.tree(call.user, app.id)
    file = tree.get(clean(call.path["path"]))
    headers = {"ETag": file.etag, "Vary": "Accept"}
    if _unchanged(call.request.headers.get("If-None-Match"), file):
        return Reply(304, None, headers)
    if "application/json" in call.request.headers.get("Accept", ""):
        return Reply(body=_with_text(file), headers=headers)
    return Reply(body=file.text.encode(), headers={**headers, "Content-Type": "text/plain; charset=utf-8"})


async def put_file(call: Call) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    text = _text(call.raw)
    path = clean(call.path["path"])
    tree, created = await call.services.files.write(call.user, app.id, path, text, _precondition(call))
    await _changed(call, app, tree, path)
    return _file_reply(tree.get(path), 201 if created else 200)


async def rename_file(call: Call[RenameFile]) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    path, new_path = clean(call.path["path"]), clean(call.body.path)
    tree = await call.services.files.rename(call.user, app.id, path, new_path, _precondition(call))
    if app.entry == path:
        await call.services.apps.update(call.user, app.id, name=None, entry=new_path)
    await _changed(call, app, tree, path, new_path)
    return _file_reply(tree.get(new_path), 200)


async def delete_file(call: Call) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    path = clean(call.path["path"])
    tree = await call.services.files.remove(call.user, app.id, path, _precondition(call))
    await _changed(call, app, tree, path)
    return Reply(204)


async def _changed(call: Call[RenameFile] | Call, app: StoredApp, tree: Tree, *paths: str) -> None:
    origin = call.request.headers.get(TAB_HEADER)
    await call.services.apps.touch(call.user, app.id, "updated_at")
    change = FilesChanged(call.user, app.id, tree.revision, paths, origin[:_MAX_TAB] if origin else None)
    call.services.changes.publish(change)


def _precondition(call: Call[RenameFile] | Call) -> Precondition:
    headers = call.request.headers
    return Precondition(
        _tags(headers.get("If-Match"), "If-Match"), _tags(headers.get("If-None-Match"), "If-None-Match")
    )


def _tags(text: str | None, header: str) -> frozenset[str] | None:
    """The strong tags of a header; weak ones never match here (RFC 9110, section 13.1.1)."""
    if text is None:
        return None
    if text.strip() == "*":
        return frozenset("*")
    if not _TAGS.fullmatch(text):
        raise BadRequest(f'{header} takes * or tags in quotes, such as "0a1b".')
    return frozenset(tag for weak, tag in _TAG.findall(text) if not weak)


def _unchanged(if_none_match: str | None, file: StoredFile) -> bool:
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or file.etag in [tag for _, tag in _TAG.findall(if_none_match)]


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedBody(f"Files are text in UTF-8; byte {error.start} is not. Nothing was changed.") from None


def _file_reply(file: StoredFile, status: int) -> Reply:
    return Reply(status, _view(file), {"ETag": file.etag})


def _view(file: StoredFile) -> File:
    return File(path=file.path, size=file.size, etag=file.etag, updated_at=file.updated_at)


def _with_text(file: StoredFile) -> FileText:
    return FileText(path=file.path, size=file.size, etag=file.etag, updated_at=file.updated_at, text=file.text)


_FILES = "/api/v1/apps/{app}/files"
_FILE = f"{_FILES}/{{path:path}}"
_IF_MATCH = Header("If-Match", "Only when the file still has this tag, else 412 with the tag that it has.")
_IF_NONE_MATCH = Header("If-None-Match", "With *: only when there is no such file yet, else 412.")
_TAB = Header(TAB_HEADER, "A name of the sender, which comes back as `origin` of the `files` event.")
_ETAG = Header("ETag", "The tag of the file's text.")
_COMMON = (NoSuchApp, NoSuchFile, InvalidPath, PreconditionFailed, TooBusy)

OPERATIONS = (
    Operation(
        "GET",
        _FILES,
        Access.USER,
        "List the files",
        list_files,
        answer=FileList,
        query=ListFiles,
        problems=(NoSuchApp,),
    ),
    Operation(
        "GET",
        _FILE,
        Access.USER,
        "Get one file: its text, or with `Accept: application/json` what the list has too",
        get_file,
        answer=FileText,
        content_type="text/plain",
        headers=(Header("If-None-Match", "Answer 304 when the file still has this tag."),),
        answer_headers=(_ETAG,),
        other_answers=((304, "The file has not changed."),),
        problems=(NoSuchApp, NoSuchFile, InvalidPath),
    ),
    Operation(
        "PUT",
        _FILE,
        Access.USER,
        "Write one file",
        put_file,
        raw_body="text/plain",
        answer=File,
        headers=(_IF_MATCH, _IF_NONE_MATCH, _TAB),
        answer_headers=(_ETAG,),
        other_answers=((201, "The file is new."),),
        problems=(*_COMMON, PathClash, FileTooLarge, AppTooLarge, TooManyFiles),
        max_body=MAX_FILE_BYTES,
    ),
    Operation(
        "PATCH",
        _FILE,
        Access.USER,
        "Rename one file; the entry point follows",
        rename_file,
        body=RenameFile,
        answer=File,
        headers=(_IF_MATCH, _TAB),
        answer_headers=(_ETAG,),
        problems=(*_COMMON, PathClash, FileExists),
    ),
    Operation(
        "DELETE",
        _FILE,
        Access.USER,
        "Delete one file",
        delete_file,
        status=204,
        headers=(_IF_MATCH, _TAB),
        problems=_COMMON,
    ),
)
