import type { components } from "./schema";
import { readProblem, unreachable } from "./problem";

export type Session = components["schemas"]["SessionInfo"];

let current: Promise<Session> | undefined;

async function load(): Promise<Session> {
  const response = await fetch("/api/v1/session").catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as Session;
}

/** Who is signed in, with the CSRF token that every write carries. Asked once; a failure is asked again. */
export function session(): Promise<Session> {
  current ??= load().catch((error: unknown) => {
    current = undefined;
    throw error;
  });
  return current;
}

/** Forgets the session, so that the next call asks the server: after signing in or out. */
export function forgetSession(): void {
  current = undefined;
}
