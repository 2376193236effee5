import { cx } from "@/lib/cx";

/** `warning` is for what is over; what pulses is still going on. */
export type Status = "running" | "starting" | "warning" | "sleeping" | "failed" | "stopped" | "disconnected";

const DOTS: Record<Status, string> = {
  running: "bg-running",
  starting: "bg-starting pulse-slow",
  warning: "bg-starting",
  sleeping: "border-[1.5px] border-sleeping",
  failed: "bg-failed",
  stopped: "bg-stopped",
  disconnected: "border-[1.5px] border-starting",
};

const WORDS: Record<Status, string> = {
  running: "text-running",
  starting: "text-starting",
  warning: "text-starting",
  sleeping: "text-sleeping",
  failed: "text-failed",
  stopped: "text-stopped",
  disconnected: "text-starting",
};

/** A status: always a dot and a word, never the colour alone. */
export function StatusDot({ status, word = status, className }: { status: Status; word?: string; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-1.5 align-top whitespace-nowrap", className)}>
      <span className={cx("size-2 shrink-0 rounded-full", DOTS[status])} aria-hidden />
      <span title={word} className={cx("truncate", WORDS[status])}>{word}</span>
    </span>
  );
}
