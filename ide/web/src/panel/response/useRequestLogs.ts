import { useMemo } from "react";
import type { LogLine } from "@/api/types";
import { type Answer, isOver } from "@/panel/exchange/answer";
import { useLive } from "@/state/live";

/** Lines of one record that the server keeps (`MAX_RECORDED_LOGS`). */
const KEPT = 500;

/** The log lines of one request: from its record, and while it goes on from the live log. */
export function useRequestLogs(answer: Answer | null): readonly LogLine[] {
  const logs = useLive((state) => state.logs);
  const version = useLive((state) => state.logsVersion);
  const id = answer?.id ?? null;
  const recorded = answer?.record?.logs;
  // A record that is full, or not there yet, knows less than the live log.
  const isComplete = answer !== null && isOver(answer) && recorded !== undefined && recorded.length < KEPT;
  return useMemo(() => {
    if (isComplete || id === null) return recorded ?? [];
    const live = logs.filter((line) => line.request === id);
    return live.length > (recorded?.length ?? 0) ? live : (recorded ?? []);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the array grows in place; its version says that it did
  }, [isComplete, id, recorded, logs, version]);
}
