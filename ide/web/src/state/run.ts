import { create } from "zustand";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { count, duration } from "@/lib/format";
import { toast } from "@/ui/toast";
import { announce } from "./announce";
import { editor } from "./editor";
import { useLive } from "./live";
import { workspace } from "./workspace";

interface RunProgress {
  /** The presses of Run that are under way: an app's name, and when it began (`performance.now`). */
  startedAt: ReadonlyMap<string, number>;
}

export const useRunProgress = create<RunProgress>(() => ({ startedAt: new Map() }));

function begin(app: string): number {
  const now = performance.now();
  useRunProgress.setState(({ startedAt }) => ({ startedAt: new Map(startedAt).set(app, now) }));
  return now;
}

function finish(app: string): void {
  useRunProgress.setState(({ startedAt }) => {
    const others = new Map(startedAt);
    others.delete(app);
    return { startedAt: others };
  });
}

/** Apps whose start this page has stopped: that it then came to nothing is no news. */
const stopped = new Set<string>();

function report(error: unknown, app: string): void {
  if (error instanceof ApiProblem && error.status === 409 && stopped.has(app)) return;
  if (isCodeProblem(error)) {
    announce(`Run failed. ${error.message}`);
    workspace.set({ bottomTab: "problems" });
  } else {
    toast.error(error, { label: "Try again", onClick: () => void runApp(app) });
  }
}

/** Whether the code itself is why a Run failed; the editor then shows it, and nobody needs a toast. */
function isCodeProblem(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.status === 422 && ((error.problem.diagnostics ?? error.problem.frames) ?? null) !== null;
}

/** Stores all drafts, then starts the app or reloads it. Resolves to whether the app now runs what is on the screen. */
export async function runApp(app: string): Promise<boolean> {
  if (useRunProgress.getState().startedAt.has(app)) return false;
  const startedAt = begin(app);
  stopped.delete(app);
  try {
    await editor.flush();
    const { data: run } = await api.POST("/api/v1/apps/{app}/run", { params: { path: { app } } });
    if (run === undefined) return false;
    if (useLive.getState().app === app) useLive.setState({ run });
    announce(`Running after ${duration(performance.now() - startedAt)}, ${count(run.routes.length, "route")}.`);
    return true;
  } catch (error) {
    report(error, app);
    return false;
  } finally {
    finish(app);
  }
}

/** Stops the app and its kernel. */
export async function stopApp(app: string): Promise<void> {
  stopped.add(app);
  try {
    await api.DELETE("/api/v1/apps/{app}/run", { params: { path: { app } } });
    announce("Stopped.");
  } catch (error) {
    toast.error(error);
  }
}
