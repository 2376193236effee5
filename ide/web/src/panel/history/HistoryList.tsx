import { type KeyboardEvent, useCallback, useId, useMemo, useRef, useState } from "react";
import type { RequestSummary } from "@/api/types";
import { cx } from "@/lib/cx";
import { type RowsHandle, VirtualRows } from "@/output/VirtualRows";
import { useExchange } from "@/panel/exchange/store";
import { openRecord } from "@/panel/open";
import { send } from "@/panel/actions";
import { Button, EmptyState, Input, Select, Skeleton } from "@/ui";
import { COLUMNS, HistoryRow } from "./HistoryRow";
import { filterHistory, HISTORY_KINDS, type HistoryKind } from "./merge";
import { type History, useHistory } from "./useHistory";

const ROW = 28;
const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

function Rows({ rows, wide, history, app }: { rows: readonly RequestSummary[]; wide: boolean; history: History; app: string }) {
  const id = useId();
  const handle = useRef<RowsHandle>(null);
  const shown = useExchange((state) => (state.pending ?? state.shown)?.id ?? null);
  const [chosen, setChosen] = useState<string | null>(null);
  const active = chosen ?? shown;
  const index = rows.findIndex((row) => row.id === active);
  const open = useCallback((request: string) => {
    setChosen(null);
    void openRecord(app, request);
  }, [app]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    const row = rows[index];
    if (event.key === "Enter" && row !== undefined) open(row.id);
    if (move === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, index + move));
    setChosen(rows[next]?.id ?? null);
    handle.current?.scrollTo(next);
  };
  const { more, hasMore } = history;
  return (
    <VirtualRows
      handle={handle}
      role="listbox"
      aria-label="Requests, newest first"
      aria-activedescendant={index >= 0 ? `${id}${index}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        const box = event.currentTarget;
        if (hasMore && box.scrollHeight - box.scrollTop - box.clientHeight < 20 * ROW) more();
      }}
      height={ROW}
      count={rows.length}
      keyOf={(position) => rows[position]?.id ?? position}
      row={(position) => {
        const row = rows[position];
        return row === undefined ? null : <HistoryRow id={`${id}${position}`} row={row} wide={wide} isActive={row.id === active} onOpen={open} />;
      }}
    />
  );
}

function WideHead() {
  return (
    <div aria-hidden className={cx("grid h-6 shrink-0 items-center gap-2 border-b border-line px-3 text-small text-faint", COLUMNS.wide)}>
      <span>Time</span>
      <span>Method</span>
      <span>Path</span>
      <span>Status</span>
      <span className="text-right">Duration</span>
      <span className="text-right">Size</span>
      <span />
    </div>
  );
}

function Nothing({ app }: { app: string }) {
  return (
    <EmptyState title="No requests yet" action={<Button onClick={() => void send(app)}>Send the request</Button>}>
      Everything that is sent to the app appears here, from this panel and from outside, and stays for seven days.
    </EmptyState>
  );
}

/** The requests of an app: a list in the panel, a table with more columns in the wide place below the code. */
export function HistoryList({ app, wide }: { app: string; wide: boolean }) {
  const history = useHistory(app);
  const [words, setWords] = useState("");
  const [kind, setKind] = useState<HistoryKind>("all");
  const clear = (): void => {
    setWords("");
    setKind("all");
  };
  const rows = useMemo(() => filterHistory(history.rows, words, kind), [history.rows, words, kind]);
  if (history.error !== null) {
    return (
      <EmptyState title="The history could not be read" action={<Button onClick={history.retry}>Try again</Button>}>
        {history.error.message}
      </EmptyState>
    );
  }
  if (history.isLoading) return <Skeleton className="m-3 h-20" />;
  if (history.rows.length === 0) return <Nothing app={app} />;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-1.5 px-2">
        <Input aria-label="Filter the requests" placeholder="Filter by method, path or status" value={words} onChange={(event) => setWords(event.target.value)} className={wide ? "w-72" : "flex-1"} />
        <Select label="Which requests" value={kind} options={HISTORY_KINDS} onChange={setKind} />
      </div>
      {wide && <WideHead />}
      <div className="min-h-0 flex-1">
        {rows.length > 0 ? (
          <Rows rows={rows} wide={wide} history={history} app={app} />
        ) : (
          <EmptyState title="No request matches the filter" action={<Button onClick={clear}>Clear the filter</Button>}>
            {history.hasMore ? "Older requests are not loaded yet; clear the filter and scroll down for them." : undefined}
          </EmptyState>
        )}
      </div>
    </div>
  );
}
