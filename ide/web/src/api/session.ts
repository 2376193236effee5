import { readProblem, unreachable } from "./problem";
import type { components } from "./schema";
import { noted } from "./signedOut";

export type Session = components["schemas"]["SessionInfo"];

let current: Promise<Session> | undefined;

async function call(init?: RequestInit): Promise<Response> {
  const response = await fetch("/api/v1/session", init).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw noted(await readProblem(response));
  return response;
}

/** Who is signed in, with the CSRF token that every write carries. Asked once; a failure is asked again. */
export function session(): Promise<Session> {
  current ??= call()
    .then((response) => response.json() as Promise<Session>)
    .catch((error: unknown) => {
      current = undefined;
      throw error;
    });
  return current;
}

/** Exchanges the token for the session cookie; throws the ApiProblem of a wrong token or of too many attempts. */
export async function signIn(token: string): Promise<void> {
  await call({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) });
  forgetSession();
}

/** Forgets the session, so that the next call asks the server. */
export function forgetSession(): void {
  current = undefined;
}
