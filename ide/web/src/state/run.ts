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
  /** When the press of Run that is under way began (performance.now), or null. */
  startedAt: number | null;
  /** The last finished Run: how long it took from the press, and whether it worked. */
  last: { ms: number; ok: boolean } | null;
}

export const useRunProgress = create<RunProgress>(() => ({ startedAt: null, last: null }));

function finish(ok: boolean): number {
  const { startedAt } = useRunProgress.getState();
  const ms = startedAt === null ? 0 : performance.now() - startedAt;
  useRunProgress.setState({ startedAt: null, last: { ms, ok } });
  return ms;
}

/** Whether the code itself is why a Run failed; the editor then shows it, and nobody needs a toast. */
function isCodeProblem(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.status === 422 && ((error.problem.diagnostics ?? error.problem.frames) ?? null) !== null;
}

/** Stores all drafts, then starts the app or reloads it. Resolves to whether the app now runs what is on the screen. */
export async function runApp(app: string): Promise<boolean> {
  if (useRunProgress.getState().startedAt !== null) return false;
  useRunProgress.setState({ startedAt: performance.now() });
  try {
    await editor.flush();
    const { data: run } = await api.POST("/api/v1/apps/{app}/run", { params: { path: { app } } });
    const ms = finish(true);
    if (run !== undefined) {
      useLive.setState({ run });
      announce(`Running after ${duration(ms)}, ${count(run.routes.length, "route")}.`);
    }
    return true;
  } catch (error) {
    finish(false);
    if (isCodeProblem(error)) {
      announce(`Run failed. ${error.message}`);
      workspace.set({ bottomTab: "problems" });
    } else {
      toast.error(error, { label: "Try again", onClick: () => void runApp(app) });
    }
    return false;
  }
}

/** Stops the app and its kernel. */
export async function stopApp(app: string): Promise<void> {
  try {
    await api.DELETE("/api/v1/apps/{app}/run", { params: { path: { app } } });
    announce("Stopped.");
  } catch (error) {
    toast.error(error);
  }
}
