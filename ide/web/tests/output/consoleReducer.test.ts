// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { choose, estimateHeight } from "@/output/console/mime";
import { decodeFrame, makeMessage, type Message, toCodePoints, toUnits } from "@/output/console/protocol";
import { type ConsoleState, EMPTY_CONSOLE, MAX_STREAM, reduce, withAnswer, withCell, withDivider, withLost } from "@/output/console/reducer";
import { placesIn, tidy } from "@/output/console/traceback";
import { commonPrefix, olderEntry } from "@/output/console/usePrompt";

const from = (parent: string, type: string, content: Record<string, unknown> = {}, channel: Message["channel"] = "iopub"): Message =>
  makeMessage("kernel", channel, type, content, { msg_id: parent });
const play = (state: ConsoleState, ...messages: Message[]): ConsoleState => messages.reduce(reduce, state);
const asked = withCell(EMPTY_CONSOLE, "a", "1 + 1");
const first = (state: ConsoleState) => state.cells[0];
const stream = (text: string, name = "stdout") => from("a", "stream", { name, text });

describe("the console", () => {
  it("follows code from the question to the result", () => {
    const running = play(asked, from("a", "status", { execution_state: "busy" }), from("a", "execute_input", { execution_count: 3 }));
    expect(first(running)).toMatchObject({ state: "running", count: 3 });
    expect(running.kernel).toBe("busy");
    const done = play(running, from("a", "execute_result", { data: { "text/plain": "2" } }), from("a", "execute_reply", { status: "ok", execution_count: 3 }, "shell"), from("a", "status", { execution_state: "idle" }));
    expect(first(done)).toMatchObject({ state: "done", outputs: [{ type: "display", data: { "text/plain": "2" }, isResult: true }] });
  });

  it("joins what is printed, each stream for itself", () => {
    const state = play(asked, stream("a"), stream("b\n"), stream("oh", "stderr"), stream("c"));
    expect(first(state)?.outputs.map((output) => output.type === "stream" && [output.name, output.text])).toEqual([["stdout", "ab\n"], ["stderr", "oh"], ["stdout", "c"]]);
  });

  it("keeps the latest of a stream that is too long, and says so", () => {
    const state = play(asked, stream("x".repeat(MAX_STREAM)), stream("end"));
    expect(first(state)?.outputs[0]).toMatchObject({ isCut: true });
    expect((first(state)?.outputs[0] as { text: string }).text).toHaveLength(MAX_STREAM);
    expect((first(state)?.outputs[0] as { text: string }).text.endsWith("xend")).toBe(true);
  });

  it("shows errors, and what was not run because of them", () => {
    const two = withCell(asked, "b", "2");
    const state = play(
      two,
      from("a", "error", { ename: "ValueError", evalue: "no", traceback: ["x", "y"] }),
      from("a", "execute_reply", { status: "error" }, "shell"),
      from("a", "status", { execution_state: "idle" }),
      from("b", "execute_reply", { status: "aborted" }, "shell"),
      from("b", "status", { execution_state: "idle" }),
    );
    expect(state.cells.map((cell) => cell.state)).toEqual(["failed", "aborted"]);
    expect(first(state)?.outputs).toEqual([{ type: "error", name: "ValueError", value: "no", traceback: ["x", "y"] }]);
  });

  it("updates displays wherever they stand", () => {
    const shown = play(asked, from("a", "display_data", { data: { "text/plain": "0 %" }, transient: { display_id: "bar" } }), from("a", "display_data", { data: { "text/plain": "other" } }));
    const state = play(withCell(shown, "b", "next"), from("b", "update_display_data", { data: { "text/plain": "100 %" }, transient: { display_id: "bar" } }));
    expect(first(state)?.outputs).toMatchObject([{ data: { "text/plain": "100 %" } }, { data: { "text/plain": "other" } }]);
    expect(state.cells[1]?.outputs).toEqual([]);
  });

  it("clears at once, or with the next output", () => {
    expect(first(play(asked, stream("a"), from("a", "clear_output", { wait: false })))?.outputs).toEqual([]);
    const waiting = play(asked, stream("a"), from("a", "clear_output", { wait: true }));
    expect(first(waiting)?.outputs).toHaveLength(1);
    expect(first(play(waiting, stream("b")))?.outputs).toMatchObject([{ text: "b" }]);
  });

  it("shows pages of help, and takes code for the prompt", () => {
    const reply = { status: "ok", payload: [{ source: "page", data: { "text/plain": "Docstring" } }, { source: "set_next_input", text: "x = 1" }] };
    const state = play(asked, from("a", "execute_reply", reply, "shell"));
    expect(first(state)?.outputs).toMatchObject([{ type: "display", data: { "text/plain": "Docstring" } }]);
    expect(state.nextInput).toBe("x = 1");
    expect(withCell(state, "b", "x = 1").nextInput).toBeNull();
  });

  it("asks for input and shows the answer as a terminal does, but no password", () => {
    const asking = play(asked, from("a", "input_request", { prompt: "Name? ", password: false }, "stdin"));
    expect(asking.input).toMatchObject({ cell: "a", prompt: "Name? ", isPassword: false });
    const answered = withAnswer(asking, "Ada");
    expect(answered.input).toBeNull();
    expect(first(answered)?.outputs).toMatchObject([{ text: "Name? Ada\n" }]);
    const secret = withAnswer(play(asked, from("a", "input_request", { prompt: "", password: true }, "stdin")), "hunter2");
    expect(JSON.stringify(secret.cells)).not.toContain("hunter2");
    expect(withAnswer(answered, "again")).toBe(answered);
    expect(play(asking, from("a", "status", { execution_state: "idle" })).input).toBeNull();
  });

  it("leaves the code of other pages alone", () => {
    const state = play(asked, from("other", "execute_input", { code: "x", execution_count: 9 }), from("other", "stream", { name: "stdout", text: "x" }), from("other", "status", { execution_state: "idle" }));
    expect(first(state)).toMatchObject({ state: "waiting", count: null, outputs: [] });
  });

  it("says what a lost kernel took with it, and where a new one begins", () => {
    const done = play(withCell(EMPTY_CONSOLE, "z", "0"), from("z", "status", { execution_state: "idle" }));
    const dead = play(withCell(done, "a", "1"), from("", "status", { execution_state: "dead" }));
    expect(dead.cells.map((cell) => cell.state)).toEqual(["done", "lost"]);
    const divided = withDivider(dead);
    expect(divided.cells.map((cell) => cell.state)).toEqual(["done", "lost", "divider"]);
    expect(withDivider(divided)).toBe(divided);
    expect(withDivider(EMPTY_CONSOLE)).toBe(EMPTY_CONSOLE);
    expect(first(withLost(asked, new Set(["other"])))?.state).toBe("waiting");
  });

  it("believes a late end of what seemed lost", () => {
    expect(first(play(withLost(asked, new Set(["a"])), from("a", "status", { execution_state: "idle" })))?.state).toBe("done");
  });
});

describe("the protocol", () => {
  it("reads text frames, and binary ones with buffers", () => {
    const message = from("a", "stream", { text: "é" });
    expect(decodeFrame(JSON.stringify(message))).toEqual(message);
    const json = new TextEncoder().encode(JSON.stringify(message));
    const frame = new ArrayBuffer(12 + json.length + 3);
    const view = new DataView(frame);
    [2, 12, 12 + json.length].forEach((number, index) => view.setUint32(index * 4, number));
    new Uint8Array(frame).set(json, 12);
    expect(decodeFrame(frame)).toEqual(message);
    const only = new ArrayBuffer(8 + json.length);
    new DataView(only).setUint32(0, 1);
    new DataView(only).setUint32(4, 8);
    new Uint8Array(only).set(json, 8);
    expect(decodeFrame(only)).toEqual(message);
  });

  it("counts characters as Python does", () => {
    expect(toCodePoints("😀a", 3)).toBe(2);
    expect(toUnits("😀a", 2)).toBe(3);
  });

  it("shows the richest form that works without scripts", () => {
    expect(choose({ "text/plain": "x", "text/html": "<b>x</b>" })).toEqual({ kind: "html", html: "<b>x</b>" });
    expect(choose({ "text/plain": "a chart", "text/html": "<div></div><script>draw()</script>" })).toEqual({ kind: "text", text: "a chart" });
    expect(choose({ "text/html": "<p>text</p><script>draw()</script>", "text/plain": "" })).toMatchObject({ kind: "html" });
    expect(choose({ "text/plain": "<Figure>", "image/png": "AA==" })).toEqual({ kind: "image", type: "image/png", data: "AA==", isBase64: true, alt: "<Figure>" });
    expect(choose({ "image/svg+xml": ["<svg>", "</svg>"] })).toMatchObject({ kind: "image", data: "<svg></svg>", isBase64: false });
    expect(choose({ "application/json": { a: 1 } })).toEqual({ kind: "text", text: '{\n  "a": 1\n}' });
    expect(choose({})).toEqual({ kind: "text", text: "" });
  });

  it("guesses a height for HTML within bounds", () => {
    const rows = (count: number): number => estimateHeight(`<table>${"<tr><td>1</td></tr>".repeat(count)}</table>`);
    expect(rows(0)).toBe(48);
    expect(rows(8)).toBeGreaterThan(rows(4));
    expect(rows(100)).toBe(420);
  });
});

describe("a traceback", () => {
  const traceback = [
    "\x1b[31m---------------------------------------------------------------------------\x1b[39m",
    "\x1b[31mZeroDivisionError\x1b[39m                         Traceback (most recent call last)",
    "\x1b[36mCell\x1b[39m In[5], line 1",
    "\x1b[36mFile \x1b[39m\x1b[32m~/work/app/pages/main.py:61\x1b[39m, in compute(n)",
    'File "/home/work/app/main.py", line 7, in f',
    "File /usr/lib/python3/site-packages/main.py:3, in g",
    "File /somewhere/else.py:3, in h",
  ];

  it("leads to the lines of the app's own files", () => {
    expect(placesIn([...traceback, ...traceback], ["main.py", "pages/main.py"])).toEqual([
      { path: "pages/main.py", line: 61 },
      { path: "main.py", line: 7 },
    ]);
  });

  it("is shown without what only fills a terminal's width", () => {
    expect(tidy(traceback).split("\n")[0]).toBe("\x1b[31mZeroDivisionError\x1b[39m  Traceback (most recent call last)");
  });
});

describe("the prompt", () => {
  it("completes as far as all matches agree", () => {
    expect(commonPrefix(["router", "routes"])).toBe("route");
    expect(commonPrefix(["a", "b"])).toBe("");
    expect(commonPrefix(["only"])).toBe("only");
    expect(commonPrefix([])).toBe("");
  });

  it("walks back over what begins alike", () => {
    const history = ["import os", "x = 1", "import sys"];
    expect(olderEntry(history, 3, "")).toBe(2);
    expect(olderEntry(history, 2, "import")).toBe(0);
    expect(olderEntry(history, 0, "")).toBe(-1);
  });
});
