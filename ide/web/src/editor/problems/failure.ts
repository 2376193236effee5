import type { Diagnostic, Failure, Frame, Run } from "@/api/types";

/** What stopped the last Run, as the editor shows it. */
export interface Trouble {
  /** Tells one failure from the next, so that a dismissed one stays away. */
  key: string;
  title: string;
  message: string;
  hint: string | null;
  /** Outermost first. */
  frames: readonly Frame[];
  /** The innermost line of the app's own code. */
  place: Frame | null;
}

const TITLES: Record<Failure["kind"], string> = {
  syntax: "The code cannot be read",
  import: "The app could not be loaded",
  no_app: "No app was found",
  lifespan: "The app’s start-up failed",
  timeout: "The app did not get ready in time",
  handler: "The app failed while it answered",
  stream: "The app failed in the middle of an answer",
  protocol: "The app broke the protocol",
  background: "A background task failed",
  restart: "The app has to be restarted",
  ended: "The kernel ended while it loaded the app",
};

const frameOf = ({ path, range }: Diagnostic): Frame => ({ path, line: range.start.line + 1, function: "", source: null, user: true });

/** The failure of the last Run, if it failed: of the load itself, or of the check before it. */
export function troubleOf(run: Run | null): Trouble | null {
  if (run === null) return null;
  const { failure } = run;
  if (failure !== null) {
    const { message, hint, frames, kind } = failure;
    const place = frames.findLast((frame) => frame.user) ?? null;
    return { key: JSON.stringify([kind, message, frames]), title: TITLES[kind], message, hint, frames, place };
  }
  const errors = run.diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return null;
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  const place = frameOf(first);
  const title = first.source === "environment" ? "The requirements cannot be met" : "The check found an error";
  return { key: JSON.stringify(errors), title, message: first.message + more, hint: null, frames: [place], place };
}
