import { create } from "zustand";
import { apiFetch } from "@/api/client";
import { explain } from "@/api/problem";
import type { RequestRecord, SendRequest, StreamLine } from "@/api/types";
import { bytes, duration } from "@/lib/format";
import { announce } from "@/state/announce";
import { hurry, nextTask } from "@/state/calm";
import { type Answer, answerOfRecord, durationOf, errorOf, isOver, newAnswer, requestOfRecord, withLine } from "./answer";
import { followExchange } from "./follow";
import { ensureServing } from "./serving";
import { statusText } from "./status";

interface Exchanges {
  app: string | null;
  /** What the panel shows; it stays until the first byte of the next answer. */
  shown: Answer | null;
  /** What was sent and has no first byte yet. */
  pending: Answer | null;
  /** The app is being started, so that the request can be sent. */
  starting: boolean;
}

const NOTHING: Exchanges = { app: null, shown: null, pending: null, starting: false };

export const useExchange = create<Exchanges>(() => NOTHING);

/** The exchange that a new one, or another app, ends the reading of; the server goes on with it. */
let reading = new AbortController();

const NDJSON = { Accept: "application/x-ndjson" };
const base = (app: string): string => `/api/v1/apps/${encodeURIComponent(app)}/requests`;
const one = (app: string, id: string): string => `${base(app)}/${encodeURIComponent(id)}`;
const storageKey = (app: string): string => `podium.exchange.${app}`;

/** The exchange of this tab that a reload comes back to. */
const lastExchange = {
  read: (app: string): string | null => sessionStorage.getItem(storageKey(app)),
  write(app: string, id: string | null): void {
    if (id === null) sessionStorage.removeItem(storageKey(app));
    else sessionStorage.setItem(storageKey(app), id);
  },
};

function put(answer: Answer): void {
  useExchange.setState((state) => {
    if (state.pending?.key !== answer.key) return state.shown?.key === answer.key ? { shown: answer } : state;
    return answer.phase === "sending" ? { pending: answer } : { shown: answer, pending: null };
  });
}

const FRAME_MS = 33;

/** Collects what arrives between two frames, so that a fast stream does not render once for each chunk; news go at once. */
class Painter {
  answer: Answer;
  readonly #onFirst: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(answer: Answer, onFirst: () => void) {
    this.answer = answer;
    this.#onFirst = onFirst;
  }

  change(next: Answer): void {
    const { phase, id, reconnecting, received } = this.answer;
    const isNews = next.phase !== phase || next.id !== id || next.reconnecting !== reconnecting || (received === 0 && next.received > 0);
    this.answer = next;
    // Not before the next task: lines that came together are drawn together.
    if (isNews) this.#paintIn(0);
    else if (this.#timer === undefined) this.#paintIn(FRAME_MS);
  }

  #paintIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.paint(), ms);
  }

  paint(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    put(this.answer);
    if (this.answer.phase !== "sending") this.#onFirst();
  }
}

function sayResult(answer: Answer): void {
  const error = errorOf(answer);
  if (answer.status === null) {
    announce(answer.phase === "cancelled" ? "Request cancelled." : `Request failed. ${error?.detail ?? ""}`);
    return;
  }
  const ms = durationOf(answer);
  const time = ms === null ? "" : `, ${duration(ms)}`;
  announce(`${statusText(answer.status)}${time}, ${bytes(answer.received)}.${error === null ? "" : ` ${error.detail}`}`);
}

async function read(
  app: string,
  answer: Answer,
  open: (signal: AbortSignal) => Promise<Response>,
  onFirst: () => void = () => undefined,
): Promise<void> {
  const painter = new Painter(answer, onFirst);
  const { signal } = reading;
  const onId = (id: string): void => {
    lastExchange.write(app, id);
    painter.change({ ...painter.answer, id, reconnecting: false });
  };
  const onLine = (line: StreamLine): void => painter.change(withLine(painter.answer, line));
  try {
    await followExchange({
      open,
      attach: (id, aborted) => apiFetch(one(app, id), { headers: NDJSON, signal: aborted }),
      onId,
      onLine,
      onLost: () => painter.change({ ...painter.answer, reconnecting: true }),
      signal,
      ...(answer.id !== null && { id: answer.id }),
    });
  } catch (error) {
    if (signal.aborted) return;
    painter.change({ ...painter.answer, phase: "failed", reconnecting: false, problem: explain(error) });
  }
  if (signal.aborted) return;
  painter.paint();
  sayResult(painter.answer);
}

/** Stops reading what goes on, for something else to be read. */
function turnTo(answer: Answer | null): void {
  reading.abort();
  reading = new AbortController();
  useExchange.setState({ pending: answer, starting: false });
}

/** Ends what goes on in favour of a new request: its answer would have no place to appear. */
function begin(app: string, answer: Answer): void {
  const { pending, shown } = useExchange.getState();
  const former = pending ?? shown;
  turnTo(answer);
  if (former === null || isOver(former)) return;
  if (shown === former) useExchange.setState({ shown: { ...former, phase: "cancelled" } });
  // It may have ended by itself meanwhile; then there is nothing to cancel.
  if (former.id !== null) apiFetch(one(app, former.id), { method: "DELETE" }).catch(() => undefined);
}

const post = (url: string, body: unknown) => (signal: AbortSignal): Promise<Response> =>
  apiFetch(url, { method: "POST", headers: { ...NDJSON, "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

/** Starts the app where it does not run, then sends; the answer appears in the panel as it arrives. */
export async function send(app: string, request: SendRequest): Promise<void> {
  await withApp(app, newAnswer(request), post(base(app), request));
}

/** Sends what a record sent once more, as a new exchange. */
export async function replay(app: string, answer: Answer): Promise<void> {
  if (answer.id === null) return send(app, answer.request);
  await withApp(app, newAnswer(answer.request), post(`${one(app, answer.id)}/replay`, undefined));
}

async function withApp(app: string, answer: Answer, open: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const release = hurry();
  try {
    const serving = ensureServing(app);
    await nextTask();
    begin(app, answer);
    const { signal } = reading;
    useExchange.setState({ starting: true });
    const trouble = await serving;
    if (signal.aborted) return;
    useExchange.setState({ starting: false });
    if (trouble === null) await read(app, answer, open, release);
    else put({ ...answer, phase: "failed", problem: trouble });
  } finally {
    release();
  }
}

/** Ends the exchange that is under way. Without an id nothing of it has reached the app's side that could be named. */
export async function cancel(): Promise<void> {
  const { app, pending, shown } = useExchange.getState();
  const answer = pending ?? shown;
  if (app === null || answer === null || isOver(answer)) return;
  if (answer.id === null) {
    reading.abort();
    useExchange.setState({ pending: null, starting: false });
    announce("Request cancelled.");
    return;
  }
  await apiFetch(one(app, answer.id), { method: "DELETE" });
}

async function fetchRecord(app: string, id: string, signal: AbortSignal): Promise<RequestRecord> {
  const response = await apiFetch(one(app, id), { signal });
  return (await response.json()) as RequestRecord;
}

/**
 * Shows an exchange by its id: one that is under way is read from its first byte, one that is over comes out of the
 * history. Gives its record; throws when there is none any more.
 */
export async function show(app: string, id: string): Promise<RequestRecord> {
  const { signal } = reading;
  const record = await fetchRecord(app, id, signal);
  if (signal.aborted) return record;
  const isUnderWay = record.state === "waiting" || record.state === "streaming";
  lastExchange.write(app, id);
  if (isUnderWay || isHeldWhole(record)) {
    const answer = { ...newAnswer(requestOfRecord(record), id), sentAt: new Date(record.started_at).getTime() };
    turnTo(answer);
    void read(app, answer, (aborted) => apiFetch(one(app, id), { headers: NDJSON, signal: aborted }));
  } else {
    turnTo(null);
    useExchange.setState({ shown: answerOfRecord(record) });
  }
  return record;
}

/** Whether the server may still have more of the body than the record: it keeps the exchanges of the panel for a while. */
const isHeldWhole = (record: RequestRecord): boolean => record.source === "panel" && record.response?.body.truncated === true;

/** Begins with another app; a reload in the middle of an answer finds it again. */
export function openExchanges(app: string): () => void {
  reading.abort();
  reading = new AbortController();
  useExchange.setState({ ...NOTHING, app });
  const last = lastExchange.read(app);
  // An exchange that is gone is no error: the panel is then empty, as on a first visit.
  if (last !== null) show(app, last).catch(() => lastExchange.write(app, null));
  return () => reading.abort();
}
