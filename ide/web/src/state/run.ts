import { create } from "zustand";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Run } from "@/api/types";
import { count, duration } from "@/lib/format";
import { toast } from "@/ui/toast";
import { announce } from "./announce";
import { hurry, nextTask, whenCalm } from "./calm";
import { editor } from "./editor";
import { takeRun } from "./live";
import { workspace } from "./workspace";

interface RunProgress {
  /** The presses of Run that are under way: an app's name, and when it began (`performance.now`). */
  startedAt: ReadonlyMap<string, number>;
}

export const useRunProgress = create<RunProgress>(() => ({ startedAt: new Map() }));

function begin(app: string, now: number): void {
  useRunProgress.setState(({ startedAt }) => ({ startedAt: new Map(startedAt).set(app, now) }));
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

const underWay = new Map<string, Promise<Run | null>>();

/** Whether a press of Run on this page is under way. */
export const isRunUnderWay = (app: string): boolean => underWay.has(app);

/**
 * Stores all drafts, then starts the app or reloads it. Gives what runs then, or `null` when it came to nothing; who asks
 * while that is under way gets the same.
 */
export function runApp(app: string): Promise<Run | null> {
  let run = underWay.get(app);
  if (run === undefined) {
    run = carryOut(app);
    underWay.set(app, run);
  }
  return run;
}

async function carryOut(app: string): Promise<Run | null> {
  const startedAt = performance.now();
  void nextTask().then(() => {
    if (isRunUnderWay(app)) begin(app, startedAt);
  });
  const release = hurry();
  stopped.delete(app);
  try {
    await editor.flush();
    const { data: run } = await api.POST("/api/v1/apps/{app}/run", { params: { path: { app } } });
    if (run === undefined) return null;
    whenCalm(() => {
      takeRun(app, run);
      announce(`Running after ${duration(performance.now() - startedAt)}, ${count(run.routes.length, "route")}.`);
    });
    return run;
  } catch (error) {
    report(error, app);
    return null;
  } finally {
    underWay.delete(app);
    whenCalm(() => finish(app));
    release();
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
