import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, readProblem, unreachable } from "./problem";
import type { paths } from "./schema";
import { forgetSession, session } from "./session";
import { noted } from "./signedOut";

export const CSRF_HEADER = "X-CSRF-Token";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

async function send(request: Request): Promise<Response> {
  const token = SAFE.has(request.method) ? null : (await session()).csrf;
  if (token !== null) request.headers.set(CSRF_HEADER, token);
  const response = await fetch(request).catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    throw unreachable();
  });
  if (!response.ok) throw noted(await readProblem(response));
  return response;
}

/** The token belongs to a session that another tab has replaced by signing in again. */
const isOldToken = (error: unknown): boolean => error instanceof ApiProblem && error.type.endsWith("csrf-failed");

/** `fetch` for the API outside the typed client (streams): adds the CSRF token, throws ApiProblem for errors. */
export async function apiFetch(input: string | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  if (SAFE.has(request.method)) return send(request);
  const again = request.clone();
  return send(request).catch((error: unknown) => {
    if (!isOldToken(error)) throw error;
    forgetSession();
    return send(again);
  });
}

const encodePath: Middleware = {
  // openapi-fetch encodes the slashes of a file's path; the server takes them either way, so they stay readable.
  onRequest: ({ request }) => (request.url.includes("%2F") ? new Request(request.url.replaceAll("%2F", "/"), request) : request),
};

/** The typed client. Every call either gives `data` or throws an ApiProblem, so callers never look at `error`. */
export const api = createClient<paths>({ fetch: (request: Request) => apiFetch(request) });
api.use(encodePath);
