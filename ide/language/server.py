"""The protocol side: takes messages, keeps the documents, and hands requests to the scheduler."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from lsprotocol import types as lsp

from podium.ide.language.convert import structure, unstructure
from podium.ide.language.documents import Documents, Snapshot, first_place
from podium.ide.language.framing import FrameReader, FrameWriter, FramingError
from podium.ide.language.messages import (
    Answer,
    Notification,
    Request,
    RpcError,
    decode,
    encode_error,
    encode_notification,
    encode_result,
)
from podium.ide.language.methods import METHODS, initialized
from podium.ide.language.params import FilesParams, StartOptions
from podium.ide.language.running import RunningApp
from podium.ide.language.scheduling import Job, Refusal, Scheduler
from podium.ide.text import Edit, Position, Range

LEARN_DELAY_S = 1.0
"""How long after the handshake a process begins to learn about the libraries that the app uses."""

_REFUSALS = {
    Refusal.CANCELLED: (lsp.LSPErrorCodes.RequestCancelled, "The request was cancelled."),
    Refusal.OUTDATED: (lsp.LSPErrorCodes.ContentModified, "The document was edited since."),
    Refusal.REPLACED: (lsp.LSPErrorCodes.ContentModified, "A newer request took the place of this one."),
}


class Analysis(Protocol):
    """The answering side: functions of a snapshot."""

    def answer(self, method: str, params: Any, snapshot: Snapshot) -> object:
        """The result of a request. Raises :class:`RpcError` with a sentence for the user."""

    def check(self, snapshot: Snapshot) -> Iterator[lsp.PublishDiagnosticsParams | None]:
        """Check all files in steps; yields what is to be published."""

    def warm_up(self, snapshot: Snapshot) -> Iterator[None]:
        """Learn in steps what the first requests about an app will need."""


class LanguageServer:
    """One conversation with one editor; ``analysis`` is called on the scheduler's thread alone."""

    def __init__(
        self, reader: FrameReader, writer: FrameWriter, scheduler: Scheduler, analysis: Analysis, running: RunningApp
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._scheduler = scheduler
        self._analysis = analysis
        self._running = running
        self._documents = Documents()
        self._state = "new"
        self._checks = False
        self._notifications: dict[str, Callable[[Any], None]] = {
            lsp.CANCEL_REQUEST: self._cancel,
            lsp.TEXT_DOCUMENT_DID_OPEN: self._did_open,
            lsp.TEXT_DOCUMENT_DID_CHANGE: self._did_change,
            lsp.TEXT_DOCUMENT_DID_CLOSE: self._did_close,
            "podium/files": self._files,
        }

    def serve(self) -> int:
        """Read messages until ``exit`` or the end of the stream; answers the exit code that LSP prescribes."""
        while True:
            try:
                body = self._reader.read()
                message = None if body is None else decode(body)
            except FramingError as error:
                self._writer.write(encode_error(RpcError(lsp.ErrorCodes.ParseError, str(error))))
                continue
            except RpcError as error:
                self._writer.write(encode_error(error))
                continue
            if body is None or (isinstance(message, Notification) and message.method == lsp.EXIT):
                return 0 if body is None or self._state == "shut down" else 1
            self._take(message)

    def _take(self, message: Request | Notification | Answer | None) -> None:
        if isinstance(message, Answer):
            self._running.take(message)
        elif isinstance(message, Request):
            try:
                self._request(message)
            except RpcError as error:
                error.request = message.id
                self._writer.write(encode_error(error))
        elif message is not None and self._state == "running" and message.method in self._notifications:
            try:
                self._notifications[message.method](message.params)
            except RpcError as error:
                sys.stderr.write(f"{message.method}: {error.message}\n")

    def _request(self, request: Request) -> None:
        if request.method == lsp.INITIALIZE and self._state == "new":
            self._initialize(request)
        elif self._state == "new":
            raise RpcError(lsp.ErrorCodes.ServerNotInitialized, "The first request is initialize.")
        elif self._state == "shut down" or request.method == lsp.INITIALIZE:
            raise RpcError(lsp.ErrorCodes.InvalidRequest, f"{request.method} does not fit the state of this server.")
        elif request.method == lsp.SHUTDOWN:
            self._state = "shut down"
            self._writer.write(encode_result(request.id, None))
        else:
            self._submit(request)

    def _initialize(self, request: Request) -> None:
        # Of all that a client may say of itself nothing but this is needed, and reading it takes long.
        given = request.params.get("initializationOptions") if isinstance(request.params, dict) else None
        options = structure(given or {}, StartOptions, request.method)
        self._documents.store(options.files, entry=options.entry, unmet=options.unmet)
        self._state = "running"
        self._writer.write(encode_result(request.id, initialized()))
        self._checks, self._running.is_there = options.checks, options.looks
        self._check_soon()
        if options.learns:
            # Whoever opens an editor may want something at once.
            self._scheduler.background(
                "learn", lambda: self._analysis.warm_up(self._documents.snapshot()), LEARN_DELAY_S
            )

    def _submit(self, request: Request) -> None:
        method = METHODS.get(request.method)
        if method is None:
            raise RpcError(lsp.ErrorCodes.MethodNotFound, f"There is no method {request.method}.")
        params: Any = structure(request.params, method.params, request.method)
        document = getattr(params, "text_document", None)
        place = getattr(params, "position", None)
        self._scheduler.submit(
            Job(
                request.id,
                request.method,
                method.policy,
                compute=lambda: self._compute(request, params),
                refuse=lambda why: self._refuse(request, why),
                path=None if document is None else self._documents.snapshot().path(document.uri),
                position=None if place is None else Position(place.line, place.character),
            )
        )

    def _compute(self, request: Request, params: Any) -> None:
        try:
            result = self._analysis.answer(request.method, params, self._documents.snapshot())
            # A dictionary is JSON already: completions are too many to be built of typed values.
            self._writer.write(encode_result(request.id, result if isinstance(result, dict) else unstructure(result)))
        except RpcError as error:
            error.request = request.id
            self._writer.write(encode_error(error))
        except Exception:  # noqa: BLE001 - the boundary of a request: the process goes on
            traceback.print_exc()
            message = "This request failed in the language server."
            self._writer.write(encode_error(RpcError(lsp.ErrorCodes.InternalError, message, request.id)))

    def _refuse(self, request: Request, why: Refusal) -> None:
        code, message = _REFUSALS[why]
        self._writer.write(encode_error(RpcError(code, message, request.id)))

    def _cancel(self, params: Any) -> None:
        self._scheduler.cancel(structure(params, lsp.CancelParams, lsp.CANCEL_REQUEST).id)

    def _did_open(self, params: Any) -> None:
        document = structure(params, lsp.DidOpenTextDocumentParams, lsp.TEXT_DOCUMENT_DID_OPEN).text_document
        path = self._documents.open(document.uri, document.version, document.text)
        if path is not None:
            self._scheduler.edited(path, Position(0, 0))
            self._check_soon()

    def _did_change(self, params: Any) -> None:
        change = structure(params, lsp.DidChangeTextDocumentParams, lsp.TEXT_DOCUMENT_DID_CHANGE)
        edits = [_edit(item) for item in change.content_changes]
        path = self._documents.change(change.text_document.uri, change.text_document.version, edits)
        if path is not None:
            self._scheduler.edited(path, first_place(edits))
            self._check_soon()

    def _did_close(self, params: Any) -> None:
        closed = structure(params, lsp.DidCloseTextDocumentParams, lsp.TEXT_DOCUMENT_DID_CLOSE)
        if self._documents.close(closed.text_document.uri) is not None:
            self._check_soon()

    def _files(self, params: Any) -> None:
        files = structure(params, FilesParams, "podium/files")
        self._documents.store(files.changed, files.removed, files.entry, files.unmet)
        self._check_soon()

    def _check_soon(self) -> None:
        """Check once nothing else is to be done; editors wait with showing mistakes in what is being typed."""
        if self._checks:
            self._scheduler.background("check", self._check)

    def _check(self) -> Iterator[None]:
        try:
            for found in self._analysis.check(self._documents.snapshot()):
                if found is not None:
                    method = lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
                    self._writer.write(encode_notification(method, unstructure(found)))
                yield
        except Exception:  # noqa: BLE001 - the boundary of a check: the next keystroke begins another
            traceback.print_exc()


def _edit(change: lsp.TextDocumentContentChangeEvent) -> Edit | str:
    if isinstance(change, lsp.TextDocumentContentChangeWholeDocument):
        return change.text
    start, end = change.range.start, change.range.end
    return Edit(Range(Position(start.line, start.character), Position(end.line, end.character)), change.text)
