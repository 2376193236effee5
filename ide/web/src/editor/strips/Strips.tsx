import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import { useLasting } from "@/lib/useLasting";
import { runCommand } from "@/state/commands";
import { useLive } from "@/state/live";
import { Button } from "@/ui";
import { ConflictStrip } from "./ConflictStrip";
import { EnvironmentStrip } from "./EnvironmentStrip";
import { FailureStrip } from "./FailureStrip";
import { Strip } from "./Strip";

const PATIENCE_MS = 2_000;
/** Longer than the longest pause between two attempts to reach it. */
const LANGUAGE_PATIENCE_MS = 10_000;

/** Whether and why the active file is not stored. */
function SaveStrip({ session, path }: { session: EditorSession; path: string }) {
  const state = useFiles(({ files }) => files.get(path));
  const isConnected = useLive(({ connection }) => connection === "open");
  // A lost connection has its own notice, which covers more than this file.
  const isRetrying = useLasting(isConnected && state?.kind === "retrying", PATIENCE_MS);
  if (state?.kind === "conflict") return <ConflictStrip session={session} path={path} wasDeleted={state.theirs === null} />;
  if (state?.kind === "refused") {
    return (
      <Strip tone="failed" title={`Not saved: ${state.problem.title}.`} actions={<Button onClick={() => void session.drafts.save(path)}>Try again</Button>}>
        {state.problem.message} Your edits are kept in this browser.
      </Strip>
    );
  }
  if (state?.kind === "retrying" && isRetrying) {
    return (
      <Strip tone="waiting" title={`Not saved yet: ${state.problem.title}.`} actions={<Button onClick={() => session.drafts.retryNow()}>Try now</Button>}>
        {state.problem.message} Your edits are kept in this browser.
      </Strip>
    );
  }
  return null;
}

function LanguageStrip() {
  const isMissing = useFiles(({ language }) => language !== "ready" && language !== "off");
  const isConnected = useLive(({ connection }) => connection === "open");
  // While Podium itself is away, its own notice says so.
  const isLate = useLasting(isMissing && isConnected, LANGUAGE_PATIENCE_MS);
  if (!isLate) return null;
  return (
    <Strip tone="waiting" title="No completions and checks at the moment.">
      Podium is starting them again; your edits are kept.
    </Strip>
  );
}

/** What only a new kernel takes over. */
function RestartStrip() {
  const needed = useLive(({ run }) => run?.restart_needed ?? null);
  if (needed === null) return null;
  return <Strip tone="waiting" title={needed} actions={<Button onClick={() => runCommand("run.restart")}>Restart the kernel</Button>} />;
}

/** What stands over the editor; the editor keeps its lines in place when something comes or goes. */
export function Strips({ session }: { session: EditorSession }) {
  const active = useFiles((state) => state.active);
  // Two texts side by side need the room.
  const isComparing = useFiles((state) => state.comparing !== null && state.comparing === state.active);
  return (
    <div className="shrink-0">
      {active !== null && <SaveStrip session={session} path={active} />}
      {!isComparing && <EnvironmentStrip />}
      {!isComparing && <FailureStrip />}
      {!isComparing && <RestartStrip />}
      {!isComparing && <LanguageStrip />}
    </div>
  );
}
