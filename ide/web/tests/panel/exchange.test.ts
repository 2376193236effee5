// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetSession } from "@/api/session";
import type { Run, SendRequest } from "@/api/types";
import { type Answer, answerOfRecord, errorOf, isBroken, missingBytes, newAnswer, requestOfRecord, withLine } from "@/panel/exchange/answer";
import { AnswerBody, bytesOf } from "@/panel/exchange/body";
import { LineSplitter } from "@/panel/exchange/lines";
import { cancel, openExchanges, replay, send, show, useExchange } from "@/panel/exchange/store";
import { useLive } from "@/state/live";
import { runApp } from "@/state/run";
import { ExchangeServer, line, record } from "./exchangeServer";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const request: SendRequest = { method: "GET", path: "/x", headers: [], body: null, body_base64: null, target: "dev" };
const start = line({ type: "start", status: 200, headers: [["content-type", "text/plain"]], first_byte_ms: 5 });
const chunk = (text: string) => line({ type: "chunk", text });
const response = (size: number) => ({ status: 200, headers: [], first_byte_ms: 5, body: { size, text: null, base64: null, truncated: false } });
const end = line({ type: "end", record: record({ response: response(6) }) });

describe("lines of a stream", () => {
  it("come out whole wherever the bytes were cut", () => {
    const bytes = encode('{"a":"é😀"}\n\r\n{"b":1}\n{"c":2}');
    for (let size = 1; size <= bytes.length; size++) {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
      lines.push(...splitter.end());
      expect(lines).toEqual(['{"a":"é😀"}', '{"b":1}', '{"c":2}']);
    }
  });
});

describe("a body that arrives", () => {
  it("is text and lines at any time, wherever its characters were cut", () => {
    const bytes = encode("one\r\ntwö\n\nthree");
    for (let size = 1; size <= bytes.length; size++) {
      const body = new AnswerBody();
      for (let at = 0; at < bytes.length; at += size) {
        body.append(bytes.subarray(at, at + size));
        body.lines();
      }
      expect(body.lines()).toEqual(["one", "twö", "", "three"]);
      expect(body.text()).toBe("one\r\ntwö\n\nthree");
      expect(body.bytes()).toEqual(bytes);
    }
  });

  it("is read in the character set that the answer names, if there is such a one", () => {
    const latin = new AnswerBody("latin1");
    latin.append(new Uint8Array([0xe9]));
    expect(latin.text()).toBe("é");
    const unknown = new AnswerBody("no-such-set");
    unknown.append(encode("é"));
    expect(unknown.text()).toBe("é");
  });

  it("takes text and base64", () => {
    expect(bytesOf({ text: "é" })).toEqual(encode("é"));
    expect(bytesOf({ text: null, base64: "AP8=" })).toEqual(new Uint8Array([0, 255]));
    expect(bytesOf({})).toHaveLength(0);
  });
});

describe("an answer", () => {
  const told = (...lines: Parameters<typeof withLine>[1][]): Answer => lines.reduce(withLine, newAnswer(request));

  it("goes from sending over streaming to done", () => {
    expect(told(start)).toMatchObject({ id: "req_1", phase: "streaming", status: 200, firstByteMs: 5 });
    expect(told(start, chunk("ab"), chunk("c"))).toMatchObject({ received: 3 });
    expect(told(start, chunk("ab"), end)).toMatchObject({ phase: "done", record: { duration_ms: 12 } });
  });

  it("that never came says why", () => {
    const failed = told(line({ type: "start" }), line({ type: "end", record: record({ state: "failed", error: "The app closed the connection." }) }));
    expect(failed).toMatchObject({ phase: "failed", status: null });
    expect(errorOf(failed)).toEqual({ title: "No answer came", detail: "The app closed the connection." });
  });

  it("that broke off is not taken for one that was cut by the panel", () => {
    const broken = told(start, chunk("ab"), line({ type: "end", record: record({ state: "failed", response: response(100), error: "It ended early." }) }));
    expect([isBroken(broken), missingBytes(broken)]).toEqual([true, 0]);
    const cut = told(start, chunk("ab"), line({ type: "end", record: record({ response: response(100) }) }));
    expect([isBroken(cut), missingBytes(cut)]).toEqual([false, 98]);
  });

  it("out of the history has the body that the record kept", () => {
    const kept = record({ response: { ...response(100), body: { size: 100, text: "abc", base64: null, truncated: true } }, request: { method: "POST", path: "/y", headers: [["A", "b"]], body: { size: 1, text: "z", base64: null, truncated: false } } });
    const answer = answerOfRecord(kept);
    expect(answer).toMatchObject({ phase: "done", status: 200, received: 3, fromHistory: true });
    expect(missingBytes(answer)).toBe(97);
    expect(requestOfRecord(kept)).toEqual({ method: "POST", path: "/y", headers: [["A", "b"]], body: "z", body_base64: null, target: "dev" });
  });
});

describe("the panel's exchanges", () => {
  let server: ExchangeServer;
  let close: () => void;
  const serving = { session: "s", version: "v", state: "running" } as Run;
  const shown = (): Answer | null => useExchange.getState().shown;
  const text = (): string | undefined => shown()?.body.text();
  const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

  beforeEach(async () => {
    server = new ExchangeServer();
    await server.start();
    forgetSession();
    sessionStorage.clear();
    useLive.setState({ run: serving });
    close = openExchanges("notes");
  });
  afterEach(async () => {
    close();
    await server.stop();
  });

  it("shows an answer as it comes", async () => {
    server.scripts = [[start, chunk("abc"), chunk("dëf"), end]];
    await send("notes", request);
    expect(shown()).toMatchObject({ phase: "done", status: 200 });
    expect(text()).toBe("abcdëf");
    expect(server.asked).toEqual(["POST /requests"]);
  });

  it("waits for a Run of this page, so that the code on the screen answers", async () => {
    server.scripts = [[start, chunk("new"), end]];
    let isUp: (run: Run) => void = () => undefined;
    server.run = new Promise((resolve) => (isUp = resolve));
    const ran = runApp("notes");
    const sent = send("notes", request);
    await until(() => expect(useExchange.getState().starting).toBe(true));
    await until(() => expect(server.asked).toEqual(["POST /run"]));
    isUp({ ...serving, routes: [] });
    await Promise.all([ran, sent]);
    expect(server.asked).toEqual(["POST /run", "POST /requests"]);
    expect(text()).toBe("new");
  });

  it("keeps the old answer until the first byte of the new one", async () => {
    server.scripts = [[start, chunk("old"), end], [""]];
    await send("notes", request);
    const sent = send("notes", { ...request, path: "/next" });
    await until(() => expect(useExchange.getState().pending?.id).toBe("req_1"));
    expect(text()).toBe("old");
    close();
    await sent;
  });

  it("attaches again when the connection is lost, and goes on behind the last byte", async () => {
    const binary = line({ type: "chunk", base64: "/wD+" });
    server.scripts = [
      [start, chunk("ab"), "cut"],
      [start, chunk("abc"), binary, "cut"],
      [start, line({ type: "chunk", text: "a" }), line({ type: "chunk", base64: btoa("bc\xff\x00\xfe") }), chunk("!"), end],
    ];
    await send("notes", request);
    expect(server.asked).toEqual(["POST /requests", "GET /requests/req_1", "GET /requests/req_1"]);
    expect([...(shown()?.body.bytes() ?? [])]).toEqual([97, 98, 99, 255, 0, 254, 33]);
    expect(shown()).toMatchObject({ phase: "done", reconnecting: false });
  });

  it("attaches again when the connection is lost before the first byte", async () => {
    server.scripts = [["cut"], [start, chunk("late"), end]];
    await send("notes", request);
    expect(text()).toBe("late");
  });

  it("says what the server said when it cannot attach any more", async () => {
    server.scripts = [[start, chunk("ab"), "cut"], ["gone"]];
    await send("notes", request);
    expect(shown()).toMatchObject({ phase: "failed", received: 2, problem: { title: "No such request", detail: "It is gone." } });
  });

  it("comes back to the exchange of before a reload, from its first byte", async () => {
    sessionStorage.setItem("podium.exchange.notes", "req_1");
    server.record = record({ state: "streaming" });
    server.scripts = [[start, chunk("from the first byte"), end]];
    close = openExchanges("notes");
    await until(() => expect(text()).toBe("from the first byte"));
  });

  it("comes back to nothing when that exchange is gone", async () => {
    sessionStorage.setItem("podium.exchange.notes", "req_0");
    server.record = null;
    close = openExchanges("notes");
    await until(() => expect(sessionStorage.getItem("podium.exchange.notes")).toBeNull());
    expect(shown()).toBeNull();
  });

  it("shows one of the history, which is not sent again", async () => {
    server.record = record({ response: { ...response(3), body: { size: 3, text: "abc", base64: null, truncated: false } } });
    await show("notes", "req_1");
    expect(text()).toBe("abc");
    expect(server.asked).toEqual(["GET /requests/req_1"]);
  });

  it("sends a record again as a new exchange", async () => {
    server.scripts = [[start, chunk("1"), end], [start, chunk("2"), end]];
    await send("notes", request);
    const first = shown();
    if (first === null) throw new Error("nothing is shown");
    await replay("notes", first);
    expect(server.asked).toEqual(["POST /requests", "POST /requests/req_1/replay"]);
    expect(text()).toBe("2");
  });

  it("cancels what goes on by its id", async () => {
    let open = (): void => undefined;
    server.gate = new Promise((resolve) => {
      open = resolve;
    });
    server.scripts = [[start, chunk("so far"), ""], [line({ type: "end", record: record({ state: "cancelled", response: response(6) }) })]];
    const sent = send("notes", request);
    await until(() => expect(text()).toBe("so far"));
    await cancel();
    expect(server.asked).toContain("DELETE /requests/req_1");
    open();
    await sent;
    expect(shown()?.phase).toBe("cancelled");
  });

  it("ends the one that goes on when another is sent", async () => {
    server.gate = new Promise(() => undefined);
    server.scripts = [[start, chunk("first"), ""], [start, chunk("second"), end]];
    const first = send("notes", request);
    await until(() => expect(text()).toBe("first"));
    await send("notes", request);
    await first;
    expect(text()).toBe("second");
    expect(server.asked).toContain("DELETE /requests/req_1");
  });
});
