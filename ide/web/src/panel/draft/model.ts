import type { SendRequest } from "@/api/types";

/** A name and a value that can be switched off without being lost. */
export interface Row {
  id: string;
  name: string;
  value: string;
  enabled: boolean;
}

/** A file that was chosen for a body; its bytes are kept in the browser under `key`. */
export interface FileRef {
  key: string;
  name: string;
  type: string;
  size: number;
}

/** A field of a multipart form: text, or a file. */
export interface PartRow extends Row {
  isFile: boolean;
  file: FileRef | null;
}

export type BodyMode = "none" | "json" | "form" | "multipart" | "text" | "file";

/** A body in every form that it was given, so that changing the form loses nothing. */
export interface DraftBody {
  mode: BodyMode;
  json: string;
  text: string;
  textType: string;
  form: Row[];
  parts: PartRow[];
  file: FileRef | null;
}

/** The request that is being written. `path` may have `{names}`, which `params` gives values, and a query string. */
export interface Draft {
  method: string;
  path: string;
  params: Record<string, string>;
  query: Row[];
  headers: Row[];
  body: DraftBody;
}

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

let nextId = 1;
/** An id for a row that no other row on this page has. */
export const rowId = (): string => `r${Date.now().toString(36)}${nextId++}`;

export const makeRow = (name = "", value = "", enabled = true): Row => ({ id: rowId(), name, value, enabled });
export const makePart = (name = "", value = "", isFile = false): PartRow => ({ ...makeRow(name, value), isFile, file: null });

export const emptyBody = (): DraftBody => ({ mode: "none", json: "", text: "", textType: "text/plain", form: [], parts: [], file: null });

export const emptyDraft = (): Draft => ({ method: "GET", path: "/", params: {}, query: [], headers: [], body: emptyBody() });

/** The content type that a body's form stands for; multipart gets its boundary when it is sent. */
export function bodyType(body: DraftBody): string | null {
  switch (body.mode) {
    case "none":
      return null;
    case "json":
      return "application/json";
    case "form":
      return "application/x-www-form-urlencoded";
    case "multipart":
      return "multipart/form-data";
    case "text":
      return body.textType;
    case "file":
      return body.file?.type || "application/octet-stream";
  }
}

/** Headers that the gateway or the browser makes; a record has them, but nobody wrote them into the panel. */
const MADE = /^(host|connection|content-length|transfer-encoding|x-request-id|forwarded|x-forwarded-.*|x-real-ip|accept-encoding)$/i;
/** What a record has in the place of a secret; such a header comes back switched off. */
const isRedacted = (value: string): boolean => value.includes("[redacted]");

const mediaType = (value: string): string => (value.split(";")[0] ?? "").trim().toLowerCase();

function bodyOf(request: SendRequest, type: string): DraftBody {
  const body = emptyBody();
  const text = request.body ?? null;
  if (text === null || text === "") return body;
  if (type === "application/json" || (type === "" && looksLikeJson(text))) return { ...body, mode: "json", json: text };
  if (type === "application/x-www-form-urlencoded") {
    return { ...body, mode: "form", form: [...new URLSearchParams(text)].map(([name, value]) => makeRow(name, value)) };
  }
  return { ...body, mode: "text", text, textType: type === "" ? "text/plain" : type };
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** A draft of a request that was sent or is a template's first one. The content type stays only where the body does not say it. */
export function draftOf(request: SendRequest): Draft {
  const headers = (request.headers ?? []).filter(([name]) => !MADE.test(name));
  const typeHeader = headers.find(([name]) => name.toLowerCase() === "content-type");
  const type = typeHeader === undefined ? "" : mediaType(typeHeader[1]);
  const body = bodyOf(request, type);
  const said = bodyType(body);
  return {
    method: request.method,
    path: request.path,
    params: {},
    query: [],
    headers: headers
      .filter((header) => header !== typeHeader || (said !== null && said !== typeHeader[1].toLowerCase()))
      .map(([name, value]) => makeRow(name, value, !isRedacted(value))),
    body,
  };
}
