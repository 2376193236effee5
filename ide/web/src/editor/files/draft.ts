import { ApiProblem } from "@/api/problem";
import type { Stored } from "./transport";

/** How a file's text on the screen relates to what the server has. */
export type DraftState =
  | { kind: "saved" }
  | { kind: "waiting" }
  | { kind: "saving" }
  /** The server could not be reached or cannot store just now; asked again by itself. */
  | { kind: "retrying"; problem: ApiProblem }
  /** The server refused the text, for example because of a limit; asked again at the next edit. */
  | { kind: "refused"; problem: ApiProblem }
  /** Somebody else changed the file (`theirs`), or removed it (`null`), since this page read it. */
  | { kind: "conflict"; theirs: Stored | null };

/** One file: `base` is the text that the server has as `etag`, `text` what is on the screen. */
export interface Draft {
  readonly path: string;
  readonly etag: string | null;
  readonly base: string;
  readonly text: string;
  readonly state: DraftState;
}

/** Errors that time may heal: no connection, signed out, too many requests, the store restarting. */
export const mayHeal = ({ status }: ApiProblem): boolean => status === 0 || status === 401 || status === 429 || status >= 500;

/** Why a file with a conflict cannot be stored. */
export function conflictProblem(path: string): ApiProblem {
  return new ApiProblem({
    type: "/problems/conflict",
    title: `${path} was changed in another tab`,
    status: 412,
    detail: "Choose which text to keep, in the strip above the editor.",
    limit: null,
    errors: null,
    diagnostics: null,
    frames: null,
  });
}
