import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/queries";
import type { RunTimings } from "@/api/types";
import { bytes, duration } from "@/lib/format";
import { type SaveState, editor, useEditor } from "@/state/editor";
import { useLive } from "@/state/live";
import { StatusDot, Tooltip } from "@/ui";
import { ColumnToggle } from "./ColumnToggles";

const SAVE: Record<SaveState, string> = {
  saved: "Saved",
  saving: "Saving…",
  unsaved: "Unsaved",
  conflict: "Changed elsewhere",
  offline: "Kept in this browser",
};

const MENTIONED_MS = 50;

function stages({ source, environment_ms, check_ms, kernel_ms, load_ms, ready_ms }: RunTimings): string {
  // Where everything that the app requires is installed already, finding that out takes no time worth a word.
  const environment = environment_ms > MENTIONED_MS ? [`requirements ${Math.round(environment_ms)}`] : [];
  const kernel = source === "reused" ? [] : [`kernel ${Math.round(kernel_ms)} (${source})`];
  // Check and kernel go side by side: the check matters where it was what the Run waited for.
  const check = check_ms > kernel_ms ? [`check ${Math.round(check_ms)}`] : [];
  return `Run: ${[...environment, ...check, ...kernel, `load ${Math.round(load_ms)}`, `ready ${Math.round(ready_ms)}`].join(" · ")} ms`;
}

function Kernel() {
  const run = useLive((state) => state.run);
  const connection = useLive((state) => state.connection);
  if (run === null || connection !== "open") return <StatusDot status="disconnected" word="connecting" />;
  if (run.session === null) return <StatusDot status="stopped" word="no kernel" />;
  return (
    <span className="flex items-center gap-1.5">
      <StatusDot status={run.state === "starting" ? "starting" : "running"} word={run.state === "starting" ? "kernel starting" : "kernel ready"} />
      {run.memory_bytes !== null && <span className="tabular text-faint">{bytes(run.memory_bytes)}</span>}
    </span>
  );
}

/** What apps are kept from, where that is less than all. */
function Box() {
  const { data: session } = useQuery(sessionQuery);
  if (session === undefined) return null;
  const { boxed, reason, gaps } = session.box;
  if (boxed && gaps.length === 0) return null;
  const words = boxed
    ? `Apps are kept to their own files and processes. This system leaves open: ${gaps.join("; ")}.`
    : `Apps can do all that Podium's own user can on this machine: ${reason ?? "there is no box"}.`;
  return (
    <Tooltip label={words} side="top">
      <span role="note" tabIndex={0} aria-label={words} className={boxed ? "text-faint" : "text-starting"}>
        {boxed ? "boxed" : "not boxed"}
      </span>
    </Tooltip>
  );
}

/** The place at which the app's event loop stands still, as a link. */
function BlockedNote() {
  const blocked = useLive((state) => state.blocked);
  if (blocked === null) return null;
  const frame = blocked.frames.findLast((candidate) => candidate.user);
  const words = `Event loop blocked for ${duration(blocked.ms)}`;
  if (frame === undefined) return <span className="text-starting">{words}</span>;
  return (
    <button type="button" className="text-starting hover:underline" onClick={() => editor.open({ path: frame.path, line: frame.line })}>
      {words} at {frame.path}:{frame.line}
    </button>
  );
}

function EditorFacts() {
  const { cursor, language, save, saveReason } = useEditor();
  const { data: session } = useQuery(sessionQuery);
  return (
    <span className="flex items-center gap-3">
      {cursor !== null && (
        <span className="tabular max-[799px]:hidden">
          Ln {cursor.line}, Col {cursor.column}
        </span>
      )}
      {language !== null && <span className="max-[799px]:hidden">{language === "Python" && session ? `Python ${session.python}` : language}</span>}
      <span title={saveReason ?? undefined} className={save === "conflict" || save === "offline" ? "text-starting" : undefined}>{SAVE[save]}</span>
    </span>
  );
}

/** The kernel, the last Run, and the state of the text. */
export function StatusBar() {
  const timings = useLive((state) => state.run?.timings ?? null);
  return (
    <footer
      data-region="Status bar"
      tabIndex={-1}
      className="flex h-(--height-statusbar) shrink-0 items-center gap-3 overflow-hidden border-t border-line bg-raised px-2 text-small whitespace-nowrap text-muted"
    >
      <ColumnToggle part="sidebar" />
      <Kernel />
      <Box />
      {timings !== null && <span className="tabular border-l border-line pl-3 max-[799px]:hidden">{stages(timings)}</span>}
      <BlockedNote />
      <span className="flex-1" />
      <EditorFacts />
      <span className="flex gap-1 max-[799px]:hidden">
        <ColumnToggle part="bottom" />
        <ColumnToggle part="panel" />
      </span>
    </footer>
  );
}
