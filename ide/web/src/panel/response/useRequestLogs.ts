import { useMemo } from "react";
import type { LogLine } from "@/api/types";
import { type Answer, isOver } from "@/panel/exchange/answer";
import { useLive } from "@/state/live";

/** How many lines of a request its record keeps at most. */
export const RECORDED_LINES = 500;

/** The log lines of one request: while it goes on from the live log, then whichever of that and its record has more. */
export function useRequestLogs(answer: Answer | null): readonly LogLine[] {
  const logs = useLive((state) => state.logs);
  const id = answer?.id ?? null;
  const recorded = answer?.record?.logs;
  const isWhole = answer === null || (isOver(answer) && (recorded?.length ?? 0) < RECORDED_LINES);
  // The log grows for as long as the app runs; once all lines are there, what comes is not the request's own.
  const version = useLive((state) => (isWhole ? null : state.logsVersion));
  return useMemo(() => {
    if (id === null) return [];
    const live = logs.filter((line) => line.request === id);
    return live.length > (recorded?.length ?? 0) ? live : (recorded ?? []);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the array grows in place; its version says that it did
  }, [id, recorded, logs, version]);
}
