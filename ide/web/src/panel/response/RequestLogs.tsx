import type { LogLine } from "@/api/types";
import { FollowRows } from "@/output/FollowRows";
import { LogRow } from "@/output/LogRow";
import { workspace } from "@/state/workspace";
import { EmptyState } from "@/ui";
import { RECORDED_LINES } from "./useRequestLogs";

/** What one request printed and logged. */
export function RequestLogs({ lines, live }: { lines: readonly LogLine[]; live: boolean }) {
  if (lines.length === 0) {
    return <EmptyState title={live ? "Nothing logged yet" : "This request logged nothing"}>What the app prints or logs while it answers appears here.</EmptyState>;
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="min-h-0 flex-1">
        <FollowRows
          live={live}
          role="group"
          aria-label="Log lines of this request"
          tabIndex={0}
          className="py-1"
          count={lines.length}
          keyOf={(index) => index}
          wrap
          row={(index) => {
            const line = lines[index];
            return line === undefined ? null : <LogRow line={line} wrap />;
          }}
        />
      </div>
      {!live && lines.length === RECORDED_LINES && (
        <p className="flex shrink-0 items-center gap-2 border-t border-line px-3 py-1 text-small text-faint">
          <span className="min-w-0 flex-1 truncate">The history keeps the first {RECORDED_LINES} lines of a request</span>
          <button type="button" onClick={() => workspace.showBottom("logs")} className="shrink-0 text-accent hover:underline">
            Show all logs
          </button>
        </p>
      )}
    </div>
  );
}
