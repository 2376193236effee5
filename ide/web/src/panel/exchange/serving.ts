import type { Run } from "@/api/types";
import { useLive } from "@/state/live";
import { runApp, useRunProgress } from "@/state/run";

/** Whether some version of the app answers now: also while a newer one starts, and after one that did not load. */
export const isServing = (run: Run | null): boolean => run !== null && run.session !== null && run.version !== null;

const isStarting = (): boolean => useLive.getState().run?.state === "starting";
const isStartingHere = (app: string): boolean => useRunProgress.getState().startedAt.has(app);

function until(isSo: () => boolean, subscribe: (listener: () => void) => () => void): Promise<void> {
  if (isSo()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = subscribe(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

/**
 * Makes sure that the app answers, starting it where it does not run. Who has just pressed Run means the code on the screen,
 * so that a Run of this page is waited for also while the version before serves. Gives what is in the way, or null.
 */
export async function ensureServing(app: string): Promise<{ title: string; detail: string } | null> {
  if (isStartingHere(app)) await until(() => !isStartingHere(app), useRunProgress.subscribe);
  else if (isServing(useLive.getState().run)) return null;
  else if (isStarting()) await until(() => !isStarting(), useLive.subscribe);
  else await runApp(app);
  const { run } = useLive.getState();
  if (isServing(run)) return null;
  const why = run?.failure?.message ?? run?.exit?.message ?? run?.diagnostics[0]?.message;
  return {
    title: "The app did not start, so the request was not sent",
    detail: why === undefined ? "Press Run to see why." : `${why} Mend it and send again.`,
  };
}
