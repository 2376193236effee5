import type { LogLine } from "@/api/types";
import { FollowRows } from "@/output/FollowRows";
import { LogRow } from "@/output/LogRow";
import { EmptyState } from "@/ui";

/** What one request printed and logged. */
export function RequestLogs({ lines, live }: { lines: readonly LogLine[]; live: boolean }) {
  if (lines.length === 0) {
    return <EmptyState title={live ? "Nothing logged yet" : "This request logged nothing"}>What the app prints or logs while it answers appears here.</EmptyState>;
  }
  return (
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
  );
}
