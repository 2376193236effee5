import type { Run } from "@/api/types";
import { calm } from "@/state/calm";
import { useLive } from "@/state/live";
import { isRunUnderWay, runApp } from "@/state/run";

/** Whether some version of the app answers now: also while a newer one starts, and after one that did not load. */
export const isServing = (run: Run | null): boolean => run !== null && run.session !== null && run.version !== null;

const isStarting = (): boolean => useLive.getState().run?.state === "starting";

/** Waits for a start that another page, or a request to the app, has begun. */
function startedElsewhere(): Promise<void> {
  return new Promise((resolve) => {
    const stop = useLive.subscribe(() => {
      if (isStarting()) return;
      stop();
      resolve();
    });
  });
}

/** What the app is now, started where it does not run; after a Run that came to nothing, what serves still. */
async function served(app: string): Promise<Run | null> {
  const { run } = useLive.getState();
  // Who has just pressed Run means the code on the screen, so that is waited for also while the version before serves.
  if (!isRunUnderWay(app) && isServing(run)) return run;
  if (isRunUnderWay(app) || !isStarting()) {
    const started = await runApp(app);
    if (started !== null) return started;
    await calm();
  } else {
    await startedElsewhere();
  }
  return useLive.getState().run;
}

/** Makes sure that the app answers. Gives what is in the way, or null. */
export async function ensureServing(app: string): Promise<{ title: string; detail: string } | null> {
  const run = await served(app);
  if (isServing(run)) return null;
  const why = run?.failure?.message ?? run?.exit?.message ?? run?.diagnostics[0]?.message;
  return {
    title: "The app did not start, so the request was not sent",
    detail: why === undefined ? "Press Run to see why." : `${why} Mend it and send again.`,
  };
}
