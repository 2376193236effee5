import createClient, { type Middleware } from "openapi-fetch";
import { readProblem, unreachable } from "./problem";
import type { paths } from "./schema";
import { session } from "./session";

export const CSRF_HEADER = "X-CSRF-Token";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** `fetch` for the API outside the typed client (streams): adds the CSRF token, throws ApiProblem for errors. */
export async function apiFetch(input: string | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const token = SAFE.has(request.method) ? null : (await session()).csrf;
  if (token !== null) request.headers.set(CSRF_HEADER, token);
  const response = await fetch(request).catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    throw unreachable();
  });
  if (!response.ok) throw await readProblem(response);
  return response;
}

const encodePath: Middleware = {
  // openapi-fetch encodes the slashes of a file's path; the server takes them either way, so they stay readable.
  onRequest: ({ request }) => (request.url.includes("%2F") ? new Request(request.url.replaceAll("%2F", "/"), request) : request),
};

/** The typed client. Every call either gives `data` or throws an ApiProblem, so callers never look at `error`. */
export const api = createClient<paths>({ fetch: (request: Request) => apiFetch(request) });
api.use(encodePath);
