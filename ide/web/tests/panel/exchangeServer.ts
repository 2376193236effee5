import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestRecord, StreamLine } from "@/api/types";

export const record = (change: Partial<RequestRecord> = {}): RequestRecord => ({
  id: "req_1",
  app: "app_1",
  target: "dev",
  source: "panel",
  state: "done",
  started_at: "2026-01-01T10:00:00Z",
  duration_ms: 12,
  first_byte_ms: 5,
  request: { method: "GET", path: "/x", headers: [], body: { size: 0, text: null, base64: null, truncated: false } },
  response: null,
  logs: [],
  failure: null,
  error: null,
  version: "v",
  cold_start: false,
  ...change,
});

export const line = (change: Partial<StreamLine> & Pick<StreamLine, "type">): StreamLine => ({
  id: "req_1",
  status: null,
  headers: null,
  first_byte_ms: null,
  text: null,
  base64: null,
  record: null,
  ...change,
});

/** What one connection is sent: lines, raw text, or "cut" for a connection that is lost there. "gone" is a 404. */
export type Script = readonly (StreamLine | string)[];

/** Podium's requests over HTTP: each POST or attaching GET gets the next script, a plain GET gets the record. */
export class ExchangeServer {
  scripts: Script[] = [];
  record: RequestRecord | null = record();
  readonly asked: string[] = [];
  /** Connections that are left open wait for this; afterwards they get the last script that remains. */
  gate: Promise<void> = Promise.resolve();
  /** What a Run answers, when it is over. */
  run: Promise<unknown> = Promise.resolve(null);
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    window.location.href = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/apps/notes`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (path === "/api/v1/session") {
      this.#json(response, 200, { user: "local", csrf: "c", version: "0", limits: {} });
      return;
    }
    this.asked.push(`${request.method ?? ""} ${path.replace("/api/v1/apps/notes", "")}`);
    if (path.endsWith("/run")) this.#json(response, 200, await this.run);
    else if (request.method === "DELETE") this.#json(response, 200, this.record);
    else if (request.headers.accept === "application/x-ndjson") await this.#stream(response);
    else if (this.record === null) this.#gone(response);
    else this.#json(response, 200, this.record);
  }

  async #stream(response: ServerResponse): Promise<void> {
    const script = this.scripts.shift() ?? [];
    if (script[0] === "gone") {
      this.#gone(response);
      return;
    }
    response.writeHead(200, { "Content-Type": "application/x-ndjson", Location: "/api/v1/apps/app_1/requests/req_1" });
    response.flushHeaders();
    for (const part of script) {
      if (part === "cut") {
        // What was written must arrive before the connection breaks.
        await new Promise((sent) => response.write("", sent));
        response.destroy();
        return;
      }
      response.write(typeof part === "string" ? part : `${JSON.stringify(part)}\n`);
    }
    if (script.at(-1) === "") await this.gate;
    response.end();
  }

  #gone(response: ServerResponse): void {
    this.#json(response, 404, { type: "/problems/no-such-request", title: "No such request", status: 404, detail: "It is gone." }, "application/problem+json");
  }

  #json(response: ServerResponse, status: number, body: unknown, type = "application/json"): void {
    response.writeHead(status, { "Content-Type": type }).end(JSON.stringify(body));
  }
}
