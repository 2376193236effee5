import { create } from "zustand";
import { AppEvents, type Connection } from "@/api/events";
import { TAB } from "@/api/tab";
import type { AppEvent, EnvironmentProgress, Failure, Frame, LogLine, RequestSummary, Run } from "@/api/types";
import { whenCalm } from "./calm";

export const MAX_LOG_LINES = 100_000;
export const MAX_REQUESTS = 500;

/** A log line with a number of its own, which stays the same for as long as the page lives. */
export interface NumberedLog extends LogLine {
  n: number;
}

export interface Blocked {
  ms: number;
  frames: readonly Frame[];
}

/** The making of the environment that the app's requirements.txt asks for: the last one, with all lines of it. */
export interface Environment {
  state: EnvironmentProgress["state"];
  lines: readonly string[];
}

/** What the server told about one app, kept up to date by its event stream. */
export interface Live {
  app: string | null;
  connection: Connection;
  /** 401 when the sign-in ended, 404 when the app is gone: nobody reconnects any more. */
  closed: 401 | 404 | null;
  run: Run | null;
  /** Oldest first; `logsVersion` counts changes, since the array is appended to in place. */
  logs: NumberedLog[];
  logsVersion: number;
  /** Lines that neither the server nor this page kept. */
  logsDropped: number;
  /** Newest first, one entry for each request id. */
  requests: readonly RequestSummary[];
  blocked: Blocked | null;
  environment: Environment | null;
  /** Errors outside any request, newest first. */
  failures: readonly Failure[];
  /** The last change of the app's files that another page made. */
  files: { revision: number; paths: readonly string[]; origin: string | null } | null;
}

const EMPTY: Live = {
  app: null,
  connection: "connecting",
  closed: null,
  run: null,
  logs: [],
  logsVersion: 0,
  logsDropped: 0,
  requests: [],
  blocked: null,
  environment: null,
  failures: [],
  files: null,
};

export const useLive = create<Live>(() => EMPTY);

let nextLog = 1;

/** Adds lines to the ring buffer. It is cut in large steps, because cutting moves everything that stays. */
export function appendLogs(live: Live, lines: readonly LogLine[], limit = MAX_LOG_LINES): Partial<Live> {
  const logs = live.logs;
  for (const line of lines) logs.push({ ...line, n: nextLog++ });
  let dropped = live.logsDropped;
  if (logs.length > limit * 1.1) {
    const surplus = logs.length - limit;
    logs.splice(0, surplus);
    dropped += surplus;
  }
  return { logs, logsVersion: live.logsVersion + 1, logsDropped: dropped };
}

/** Puts a summary in its place: a known request is updated where it stands, a new one comes first. */
export function mergeRequest(
  requests: readonly RequestSummary[],
  summary: RequestSummary,
  limit = MAX_REQUESTS,
): readonly RequestSummary[] {
  const index = requests.findIndex((known) => known.id === summary.id);
  if (index >= 0) return requests.with(index, summary);
  return [summary, ...requests].slice(0, limit);
}

/** The change that one event makes; log lines are collected by the caller. */
export function applyEvent(live: Live, event: AppEvent): Partial<Live> {
  const data: unknown = event.data;
  switch (event.type) {
    case "hello":
      // What was being installed may have ended with the server; if it has not, its next line says so.
      return { run: (data as { run: Run }).run, environment: null };
    case "run": {
      const run = data as Run;
      return run.state === "running" ? { run } : { run, blocked: null };
    }
    case "log":
      return appendLogs(live, [data as LogLine]);
    case "request":
      return { requests: mergeRequest(live.requests, data as RequestSummary) };
    case "files": {
      const files = data as NonNullable<Live["files"]>;
      return files.origin === TAB ? {} : { files };
    }
    case "environment": {
      const { state, line } = data as EnvironmentProgress;
      const before = live.environment?.state === "making" ? live.environment.lines : [];
      return { environment: { state, lines: [...before, line] } };
    }
    case "blocked":
      return { blocked: data as Blocked };
    case "unblocked":
      return { blocked: null };
    case "failure":
      return { failures: [data as Failure, ...live.failures].slice(0, 100) };
    case "dropped":
      return { logsDropped: live.logsDropped + (data as { count: number }).count };
  }
}

let current: AppEvents | undefined;

/** Tries to reach the server now, without waiting for the next attempt. */
export function reconnect(): void {
  current?.retry();
}

/** Follows `app` until the returned function is called. A burst of events becomes one render. */
export function followApp(app: string): () => void {
  useLive.setState({ ...EMPTY, app, logs: [] });
  let pending: AppEvent[] = [];
  const flush = (): void => {
    const events = pending;
    pending = [];
    useLive.setState((live) => {
      let next = live;
      for (const event of events) next = { ...next, ...applyEvent(next, event) };
      return next;
    });
  };
  const events = new AppEvents({
    app,
    onEvent: (event) => {
      pending.push(event);
      if (pending.length === 1) whenCalm(flush);
    },
    onConnection: (connection) => useLive.setState({ connection }),
    onClosed: (closed) => useLive.setState({ closed }),
  });
  current = events;
  return () => {
    events.stop();
    current = undefined;
    pending = [];
  };
}

/** Takes what Run answered, unless the events have said so already and perhaps more: the stream may be away. */
export function takeRun(app: string, run: Run): void {
  useLive.setState((live) => {
    const isKnown = live.run?.state === run.state && live.run.version === run.version;
    return live.app !== app || isKnown ? live : { run };
  });
}

/** Empties the log view; the server keeps its own. */
export function clearLogs(): void {
  useLive.setState((live) => ({ logs: [], logsVersion: live.logsVersion + 1, logsDropped: 0 }));
}
