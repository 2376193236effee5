"""The language process as a process: its life, the order of its answers, and what it survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from podium.tests.ide.client import AnswerError, LanguageClient, LanguageParent, language_process, uri
from podium.tests.ide.conftest import FILES, MAIN

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED, CONTENT_MODIFIED, REQUEST_CANCELLED = -32002, -32801, -32800


@pytest.fixture
def process() -> Iterator[LanguageClient]:
    """A process of one test's own."""
    with LanguageClient() as client:
        yield client


def code_of(client: LanguageClient, method: str, params: object = None) -> int:
    """The code of the error that a request is answered with."""
    with pytest.raises(AnswerError) as caught:
        client.request(method, params)
    return caught.value.code


def test_the_handshake_says_what_the_server_can_do(process: LanguageClient) -> None:
    assert code_of(process, "textDocument/hover", {}) == NOT_INITIALIZED
    result = process.start(FILES)
    assert result["serverInfo"]["name"] == "podium"
    offered = result["capabilities"]
    assert offered["positionEncoding"] == "utf-16"
    assert offered["textDocumentSync"] == {"openClose": True, "change": 2}
    assert offered["completionProvider"] == {"triggerCharacters": ["."], "resolveProvider": True}
    assert offered["renameProvider"] == {"prepareProvider": True}
    assert code_of(process, "initialize", {"capabilities": {}, "processId": None, "rootUri": None}) == INVALID_REQUEST


def test_it_begins_and_ends_as_the_protocol_says(process: LanguageClient) -> None:
    """Without a word about files, as any other client would."""
    process.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert process.at("completion", "main.py", "ran‸")["items"]
    assert process.request("shutdown", None) is None
    assert code_of(process, "textDocument/hover", {}) == INVALID_REQUEST
    process.notify("exit", None)
    assert process.close() == 0


def test_exit_without_shutdown_is_an_error(process: LanguageClient) -> None:
    process.start()
    process.notify("exit", None)
    assert process.close() == 1


@pytest.mark.parametrize("end", ["closed", "terminated", "killed"])
def test_it_ends_and_leaves_nothing_behind(end: str) -> None:
    with language_process(FILES) as client:
        client.open("main.py", MAIN)
        client.at("completion", "main.py", MAIN + "app.‸")
        folder = client.parent.folder / str(client.pid)
        assert (folder / "main.py").exists()
        if end != "closed":
            os.kill(client.pid, signal.SIGTERM if end == "terminated" else signal.SIGKILL)
            client.parent.exit_code(client.name)
        assert client.close() == {"closed": 0, "terminated": 1, "killed": -signal.SIGKILL}[end]
    assert not folder.exists()


def test_it_ends_at_once_also_while_it_computes() -> None:
    with language_process(FILES) as client:
        client.ask("textDocument/completion", client.place("main.py", MAIN + "app.‸"))
    assert client.close() == 0


def test_all_end_with_the_server(tmp_path: Path) -> None:
    """Also the one that is being computed in."""
    parent = LanguageParent()
    clients = [LanguageClient(parent) for _ in range(2)]
    pids = [client.pid for client in clients]
    clients[0].start(FILES)
    clients[0].ask("textDocument/completion", clients[0].place("main.py", MAIN + "app.‸"))
    assert parent.close() == 0
    psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=30)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    for client in clients:
        client.hang_up()


def test_half_written_parser_caches_are_healed(tmp_path: Path) -> None:
    code = "import json\njson.‸"
    parent = LanguageParent(trees=tmp_path)
    with language_process(FILES, parent) as client:
        while client.at("completion", "main.py", code) is None:
            pass
    parent.close()
    caches = list(tmp_path.rglob("*.pkl"))
    assert caches
    for cache in caches:
        cache.write_bytes(cache.read_bytes()[: cache.stat().st_size // 2])
    parent = LanguageParent(trees=tmp_path)
    with language_process(FILES, parent) as client:
        answer = None
        while answer is None:
            answer = client.at("completion", "main.py", code)
        assert "dumps" in {item["label"] for item in answer["items"]}
        assert "failed" not in client.stderr.decode()
    parent.close()


def test_malformed_input_is_answered_and_survived(language: LanguageClient) -> None:
    language.send_bytes(b"Content-Length: 1\r\n\r\n{")
    with pytest.raises(AnswerError) as caught:
        language.answer(None)
    assert caught.value.code == PARSE_ERROR
    del language.answers[None]
    language.send_bytes(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert language.request("podium/validate", {"files": {}, "entry": "main.py"})["diagnostics"]
    with pytest.raises(AnswerError) as caught:
        language.answer(None)
    assert caught.value.code == PARSE_ERROR
    del language.answers[None]
    language.send([1, 2])
    with pytest.raises(AnswerError) as caught:
        language.answer(None)
    assert caught.value.code == INVALID_REQUEST
    del language.answers[None]


def test_what_the_server_cannot_do_is_said(language: LanguageClient) -> None:
    assert code_of(language, "textDocument/implementation", {}) == METHOD_NOT_FOUND
    assert code_of(language, "textDocument/hover", {"textDocument": 1}) == INVALID_PARAMS
    assert code_of(language, "textDocument/hover", None) == INVALID_PARAMS
    assert code_of(language, "podium/validate", {"files": {"a.py": 1, "b.py": [2]}}) == INVALID_PARAMS


def test_notifications_that_are_wrong_or_unknown_are_passed_over(language: LanguageClient) -> None:
    language.notify("workspace/didChangeConfiguration", {"settings": {}})
    language.notify("textDocument/didChange", {"textDocument": {"uri": uri("never opened.py"), "version": 1}})
    change = {"textDocument": {"uri": uri("never opened.py"), "version": 1}, "contentChanges": [{"text": ""}]}
    language.notify("textDocument/didChange", change)
    language.notify("textDocument/didClose", {"textDocument": {"uri": "inmemory://model/1"}})
    item = {"uri": "inmemory://model/1", "languageId": "json", "version": 1, "text": "{"}
    language.notify("textDocument/didOpen", {"textDocument": item})
    language.notify("$/cancelRequest", {"id": 999_999})
    assert language.at("hover", "main.py", "def f(): ...\nf‸\n") is not None


def test_an_answer_to_a_question_that_was_not_asked_is_passed_over(language: LanguageClient) -> None:
    language.send({"jsonrpc": "2.0", "id": 77_777, "result": None})
    assert language.at("hover", "main.py", "def f(): ...\nf‸\n") is not None


def test_every_request_of_a_fast_typist_is_answered_once(language: LanguageClient) -> None:
    text, requests = "import fastapi\nfastapi.FastAPI().", []
    for letter in "include_router":
        text += letter
        place = language.place("main.py", text + "‸")
        requests.append(language.ask("textDocument/completion", place))
        requests.append(language.ask("textDocument/hover", place))
        requests.append(language.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri("main.py")}}))
    language.wait(lambda: all(request in language.answers for request in requests))
    assert sorted(id for id in language.order if id in requests) == requests
    errors = [answer["error"]["code"] for id in requests if "error" in (answer := language.answers[id])]
    assert set(errors) <= {CONTENT_MODIFIED}
    last = language.answers[requests[-3]]["result"]["items"]
    assert [item["label"] for item in last] == ["include_router"]


def test_a_cancelled_request_is_answered_as_such_or_with_its_result(language: LanguageClient) -> None:
    busy = language.ask("textDocument/completion", language.place("main.py", "import fastapi\nfastapi.FastAPI().‸"))
    request = language.ask("podium/validate", {"files": {}, "entry": "main.py"})
    language.notify("$/cancelRequest", {"id": request})
    language.answer(busy)
    language.wait(lambda: request in language.answers)
    answer = language.answers[request]
    assert "result" in answer or answer["error"]["code"] == REQUEST_CANCELLED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = " + "(" * 5000 + "‸", id="brackets"),
        pytest.param("x = a" + ".b" * 5000 + ".‸", id="attributes"),
        pytest.param("\n".join(" " * depth + "if 1:" for depth in range(200)) + "\n" + " " * 200 + "‸", id="blocks"),
        pytest.param("x = '\ud83d'; x.‸", id="half a surrogate pair"),
        pytest.param("x = '\0'; x.‸", id="NUL"),
        pytest.param("class A(A, B): pass\nclass B(A): pass\nB().‸", id="circular bases"),
        pytest.param("def f(): return f()\nf().‸", id="endless recursion"),
    ],
)
def test_code_that_jedi_cannot_cope_with_harms_nothing(language: LanguageClient, text: str) -> None:
    language.at("completion", "main.py", text)
    assert language.at("hover", "main.py", "def f(): ...\nf‸\n") is not None


def test_what_jedi_raises_is_answered_with_nothing_and_logged(language: LanguageClient) -> None:
    assert language.at("completion", "main.py", "x = '\0'\nx.‸\n") is None
    language.wait(lambda: b"textDocument/completion failed" in language.stderr)
    assert b"SyntaxError: source code string cannot contain null bytes" in language.stderr


def test_an_app_at_the_limit_of_its_size_is_understood() -> None:
    code = (
        'def function_{n}(a: int, b: str = "") -> dict[str, int]:\n    """Do something."""\n    return {{b: a}}\n\n\n'
    )
    files = {f"part_{part}.py": "".join(code.format(n=part * 1000 + n) for n in range(975)) for part in range(5)}
    assert 490_000 < sum(map(len, files.values())) < 500_000
    with language_process(files | {"main.py": ""}) as client:
        answer = None
        while answer is None:  # a busy machine may give up an answer, and reads the files meanwhile
            marked = "from part_3 import function_3\nimport part_4\npart_4.function_49‸\n"
            answer = client.at("completion", "main.py", marked)
        assert "function_4900" in {item["label"] for item in answer["items"]}
        messages = [item["message"] for item in client.diagnostics("main.py")]
        assert "'function_3' is not defined in part_3.py." in messages


def test_code_is_never_run(tmp_path: Path) -> None:
    """Not even a module of the name that jedi would import."""
    witness = tmp_path / "witness"
    text = f"open({str(witness)!r}, 'w').close()\nx = 1\n"
    with language_process({"gi.py": text, "main.py": "import gi\n"}) as client:
        client.at("completion", "main.py", "import gi\ngi.‸")
        client.open("main.py", "import gi\nprint(gi)\n")
        client.diagnostics("main.py")
    assert not witness.exists()


DEADLINE = """
import threading
from podium.ide.language.deadline import Deadline, OutOfTimeError

deadline = Deadline()
with deadline.limit(60):
    pass
for end in ("time", "expiry", "expired before"):
    try:
        with deadline.limit(0.05 if end == "time" else 60):
            if end == "expiry":
                threading.Thread(target=deadline.expire).start()
            while True:
                try:
                    pass
                except Exception:
                    pass
    except OutOfTimeError:
        print(end)
"""


def test_a_computation_that_does_not_end_is_ended() -> None:
    """In a process of its own: pytest's timeouts use the same timer."""
    done = subprocess.run([sys.executable, "-c", DEADLINE], capture_output=True, text=True, timeout=30)
    assert (done.stdout.splitlines(), done.stderr) == (["time", "expiry", "expired before"], "")
