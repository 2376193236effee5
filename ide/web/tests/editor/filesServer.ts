import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";

export interface Write {
  method: string;
  path: string;
  body: string;
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

const tagOf = (text: string): string => `"${createHash("sha256").update(text).digest("hex").slice(0, 12)}"`;
const FILES = /^\/api\/v1\/apps\/notes\/files\/?/;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** The files of one app over HTTP, with entity tags as Podium's server has them, and with whatever can go wrong. */
export class FilesServer {
  readonly files = new Map<string, string>();
  readonly writes: Write[] = [];
  /** How many writes were under way at the same time, at most. */
  overlap = 0;
  /** Answers a write instead of doing it, or drops the connection after it was done. */
  next: (number | "lose answer")[] = [];
  /** Writes wait for this. */
  gate: Promise<void> = Promise.resolve();
  #underWay = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    window.location.href = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/apps/notes`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  tag(path: string): string {
    return tagOf(this.files.get(path) ?? "");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? "").replace(/\?.*/, ""));
    if (path === "/api/v1/session") this.#json(response, 200, { user: "local", csrf: "c", version: "0", limits: {} });
    else if (request.method === "GET") this.#read(path.replace(FILES, ""), response);
    else await this.#write(path.replace(FILES, ""), request, response);
  }

  #read(path: string, response: ServerResponse): void {
    const view = (file: string): object => ({ path: file, etag: this.tag(file), size: 0, updated_at: "", text: this.files.get(file) });
    if (path === "") this.#json(response, 200, { revision: 1, files: [...this.files.keys()].map(view) });
    else if (this.files.has(path)) this.#json(response, 200, view(path));
    else this.#problem(response, 404);
  }

  async #write(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay += 1;
    this.overlap = Math.max(this.overlap, this.#underWay);
    const body = await bodyOf(request);
    await this.gate;
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = request.headers;
    this.writes.push({ method: request.method ?? "", path, body, ifMatch, ifNoneMatch });
    const fate = this.next.shift();
    const isMet = ifNoneMatch === "*" ? !this.files.has(path) : ifMatch === this.tag(path) && this.files.has(path);
    if (typeof fate === "number") {
      this.#problem(response, fate);
    } else if (!isMet) {
      this.#problem(response, 412);
    } else {
      this.files.set(path, body);
      if (fate === "lose answer") request.socket.destroy();
      else this.#json(response, 200, { path, etag: this.tag(path), size: body.length, updated_at: "" });
    }
    this.#underWay -= 1;
  }

  #problem(response: ServerResponse, status: number): void {
    const problem = { type: `/problems/${status}`, title: `Title ${status}`, status, detail: `Detail ${status}` };
    response.writeHead(status, { "Content-Type": "application/problem+json" }).end(JSON.stringify(problem));
  }

  #json(response: ServerResponse, status: number, value: object): void {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  }
}
