import type { Run } from "@/api/types";
import type { Connection } from "@/api/events";
import type { Status } from "@/ui/StatusDot";

export interface ShownStatus {
  status: Status;
  /** The word beside the dot, with what else must be known. */
  word: string;
}

/** Whether the last Run came to nothing, while the version before it goes on serving. */
function servesThePrevious({ state, failure, diagnostics }: Run): boolean {
  return state === "running" && (failure !== null || diagnostics.some(({ severity }) => severity === "error"));
}

/** How an app's session looks to its user. */
export function runStatus(run: Run): ShownStatus {
  if (servesThePrevious(run)) {
    return { status: "failed", word: "failed · still serving the previous version" };
  }
  if (run.state === "stopped" && run.exit?.reason === "idle") return { status: "sleeping", word: "sleeping" };
  return { status: run.state, word: run.state };
}

/** The status of the open app, where a lost connection counts first: what the page knows may be old then. */
export function liveStatus(run: Run | null, connection: Connection): ShownStatus | null {
  if (connection === "reconnecting") return { status: "disconnected", word: "Reconnecting… your edits are kept" };
  if (connection === "offline") return { status: "disconnected", word: "Offline… your edits are kept" };
  return run === null ? null : runStatus(run);
}
