import { CircleX, Globe, LoaderCircle, PanelRight } from "lucide-react";
import { memo } from "react";
import type { RequestSummary } from "@/api/types";
import { cx } from "@/lib/cx";
import { bytes, duration, exactTime, relativeTime } from "@/lib/format";
import { statusText, statusTone, TONE_TEXT } from "@/panel/exchange/status";
import { MethodLabel } from "@/panel/request/MethodLabel";

const WORDS: Partial<Record<RequestSummary["state"], string>> = { waiting: "Waiting", streaming: "Streaming", cancelled: "Cancelled", failed: "No answer" };

function StatusCell({ row, wide }: { row: RequestSummary; wide: boolean }) {
  const isUnderWay = row.state === "waiting" || row.state === "streaming";
  const text = row.status === null ? (WORDS[row.state] ?? "") : wide ? statusText(row.status) : row.status.toString();
  const tone = row.failed ? "failed" : row.status === null ? "stopped" : statusTone(row.status);
  return (
    <span className={cx("flex items-center gap-1.5 truncate", TONE_TEXT[tone])} title={row.failed ? "This request failed" : undefined}>
      {isUnderWay ? <LoaderCircle size={12} aria-hidden className="pulse-slow shrink-0" /> : row.failed && <CircleX size={12} aria-hidden className="shrink-0" />}
      <span className="truncate">{text}</span>
    </span>
  );
}

function Source({ source }: { source: RequestSummary["source"] }) {
  const Icon = source === "panel" ? PanelRight : Globe;
  const label = source === "panel" ? "Sent from the panel" : "Came from outside";
  return (
    <span title={label} className="flex justify-center text-faint">
      <Icon size={12} aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** The columns of the narrow list in the panel, and of the wide table below the code. */
export const COLUMNS = {
  narrow: "grid-cols-[44px_minmax(0,1fr)_76px_60px_16px]",
  wide: "grid-cols-[100px_48px_minmax(0,3fr)_minmax(76px,2fr)_64px_64px_16px]",
} as const;

/** One request of the history. */
export const HistoryRow = memo(function HistoryRow({ row, wide, isActive, id, onOpen }: { row: RequestSummary; wide: boolean; isActive: boolean; id: string; onOpen: (id: string) => void }) {
  const started = new Date(row.started_at);
  return (
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      onClick={() => onOpen(row.id)}
      title={`${row.method} ${row.path}, ${exactTime(started)}`}
      className={cx("tabular grid h-7 items-center gap-2 px-3 text-small", wide ? COLUMNS.wide : COLUMNS.narrow, isActive ? "bg-hover shadow-[inset_2px_0_var(--accent)]" : "hover:bg-hover")}
    >
      {wide && <time dateTime={row.started_at} className="truncate text-muted">{relativeTime(started)}</time>}
      <MethodLabel method={row.method} className="w-auto" />
      <span className="truncate font-mono">{row.path}</span>
      <StatusCell row={row} wide={wide} />
      <span className="truncate text-right text-muted">{row.duration_ms === null ? "" : duration(row.duration_ms)}</span>
      {wide && <span className="truncate text-right text-muted">{row.size === null ? "" : bytes(row.size)}</span>}
      <Source source={row.source} />
    </div>
  );
});
