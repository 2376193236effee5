// @vitest-environment happy-dom
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, apiFetch } from "@/api/client";
import { ApiProblem, UNREACHABLE } from "@/api/problem";
import { forgetSession } from "@/api/session";
import { onSignedOut } from "@/api/signedOut";

let server: Server;
/** The CSRF token that the server takes now. */
let token: string;
let writes: { url: string; body: string }[];
let isSignedIn: boolean;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

interface Answer {
  status: number;
  body: object;
}

const problem = (status: number, type: string): Answer => ({ status, body: { type: `/problems/${type}`, title: type, status, detail: type } });

async function answer(request: IncomingMessage): Promise<Answer> {
  const body = await textOf(request);
  if (!isSignedIn) return problem(401, "unauthorized");
  if (request.url === "/api/v1/session") return { status: 200, body: { csrf: token } };
  if (request.method === "GET") return { status: 200, body: { apps: [] } };
  if (request.headers["x-csrf-token"] !== token) return problem(403, "csrf-failed");
  writes.push({ url: request.url ?? "", body });
  return { status: 200, body: {} };
}

beforeEach(async () => {
  token = "first";
  writes = [];
  isSignedIn = true;
  forgetSession();
  server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  window.location.href = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  onSignedOut(() => undefined);
  if (server.listening) await new Promise((closed) => server.close(closed));
});

describe("writes", () => {
  it("carry the session's token, also after another tab has signed in again", async () => {
    await apiFetch("/api/v1/apps/a/run", { method: "POST" });
    token = "second";
    await apiFetch("/api/v1/apps/a/files/main.py", { method: "PUT", body: "print()" });
    expect(writes).toEqual([
      { url: "/api/v1/apps/a/run", body: "" },
      { url: "/api/v1/apps/a/files/main.py", body: "print()" },
    ]);
  });

  it("keep the slashes of a file's path", async () => {
    await api.DELETE("/api/v1/apps/{app}/files/{path}", { params: { path: { app: "a", path: "static/style.css" } } });
    expect(writes[0]?.url).toBe("/api/v1/apps/a/files/static/style.css");
  });
});

describe("errors", () => {
  it("are thrown as problems, and a missing sign-in is told", async () => {
    const told = vi.fn();
    onSignedOut(told);
    isSignedIn = false;
    await expect(api.GET("/api/v1/apps")).rejects.toMatchObject({ name: "ApiProblem", status: 401 });
    expect(told).toHaveBeenCalledOnce();
  });

  it("say that the server does not answer", async () => {
    const address = (server.address() as AddressInfo).port;
    await new Promise((closed) => server.close(closed));
    window.location.href = `http://127.0.0.1:${address}/`;
    const error = await api.GET("/api/v1/apps").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblem);
    expect((error as ApiProblem).type).toBe(UNREACHABLE);
  });
});
