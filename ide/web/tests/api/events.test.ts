// @vitest-environment happy-dom
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type WebSocket as Peer, WebSocketServer } from "ws";
import { AppEvents, backoff, type Connection } from "@/api/events";
import type { AppEvent } from "@/api/types";

let http: Server;
let sockets: WebSocketServer;
let asked: URL[];
let peers: Peer[];
/** What the server answers to an ordinary request for the app. */
let status: number;
let stream: AppEvents | undefined;

const arrived = (request: IncomingMessage): URL => new URL(request.url ?? "", "http://server");

beforeEach(async () => {
  asked = [];
  peers = [];
  status = 200;
  http = createServer((_request, response) => {
    response.writeHead(status, { "Access-Control-Allow-Origin": "*" }).end();
  });
  sockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    asked.push(arrived(request));
    if (status === 200) sockets.handleUpgrade(request, socket, head, (peer) => peers.push(peer));
    else socket.destroy();
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  window.location.href = `http://127.0.0.1:${(http.address() as AddressInfo).port}/apps/notes`;
});

afterEach(async () => {
  stream?.stop();
  stream = undefined;
  for (const peer of peers) peer.terminate();
  sockets.close();
  await new Promise((closed) => http.close(closed));
});

interface Seen {
  events: AppEvent[];
  connections: Connection[];
  closed: number[];
}

function follow(): Seen {
  const seen: Seen = { events: [], connections: [], closed: [] };
  stream = new AppEvents({
    app: "notes",
    onEvent: (event) => seen.events.push(event),
    onConnection: (state) => seen.connections.push(state),
    onClosed: (code) => seen.closed.push(code),
  });
  return seen;
}

async function peer(number: number): Promise<Peer> {
  await vi.waitFor(() => expect(peers).toHaveLength(number), 5_000);
  return peers[number - 1] as Peer;
}

const send = (to: Peer, n: number, type: string, data: object = {}): void => to.send(JSON.stringify({ n, at: 1, type, data }));
const numbers = (seen: Seen): number[] => seen.events.map(({ n }) => n);

describe("AppEvents", () => {
  it("asks for what it missed after a lost connection, and hands nothing on twice", async () => {
    const seen = follow();
    const first = await peer(1);
    send(first, 0, "hello", { epoch: "one" });
    send(first, 1, "log");
    send(first, 2, "log");
    await vi.waitFor(() => expect(numbers(seen)).toEqual([0, 1, 2]));
    first.terminate();
    const second = await peer(2);
    expect(asked[1]?.searchParams.get("since")).toBe("2");
    expect(asked[1]?.searchParams.get("epoch")).toBe("one");
    send(second, 0, "hello", { epoch: "one" });
    send(second, 2, "log");
    send(second, 3, "log");
    await vi.waitFor(() => expect(numbers(seen)).toEqual([0, 1, 2, 0, 3]));
    expect(seen.connections).toEqual(["connecting", "open", "reconnecting", "open"]);
  });

  it("starts over when the server did", async () => {
    const seen = follow();
    const first = await peer(1);
    send(first, 0, "hello", { epoch: "one" });
    send(first, 9, "log");
    await vi.waitFor(() => expect(numbers(seen)).toEqual([0, 9]));
    first.terminate();
    const second = await peer(2);
    send(second, 0, "hello", { epoch: "two" });
    send(second, 1, "log");
    await vi.waitFor(() => expect(numbers(seen)).toEqual([0, 9, 0, 1]));
  });

  it("stops asking when the sign-in ended", async () => {
    const seen = follow();
    (await peer(1)).close(4401, "signed out");
    await vi.waitFor(() => expect(seen.closed).toEqual([401]));
  });

  it("finds out why a connection was refused", async () => {
    status = 404;
    const seen = follow();
    await vi.waitFor(() => expect(seen.closed).toEqual([404]));
    expect(asked).toHaveLength(1);
  });
});

describe("backoff", () => {
  it("doubles up to a limit", () => {
    expect([0, 1, 2, 3, 10].map((attempt) => backoff(attempt, () => 1))).toEqual([250, 500, 1000, 2000, 8000]);
  });

  it("never waits for less than half", () => expect(backoff(3, () => 0)).toBe(1000));
});
