import { Copy, Trash2, WrapText } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { recall, remember } from "@/lib/storage";
import { isServing } from "@/panel/exchange/serving";
import { openRecord } from "@/panel/open";
import { clearLogs, type NumberedLog, useLive } from "@/state/live";
import { runApp } from "@/state/run";
import { Button, EmptyState, IconButton, Input, Select } from "@/ui";
import { stripAnsi } from "./ansi";
import { FollowRows } from "./FollowRows";
import { FilteredLogs, type LogFilter, NO_FILTER } from "./logs/filter";
import { clockTime, type Level, LEVEL_LOOK } from "./levels";
import { LogRow } from "./LogRow";

const LEVEL_CHOICES: readonly { value: Level; label: string }[] = [
  { value: "debug", label: "All levels" },
  { value: "info", label: "Info and up" },
  { value: "warning", label: "Warnings and up" },
  { value: "error", label: "Errors only" },
];

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

/** The lines as text: time, level, message. */
const asText = (lines: readonly NumberedLog[]): string =>
  lines.map((line) => `${clockTime(line.at)} ${LEVEL_LOOK[line.level].letter} ${stripAnsi(line.text)}`).join("\n");

function useFilteredLogs(filter: LogFilter): readonly NumberedLog[] {
  const logs = useLive((state) => state.logs);
  const version = useLive((state) => state.logsVersion);
  const filtered = useMemo(() => new FilteredLogs(filter), [filter]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the array grows in place; its version says that it did
  return useMemo(() => filtered.update(logs), [filtered, logs, version]);
}

function NoLogs({ app }: { app: string }) {
  const serves = useLive((state) => isServing(state.run));
  const isKnown = useLive((state) => state.run !== null);
  return (
    <EmptyState title="No log lines yet" action={isKnown && !serves ? <Button onClick={() => void runApp(app)}>Run the app</Button> : undefined}>
      What the app prints or logs appears here, line by line.
    </EmptyState>
  );
}

function Lines({ app, lines, wrap }: { app: string; lines: readonly NumberedLog[]; wrap: boolean }) {
  const requests = useLive((state) => state.requests);
  const labels = useMemo(() => new Map(requests.map((request) => [request.id, `${request.method} ${request.path}`])), [requests]);
  const open = useMemo(() => (id: string) => void openRecord(app, id), [app]);
  return (
    <FollowRows
      live
      role="group"
      aria-label="Log lines"
      tabIndex={0}
      count={lines.length}
      keyOf={(index) => lines[index]?.n ?? index}
      wrap={wrap}
      sideways={!wrap}
      row={(index) => {
        const line = lines[index];
        if (line === undefined) return null;
        return <LogRow line={line} wrap={wrap} onRequest={open} requestLabel={line.request === null ? undefined : labels.get(line.request)} />;
      }}
    />
  );
}

/** The live log of the app. */
export function LogsPane({ app }: { app: string }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [wrap, setWrap] = useState(() => recall("wrap-logs", isBoolean, false));
  const lines = useFilteredLogs(useDeferredValue(filter));
  const isEmpty = useLive((state) => state.logsVersion >= 0 && state.logs.length === 0);
  const dropped = useLive((state) => state.logsDropped);
  const changeWrap = (): void => {
    remember("wrap-logs", !wrap);
    setWrap(!wrap);
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-1.5 px-2">
        <Input
          aria-label="Filter the log"
          placeholder="Filter"
          value={filter.words}
          onChange={(event) => setFilter({ ...filter, words: event.target.value })}
          className="w-60 min-w-0 shrink"
        />
        <Select label="Level" value={filter.level} options={LEVEL_CHOICES} onChange={(level) => setFilter({ ...filter, level })} />
        {dropped > 0 && <span className="tabular truncate text-small text-faint">{dropped.toLocaleString("en")} older lines are gone</span>}
        <span className="ml-auto flex">
          <IconButton icon={WrapText} label="Wrap long lines" aria-pressed={wrap} onClick={changeWrap} className={wrap ? "bg-active" : ""} />
          <IconButton icon={Copy} label="Copy these lines" disabled={lines.length === 0} onClick={() => void copyText(asText(lines), "Log")} />
          <IconButton icon={Trash2} label="Clear the log" disabled={isEmpty} onClick={clearLogs} />
        </span>
      </div>
      <div className="min-h-0 flex-1">
        {isEmpty ? (
          <NoLogs app={app} />
        ) : lines.length === 0 ? (
          <EmptyState title="No line matches the filter" action={<Button onClick={() => setFilter(NO_FILTER)}>Clear the filter</Button>} />
        ) : (
          <Lines app={app} lines={lines} wrap={wrap} />
        )}
      </div>
    </div>
  );
}
