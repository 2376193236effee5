// @vitest-environment happy-dom
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type WebSocket as Peer, WebSocketServer } from "ws";
import { makeMessage, type Message } from "@/output/console/protocol";
import { closeConsole, consoleActions, openConsole, useConsole } from "@/output/console/store";

let http: Server;
let sockets: WebSocketServer;
let peers: Peer[];
let received: Message[];
/** What the kernel answers to a request of a type. */
let replies: Record<string, (request: Message) => Message[]>;
let name = 0;
let app: string;

const reply = (request: Message, type: string, content: Record<string, unknown>, channel: Message["channel"] = "shell"): Message => makeMessage("kernel", channel, type, content, request.header);
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const isOpen = (): Promise<void> => until(() => expect(useConsole.getState().connection).toBe("open"));
const states = () => useConsole.getState().cells.map((cell) => cell.state);
const last = (type: string): Message | undefined => received.findLast((message) => message.header.msg_type === type);

function executed(request: Message): Message[] {
  return [
    reply(request, "execute_input", { execution_count: 1 }, "iopub"),
    reply(request, "execute_result", { data: { "text/plain": "2" } }, "iopub"),
    reply(request, "execute_reply", { status: "ok", execution_count: 1 }),
    reply(request, "status", { execution_state: "idle" }, "iopub"),
  ];
}

beforeEach(async () => {
  app = `console-${++name}`;
  peers = [];
  received = [];
  replies = { kernel_info_request: (request) => [reply(request, "kernel_info_reply", { status: "ok" })] };
  http = createServer();
  sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (peer) => {
    peers.push(peer);
    peer.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      received.push(message);
      for (const answer of replies[message.header.msg_type]?.(message) ?? []) peer.send(JSON.stringify(answer));
    });
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  window.location.href = `http://127.0.0.1:${(http.address() as AddressInfo).port}/apps/${app}`;
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(async () => {
  closeConsole();
  for (const peer of peers) peer.terminate();
  sockets.close();
  await new Promise((closed) => http.close(closed));
});

describe("the connection to the kernel", () => {
  it("runs code and remembers it", async () => {
    replies["execute_request"] = executed;
    openConsole(app, "s1");
    await isOpen();
    consoleActions.execute("1 + 1");
    consoleActions.execute("1 + 1");
    await until(() => expect(states()).toEqual(["done", "done"]));
    expect(last("execute_request")).toMatchObject({ channel: "shell", content: { code: "1 + 1", allow_stdin: true } });
    expect(useConsole.getState().history).toEqual(["1 + 1"]);
    expect(localStorage.getItem(`podium.console-history.${app}`)).toBe('["1 + 1"]');
  });

  it("asks whether code is whole, unless the kernel is busy", async () => {
    replies["is_complete_request"] = (request) => [reply(request, "is_complete_reply", request.content["code"] === "if x:" ? { status: "incomplete", indent: "    " } : { status: "complete" })];
    openConsole(app, "s1");
    await isOpen();
    expect(await consoleActions.incomplete("if x:")).toBe("    ");
    expect(await consoleActions.incomplete("x")).toBeNull();
    consoleActions.execute("busy()");
    expect(await consoleActions.incomplete("if x:")).toBeNull();
  });

  it("completes at the place of the cursor, in the browser's units", async () => {
    replies["complete_request"] = (request) => [reply(request, "complete_reply", { status: "ok", matches: ["app.router"], cursor_start: 2, cursor_end: 5 })];
    openConsole(app, "s1");
    await isOpen();
    expect(await consoleActions.complete("😀 app", 6)).toEqual({ matches: ["app.router"], start: 3, end: 6 });
    expect(last("complete_request")?.content).toEqual({ code: "😀 app", cursor_pos: 5 });
    replies["complete_request"] = (request) => [reply(request, "complete_reply", { status: "error" })];
    expect(await consoleActions.complete("x", 1)).toEqual({ matches: [], start: 1, end: 1 });
  });

  it("answers input with the question as parent", async () => {
    replies["execute_request"] = (request) => [reply(request, "input_request", { prompt: "? ", password: false }, "stdin")];
    openConsole(app, "s1");
    await isOpen();
    consoleActions.execute("input('? ')");
    await until(() => expect(useConsole.getState().input).not.toBeNull());
    consoleActions.answerInput("Ada");
    await until(() => expect(last("input_reply")).toMatchObject({ channel: "stdin", content: { value: "Ada" }, parent_header: { msg_type: "input_request" } }));
  });

  it("comes back by itself, and says which code ended unseen", async () => {
    openConsole(app, "s1");
    await isOpen();
    consoleActions.execute("slow()");
    await until(() => expect(last("execute_request")).toBeDefined());
    peers[0]?.terminate();
    await until(() => expect(useConsole.getState().connection).toBe("reconnecting"));
    await until(() => expect(peers).toHaveLength(2));
    await until(() => expect(states()).toEqual(["lost"]));
  });

  it("waits for a run when there is no kernel, with the server's words", async () => {
    openConsole(app, "s1");
    await isOpen();
    peers[0]?.close(4410, "It ran out of memory.");
    await until(() => expect(useConsole.getState()).toMatchObject({ connection: "closed", ended: "It ran out of memory." }));
    openConsole(app, "s2");
    await isOpen();
    expect(peers).toHaveLength(2);
  });

  it("keeps cells over a reload of the page, and marks where another kernel begins", async () => {
    replies["execute_request"] = executed;
    openConsole(app, "s1");
    await isOpen();
    consoleActions.execute("1 + 1");
    await until(() => expect(states()).toEqual(["done"]));
    closeConsole();
    useConsole.setState({ app: null, cells: [] });
    openConsole(app, "s1");
    expect(states()).toEqual(["done"]);
    closeConsole();
    openConsole(app, "s2");
    expect(states()).toEqual(["done", "divider"]);
    consoleActions.clear();
    expect(states()).toEqual([]);
  });
});
