import { memo } from "react";
import type { LogLine } from "@/api/types";
import { cx } from "@/lib/cx";
import { Ansi } from "./Ansi";
import { overwrite } from "./ansi";
import { describe, LEVEL_LOOK } from "./levels";

export interface LogRowProps {
  line: LogLine;
  wrap: boolean;
  /** What its request is called, and how to get there; missing for lines of no request. */
  requestLabel?: string | undefined;
  onRequest?: ((id: string) => void) | undefined;
}

/** One log line: its level, its text, and on hover its time and request. */
export const LogRow = memo(function LogRow({ line, wrap, requestLabel, onRequest }: LogRowProps) {
  const { letter, color } = LEVEL_LOOK[line.level];
  const { request } = line;
  return (
    <div title={describe(line)} className="group relative flex min-h-5 gap-2.5 px-3 font-mono text-small leading-5 [font-variant-ligatures:none] hover:bg-hover">
      <span className={cx("shrink-0", color)}>
        <span aria-hidden>{letter}</span>
        <span className="sr-only">{line.level}</span>
      </span>
      <span
        className={cx(
          "min-w-0 flex-1",
          wrap ? "[overflow-wrap:anywhere] whitespace-pre-wrap" : "whitespace-pre",
          line.level === "error" || line.level === "critical" ? "text-failed" : line.level === "debug" ? "text-faint" : "text-text",
        )}
      >
        <Ansi text={overwrite(line.text)} />
      </span>
      {request !== null && onRequest !== undefined && (
        <button
          type="button"
          onClick={() => onRequest(request)}
          className="sticky right-3 h-5 max-w-60 shrink-0 truncate rounded-[4px] bg-active px-1.5 font-sans text-text opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
        >
          {requestLabel ?? "Show its request"}
        </button>
      )}
    </div>
  );
});
