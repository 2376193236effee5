// @vitest-environment happy-dom
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TextDocumentItem } from "vscode-languageserver-protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type WebSocket as Peer, WebSocketServer } from "ws";
import { LanguageClient, type LanguageState } from "@/editor/lsp/client";

interface Message {
  id?: number;
  method: string;
  params: Record<string, unknown>;
}

let http: Server;
let sockets: WebSocketServer;
let peers: Peer[];
let received: Message[];
let answers: Record<string, (message: Message) => object | undefined>;
let client: LanguageClient;
let states: LanguageState[];
let published: unknown[];
let text: string;

const document = (): TextDocumentItem => ({ uri: "file:///app/main.py", languageId: "python", version: 1, text });
const methods = (): string[] => received.map(({ method }) => method);
const isReady = (times = 1): Promise<void> =>
  vi.waitFor(() => expect(states.filter((state) => state === "ready")).toHaveLength(times), { timeout: 5_000 });

beforeEach(async () => {
  peers = [];
  received = [];
  states = [];
  published = [];
  text = "x = 1";
  answers = { initialize: () => ({ result: { capabilities: { textDocumentSync: 2, hoverProvider: true } } }) };
  http = createServer();
  sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (peer) => {
    peers.push(peer);
    peer.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      received.push(message);
      const answer = answers[message.method]?.(message);
      if (answer !== undefined) peer.send(JSON.stringify({ jsonrpc: "2.0", id: message.id, ...answer }));
    });
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  client = new LanguageClient({
    url: new URL(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/lsp`),
    documents: () => [document()],
    onDiagnostics: (params) => published.push(params),
    onState: (state) => states.push(state),
    onReady: () => undefined,
  });
});

afterEach(async () => {
  client.stop();
  for (const peer of peers) peer.terminate();
  sockets.close();
  await new Promise((closed) => http.close(closed));
});

describe("a language server", () => {
  it("is told about the open documents once it is ready", async () => {
    await isReady();
    await vi.waitFor(() => expect(methods()).toEqual(["initialize", "initialized", "textDocument/didOpen"]));
    expect(received[2]?.params).toEqual({ textDocument: document() });
  });

  it("answers requests; an error counts as no answer", async () => {
    answers["textDocument/hover"] = () => ({ result: { contents: "int" } });
    answers["textDocument/rename"] = () => ({ error: { code: -32803, message: "This is a keyword." } });
    await isReady();
    expect(await client.request("textDocument/hover", {})).toEqual({ contents: "int" });
    expect(await client.request("textDocument/rename", {})).toBeNull();
    await expect(client.demand("textDocument/rename", {})).rejects.toThrow("This is a keyword.");
  });

  it("is told when nobody wants an answer any more", async () => {
    let cancel = (): void => undefined;
    await isReady();
    const asked = client.request("textDocument/hover", {}, {
      isCancellationRequested: false,
      onCancellationRequested: (listener) => (cancel = () => void listener()),
    });
    await vi.waitFor(() => expect(methods()).toContain("textDocument/hover"));
    const { id } = received.find(({ method }) => method === "textDocument/hover") ?? {};
    cancel();
    await vi.waitFor(() => expect(received.at(-1)).toMatchObject({ method: "$/cancelRequest", params: { id } }));
    peers[0]?.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32800, message: "cancelled" } }));
    expect(await asked).toBeNull();
  });

  it("gets changes as ranges, or whole texts if it wants those", async () => {
    const change = { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "y" };
    await isReady();
    client.didChange("file:///app/main.py", 2, [change], () => "all");
    await vi.waitFor(() => expect(received.at(-1)?.params["contentChanges"]).toEqual([change]));
    answers["initialize"] = () => ({ result: { capabilities: { textDocumentSync: { change: 1 } } } });
    peers[0]?.close();
    await isReady(2);
    client.didChange("file:///app/main.py", 3, [change], () => "all");
    await vi.waitFor(() => expect(received.at(-1)?.params["contentChanges"]).toEqual([{ text: "all" }]));
  });

  it("publishes what it finds, and hears that it may ask for nothing", async () => {
    await isReady();
    const params = { uri: "file:///app/main.py", diagnostics: [] };
    peers[0]?.send(JSON.stringify({ jsonrpc: "2.0", method: "textDocument/publishDiagnostics", params }));
    peers[0]?.send(JSON.stringify({ jsonrpc: "2.0", id: 77, method: "workspace/applyEdit", params: {} }));
    await vi.waitFor(() => expect(received.at(-1)).toMatchObject({ id: 77, error: { code: -32601 } }));
    expect(published).toEqual([params]);
  });
});

describe("a connection that is lost", () => {
  it("comes back with the documents as they are then", async () => {
    await isReady();
    text = "x = 2";
    peers[0]?.close();
    await isReady(2);
    await vi.waitFor(() => expect(methods().filter((method) => method === "textDocument/didOpen")).toHaveLength(2));
    expect(received.at(-1)?.params).toEqual({ textDocument: document() });
  });

  it("answers nothing meanwhile, also what was asked before", async () => {
    await isReady();
    const asked = client.request("textDocument/hover", {});
    peers[0]?.close();
    expect(await asked).toBeNull();
    expect(await client.request("textDocument/hover", {})).toBeNull();
    await expect(client.demand("textDocument/rename", {})).rejects.toThrow("reconnecting");
  });

  it("is tried again when the server does not start", async () => {
    client.stop();
    answers["initialize"] = () => ({ error: { code: -32603, message: "no process" } });
    states = [];
    client = new LanguageClient({
      url: new URL(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/lsp`),
      documents: () => [],
      onDiagnostics: () => undefined,
      onState: (state) => states.push(state),
      onReady: () => undefined,
    });
    await vi.waitFor(() => expect(methods().filter((method) => method === "initialize").length).toBeGreaterThan(1), { timeout: 4_000 });
    answers["initialize"] = () => ({ result: { capabilities: {} } });
    await isReady();
  });
});
