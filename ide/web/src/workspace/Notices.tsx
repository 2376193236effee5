import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { KernelExit } from "@/api/types";
import { reconnect, useLive } from "@/state/live";
import { runApp } from "@/state/run";
import { Button, IconButton } from "@/ui";

const PATIENCE_MS = 2_500;
/** Ends that somebody asked for, or that cost nothing, need no notice. */
const QUIET: readonly KernelExit["reason"][] = ["stopped", "idle"];

/** True once the connection has been gone for longer than a moment. */
function useLongLost(): boolean {
  const isLost = useLive((state) => state.connection === "reconnecting" || state.connection === "offline");
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isLost) return undefined;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isLost]);
  return isLost && isLong;
}

const CARD =
  "pointer-events-auto flex max-w-[min(640px,calc(100vw-24px))] items-center gap-3 rounded-card bg-overlay py-2 pr-2 pl-3.5 shadow-pop";

function Disconnected() {
  return (
    <div className={CARD}>
      <p className="min-w-0">
        <span className="font-medium">Podium does not answer.</span>{" "}
        <span className="text-muted">Your edits are kept, and stored once it is back.</span>
      </p>
      <Button onClick={reconnect}>Try now</Button>
    </div>
  );
}

function KernelEnded({ app, exit }: { app: string; exit: KernelExit }) {
  const [dismissed, setDismissed] = useState<KernelExit | null>(null);
  if (dismissed === exit) return null;
  return (
    <div role="alert" className={CARD}>
      <p className="min-w-0">
        <span className="font-medium text-failed">{exit.message}</span> <span className="text-muted">{exit.hint}</span>
      </p>
      <Button onClick={() => void runApp(app)}>Run again</Button>
      <IconButton icon={X} label="Dismiss" onClick={() => setDismissed(exit)} />
    </div>
  );
}

/** What must not be missed: floats above the status bar, so that nothing moves for it and neither code nor request is covered. */
export function Notices({ app }: { app: string }) {
  const isLost = useLongLost();
  const run = useLive((state) => state.run);
  const exit = run !== null && run.state !== "starting" && run.state !== "running" ? run.exit : null;
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-9 z-30 flex flex-col items-center gap-2 max-[799px]:bottom-20">
      {isLost && <Disconnected />}
      {!isLost && exit !== null && !QUIET.includes(exit.reason) && <KernelEnded app={app} exit={exit} />}
    </div>
  );
}
