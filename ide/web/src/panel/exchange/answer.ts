import type { Failure, RequestRecord, SendRequest, StreamLine } from "@/api/types";
import { AnswerBody, bytesOf } from "./body";

export type Phase = "sending" | "streaming" | "done" | "failed" | "cancelled";

/** One exchange as the panel shows it, from the press of Send to its record. */
export interface Answer {
  /** Tells answers apart in this page, also before they have an id. */
  key: number;
  id: string | null;
  request: SendRequest;
  phase: Phase;
  /** When it was sent, in milliseconds since the epoch. */
  sentAt: number;
  status: number | null;
  headers: readonly (readonly [string, string])[];
  firstByteMs: number | null;
  body: AnswerBody;
  /** The body's size when this value was made: the body itself grows in place. */
  received: number;
  record: RequestRecord | null;
  /** Why Podium itself could not do it. */
  problem: { title: string; detail: string } | null;
  /** The connection to Podium is lost, and is being made again. */
  reconnecting: boolean;
  /** It comes from the history, which keeps the beginning of a body only. */
  fromHistory: boolean;
}

let nextKey = 1;

export function newAnswer(request: SendRequest, id: string | null = null): Answer {
  return {
    key: nextKey++,
    id,
    request,
    phase: "sending",
    sentAt: Date.now(),
    status: null,
    headers: [],
    firstByteMs: null,
    body: new AnswerBody(),
    received: 0,
    record: null,
    problem: null,
    reconnecting: false,
    fromHistory: false,
  };
}

export const isOver = (answer: Answer): boolean => answer.phase !== "sending" && answer.phase !== "streaming";

/** The value of a header, whatever the case of its name. */
export function headerOf(headers: Answer["headers"], name: string): string | null {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? null;
}

export const contentType = (answer: Answer): string => headerOf(answer.headers, "content-type") ?? "";

/** The media type without its parameters, in lower case. */
export const mediaType = (answer: Answer): string => (contentType(answer).split(";")[0] ?? "").trim().toLowerCase();

const charsetOf = (type: string | null): string => /;\s*charset="?([^\s;"]+)/i.exec(type ?? "")?.[1] ?? "utf-8";

/** What a line says, added to an answer. A stream that is replayed may say its beginning twice. */
export function withLine(answer: Answer, line: StreamLine): Answer {
  const next = { ...answer, id: line.id, reconnecting: false };
  if (line.type === "chunk") {
    answer.body.append(bytesOf(line));
    return { ...next, phase: "streaming", received: answer.body.size };
  }
  const headed = line.status == null ? next : withHead(next, line);
  if (line.type === "start") return headed;
  return line.record == null ? { ...headed, phase: "done" } : withRecord(headed, line.record);
}

function withHead(answer: Answer, line: StreamLine): Answer {
  const headers = line.headers ?? answer.headers;
  const body = answer.body.size === 0 ? new AnswerBody(charsetOf(headerOf(headers, "content-type"))) : answer.body;
  return { ...answer, phase: "streaming", status: line.status ?? answer.status, headers, firstByteMs: line.first_byte_ms ?? answer.firstByteMs, body };
}

const PHASES: Readonly<Record<RequestRecord["state"], Phase>> = {
  waiting: "sending",
  streaming: "streaming",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
};

/** The answer with its record, which has the last word on times, logs and errors. */
export function withRecord(answer: Answer, record: RequestRecord): Answer {
  return {
    ...answer,
    id: record.id,
    record,
    phase: PHASES[record.state],
    reconnecting: false,
    status: answer.status ?? record.response?.status ?? null,
    headers: answer.headers.length > 0 ? answer.headers : (record.response?.headers ?? []),
    firstByteMs: record.first_byte_ms ?? answer.firstByteMs,
  };
}

/** The request of a record as it can be sent again. Its body is there as far as the record keeps it. */
export function requestOfRecord(record: RequestRecord): SendRequest {
  const { method, path, headers, body } = record.request;
  return { method, path, headers, body: body.text, body_base64: body.base64, target: record.target };
}

/** An answer out of the history. */
export function answerOfRecord(record: RequestRecord): Answer {
  const answer = newAnswer(requestOfRecord(record), record.id);
  const { response } = record;
  const body = new AnswerBody(charsetOf(headerOf(response?.headers ?? [], "content-type")));
  if (response !== null) body.append(bytesOf(response.body));
  const sentAt = new Date(record.started_at).getTime();
  return withRecord({ ...answer, sentAt, body, received: body.size, fromHistory: true }, record);
}

/** How many bytes of the body the app sent that are not here. Of an answer that broke off, nobody knows the whole. */
export function missingBytes(answer: Answer): number {
  const whole = answer.record?.response?.body.size;
  if (whole === undefined || !(answer.phase === "done" || answer.fromHistory)) return 0;
  return Math.max(0, whole - answer.received);
}

/** Whether the app began to answer and did not come to the end. */
export const isBroken = (answer: Answer): boolean =>
  answer.status !== null && isOver(answer) && (answer.phase === "failed" || failureOf(answer)?.kind === "stream");

export const durationOf = (answer: Answer): number | null => answer.record?.duration_ms ?? null;

export const failureOf = (answer: Answer): Failure | null => answer.record?.failure ?? null;

/** Why there is no whole answer, as a title and a sentence; null when there is one. */
export function errorOf(answer: Answer): { title: string; detail: string } | null {
  if (answer.problem !== null) return answer.problem;
  const error = answer.record?.error;
  if (error === null || error === undefined) return null;
  return { title: answer.status === null ? "No answer came" : "The answer is not complete", detail: error };
}
