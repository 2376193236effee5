import { Play, Square } from "lucide-react";
import { useEffect, useState } from "react";
import type { RunStage } from "@/api/types";
import { duration } from "@/lib/format";
import { useLive } from "@/state/live";
import { runApp, stopApp, useRunProgress } from "@/state/run";
import { Button, IconButton, Kbd, Tooltip } from "@/ui";

const STAGES: Record<RunStage, string> = { check: "Checking", environment: "Installing", kernel: "Kernel", load: "Loading", ready: "Starting" };
const TICK_MS = 50;

/** Milliseconds since the press, counted while it is shown. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const ms = Math.max(0, now - since);
  return <span className="tabular">{ms < 1000 ? `${Math.round(ms)} ms` : duration(ms)}</span>;
}

/** Run; while a Run is under way its stage and time, and a press stops it. */
export function RunButton({ app }: { app: string }) {
  const startedAt = useRunProgress((state) => state.startedAt.get(app));
  const run = useLive((state) => state.run);
  const isStarting = run?.state === "starting";
  if (startedAt !== undefined || isStarting) {
    return (
      <Tooltip label="Stop">
        <Button variant="primary" className="min-w-36" onClick={() => void stopApp(app)}>
          <Square size={12} fill="currentColor" aria-hidden />
          <span>{STAGES[run?.stage ?? "check"]}</span>
          {startedAt !== undefined && <Elapsed since={startedAt} />}
        </Button>
      </Tooltip>
    );
  }
  return (
    <>
      {run?.state === "running" && <IconButton icon={Square} label="Stop the app" onClick={() => void stopApp(app)} />}
      <Button variant="primary" className="min-w-24" onClick={() => void runApp(app)}>
        <Play size={14} fill="currentColor" aria-hidden />
        Run
        <Kbd keys="Mod+Enter" inherit className="max-[799px]:hidden" />
      </Button>
    </>
  );
}
