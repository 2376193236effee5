import type { RequestSummary } from "@/api/types";

/** What the history asks for at a time. */
export const PAGE_SIZE = 100;

/** Pages as they were asked for and what the event stream told since: one row for each id, the news of it, newest first. */
export function mergeHistory(pages: readonly (readonly RequestSummary[])[], live: readonly RequestSummary[]): RequestSummary[] {
  const rows = new Map<string, RequestSummary>();
  for (const row of pages.flat()) rows.set(row.id, row);
  for (const row of live) {
    const known = rows.get(row.id);
    if (known === undefined || !isNewer(known, row)) rows.set(row.id, row);
  }
  return [...rows.values()].sort((a, b) => (a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : 0));
}

const ENDED = new Set(["done", "failed", "cancelled"]);

/** Whether the stored row knows more than the event, which may have come before the page was asked for. */
const isNewer = (stored: RequestSummary, event: RequestSummary): boolean => ENDED.has(stored.state) && !ENDED.has(event.state);

export type HistoryKind = "all" | "panel" | "gateway" | "failed";

export const HISTORY_KINDS: readonly { value: HistoryKind; label: string }[] = [
  { value: "all", label: "All" },
  { value: "panel", label: "From the panel" },
  { value: "gateway", label: "From outside" },
  { value: "failed", label: "Failed" },
];

/** The rows that have every word in their method, path or status. */
export function filterHistory(rows: readonly RequestSummary[], words: string, kind: HistoryKind): RequestSummary[] {
  const needles = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return rows.filter((row) => {
    if (kind === "failed" ? !row.failed : kind !== "all" && row.source !== kind) return false;
    const text = `${row.method} ${row.path} ${row.status ?? ""}`.toLowerCase();
    return needles.every((needle) => text.includes(needle));
  });
}
