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
