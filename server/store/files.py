"""The files of apps. All files of one app are one document, so that limits and revisions hold at every moment.

Every change is a compare-and-set on the revision: read, check, write if nobody else wrote, else begin again. What a
caller expects of *its* file (``If-Match``) is checked in each round, so of two who change one file exactly one wins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from podium.server.http.problem import Conflict, Invalid, NotFound, PreconditionFailed, TooLarge
from podium.server.models.apps import MAX_APP_BYTES, MAX_FILE_BYTES, MAX_FILES
from podium.server.models.common import AppId, UserId
from podium.server.store.client import Document, Store
from podium.server.store.memory import Newest
from podium.server.store.paths import check_clash, clean
from podium.server.store.times import moment, now_ms

_COLLECTION = "trees"
_ROUNDS = 50
_REMEMBERED = 64
"""Apps whose files are kept in memory; each has at most half a megabyte."""


class NoSuchFile(NotFound):
    type = "no-such-file"
    title = "There is no such file"


class FileExists(Conflict):
    type = "file-exists"
    title = "A file of that path exists already"


class FileTooLarge(TooLarge):
    type = "file-too-large"
    title = "The file is too large"


class AppTooLarge(TooLarge):
    type = "app-too-large"
    title = "The app's files are too large together"


class TooManyFiles(Invalid):
    type = "too-many-files"
    title = "The app has too many files"


class TooBusy(Conflict):
    type = "too-many-changes"
    title = "Too many changes at the same time"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file; ``etag`` is a strong entity tag, quotes included."""

    path: str
    text: str
    etag: str
    updated_ms: int

    @property
    def updated_at(self) -> datetime:
        """When the text was written last."""
        return moment(self.updated_ms)

    @property
    def size(self) -> int:
        """Bytes of the text in UTF-8."""
        return len(self.text.encode())


@dataclass(frozen=True, slots=True)
class Tree:
    """All files of an app at one revision, by path and in that order."""

    revision: int
    files: Mapping[str, StoredFile]

    def get(self, path: str) -> StoredFile:
        """One file; raises :class:`NoSuchFile`."""
        found = self.files.get(path)
        if found is None:
            raise NoSuchFile(f"The app has no file {path!r}. It may have been renamed or deleted.")
        return found

    def texts(self) -> dict[str, str]:
        """What a kernel is given."""
        return {path: file.text for path, file in self.files.items()}


@dataclass(frozen=True, slots=True)
class Precondition:
    """What a caller expects: the file has one of ``match`` (``*``: exists), and none of ``none_match``."""

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None

    def check(self, file: StoredFile | None) -> None:
        """Raise :class:`PreconditionFailed`, with the tag that the file really has."""
        if self.match is not None and not _tags_match(self.match, file):
            raise _changed(file)
        if self.none_match is not None and _tags_match(self.none_match, file):
            raise _changed(file)


UNCONDITIONAL = Precondition()
Edit = Callable[[Tree], Mapping[str, StoredFile]]


class Files:
    """The files of each owner's apps."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._newest = Newest[tuple[UserId, AppId], Tree](_REMEMBERED if store.alone else 0)

    async def prepare(self) -> None:
        """Make the index."""
        async with self._store.collection(_COLLECTION) as trees:
            await trees.create_index([("owner", 1)], name="owner")

    async def create(self, owner: UserId, app: AppId, texts: Mapping[str, str]) -> Tree:
        """Store the first files of an app."""
        tree = Tree(1, {})
        for path, text in texts.items():
            tree = Tree(1, _put(tree, clean(path), text))
        _check_limits(tree.files)
        tree = Tree(1, dict(sorted(tree.files.items())))
        async with self._store.collection(_COLLECTION) as trees:
            await trees.insert_one({"_id": app, "owner": owner, "revision": 1, "files": _documents(tree.files)})
        self._newest.written((owner, app), tree)
        return tree

    async def tree(self, owner: UserId, app: AppId) -> Tree:
        """All files; raises :class:`NoSuchFile` when the app is gone."""
        async with self._store.collection(_COLLECTION) as trees:
            if newest := self._newest.get((owner, app)):
                return newest
            since = self._newest.writes
            document = await trees.find_one({"_id": app, "owner": owner})
        if document is None:
            raise NoSuchFile("The app has been deleted.")
        tree = Tree(document["revision"], {item["path"]: _file(item) for item in document["files"]})
        self._newest.read((owner, app), tree, since)
        return tree

    async def everywhere(self, path: str) -> list[str]:
        """The text of this file in every app of every owner; only the sweep asks for it."""
        async with self._store.collection(_COLLECTION) as trees:
            found = [document["files"] async for document in trees.find({"files.path": path})]
        return [item["text"] for files in found for item in files if item["path"] == path]

    async def revisions(self, owner: UserId) -> dict[AppId, int]:
        """The revision of every app's files."""
        async with self._store.collection(_COLLECTION) as trees:
            cursor = trees.find({"owner": owner}, {"revision": 1})
            return {AppId(document["_id"]): document["revision"] async for document in cursor}

    async def write(
        self, owner: UserId, app: AppId, path: str, text: str, precondition: Precondition = UNCONDITIONAL
    ) -> tuple[Tree, bool]:
        """Write one file; the flag says that it is new. Nothing is changed when a limit would be passed."""
        path = clean(path)
        created = False

        def edit(tree: Tree) -> Mapping[str, StoredFile]:
            nonlocal created
            precondition.check(tree.files.get(path))
            created = path not in tree.files
            return _put(tree, path, text)

        return await self._change(owner, app, edit), created

    async def remove(self, owner: UserId, app: AppId, path: str, precondition: Precondition = UNCONDITIONAL) -> Tree:
        """Remove one file; raises :class:`NoSuchFile`."""
        path = clean(path)

        def edit(tree: Tree) -> Mapping[str, StoredFile]:
            precondition.check(tree.files.get(path))
            tree.get(path)
            return {name: file for name, file in tree.files.items() if name != path}

        return await self._change(owner, app, edit)

    async def rename(
        self, owner: UserId, app: AppId, path: str, new_path: str, precondition: Precondition = UNCONDITIONAL
    ) -> Tree:
        """Give one file another path; raises :class:`FileExists` when that is taken."""
        path, new_path = clean(path), clean(new_path)

        def edit(tree: Tree) -> Mapping[str, StoredFile]:
            precondition.check(tree.files.get(path))
            moved = replace(tree.get(path), path=new_path)
            others = {name: file for name, file in tree.files.items() if name != path}
            if new_path in others:
                raise FileExists(f"Choose another path than {new_path!r}, or remove that file first.")
            check_clash(new_path, others)
            return {**others, new_path: moved}

        return await self._change(owner, app, edit)

    async def purge(self, owner: UserId, app: AppId) -> None:
        """Forget all files of an app."""
        async with self._store.collection(_COLLECTION) as trees:
            await trees.delete_one({"_id": app, "owner": owner})
        self._newest.forget((owner, app))

    async def _change(self, owner: UserId, app: AppId, edit: Edit) -> Tree:
        for _ in range(_ROUNDS):
            before = await self.tree(owner, app)
            files = edit(before)
            if files == before.files:
                return before
            _check_limits(files)
            after = Tree(before.revision + 1, dict(sorted(files.items())))
            if await self._swap(owner, app, before.revision, after):
                return after
        raise TooBusy("Nothing was changed. Try again in a moment.")

    async def _swap(self, owner: UserId, app: AppId, revision: int, after: Tree) -> bool:
        changes: Document = {"revision": after.revision, "files": _documents(after.files)}
        try:
            async with self._store.collection(_COLLECTION) as trees:
                result = await trees.update_one({"_id": app, "owner": owner, "revision": revision}, {"$set": changes})
        except BaseException:
            self._newest.doubt((owner, app))
            raise
        if result.matched_count == 0:
            self._newest.forget((owner, app))
            return False
        self._newest.written((owner, app), after)
        return True


def etag_of(text: str) -> str:
    """A strong entity tag: it changes exactly when the text does."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _put(tree: Tree, path: str, text: str) -> Mapping[str, StoredFile]:
    old = tree.files.get(path)
    if old is not None and old.text == text:
        return tree.files
    if old is None:
        check_clash(path, tree.files)
    return {**tree.files, path: StoredFile(path, text, etag_of(text), now_ms())}


def _check_limits(files: Mapping[str, StoredFile]) -> None:
    if len(files) > MAX_FILES:
        raise TooManyFiles(f"An app has at most {MAX_FILES} files; nothing was changed.", limit=MAX_FILES)
    for file in files.values():
        if file.size > MAX_FILE_BYTES:
            raise FileTooLarge(
                f"A file has at most {MAX_FILE_BYTES:,} bytes, {file.path} has {file.size:,}; nothing was changed.",
                limit=MAX_FILE_BYTES,
            )
    total = sum(file.size for file in files.values())
    if total > MAX_APP_BYTES:
        raise AppTooLarge(
            f"An app's files have at most {MAX_APP_BYTES:,} bytes together; nothing was changed.", limit=MAX_APP_BYTES
        )


def _tags_match(tags: frozenset[str], file: StoredFile | None) -> bool:
    return file is not None and ("*" in tags or file.etag in tags)


def _changed(file: StoredFile | None) -> PreconditionFailed:
    if file is None:
        return PreconditionFailed("The file does not exist (any more). Reload it, or write it without If-Match.")
    return PreconditionFailed(
        "The file is not what you last read. Reload it, put your change in again, and send its new tag.",
        headers={"ETag": file.etag},
        etag=file.etag,
    )


def _documents(files: Mapping[str, StoredFile]) -> list[Document]:
    return [
        {"path": file.path, "text": file.text, "etag": file.etag, "updated_ms": file.updated_ms}
        for file in files.values()
    ]


def _file(document: Document) -> StoredFile:
    return StoredFile(document["path"], document["text"], document["etag"], document["updated_ms"])
