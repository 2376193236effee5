import type { SendRequest } from "@/api/types";
import { toBase64 } from "@/panel/base64";
import { MAX_BODY_BYTES } from "./files";
import { bodyType, type Draft, type DraftBody, type FileRef, type PartRow, type Row } from "./model";
import { resolvePath } from "./path";

/** A draft that cannot be sent yet: what is missing, and where to look. */
export class DraftError extends Error {
  readonly place: "path" | "params" | "body";
  /** The path parameter without a value. */
  readonly param: string | null;

  constructor(message: string, place: "path" | "params" | "body", param: string | null = null) {
    super(message);
    this.name = "DraftError";
    this.place = place;
    this.param = param;
  }
}

export type ReadFile = (ref: FileRef) => Promise<Uint8Array | null>;

const isUsed = (row: Row): boolean => row.enabled && row.name !== "";

export const formText = (rows: readonly Row[]): string =>
  new URLSearchParams(rows.filter(isUsed).map((row) => [row.name, row.value])).toString();

const quoted = (text: string): string => text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

function partHead(part: PartRow): string {
  const base = `Content-Disposition: form-data; name="${quoted(part.name)}"`;
  if (!part.isFile) return `${base}\r\n\r\n`;
  const type = part.file?.type || "application/octet-stream";
  return `${base}; filename="${quoted(part.file?.name ?? "")}"\r\nContent-Type: ${type}\r\n\r\n`;
}

/** A multipart body (RFC 7578) with names escaped as browsers do. */
export async function multipart(parts: readonly PartRow[], boundary: string, readFile: ReadFile): Promise<Uint8Array> {
  const chunks: (string | Uint8Array)[] = [];
  for (const part of parts.filter(isUsed)) {
    chunks.push(`--${boundary}\r\n${partHead(part)}`, part.isFile ? await fileBytes(part.file, readFile) : part.value, "\r\n");
  }
  chunks.push(`--${boundary}--\r\n`);
  return join(chunks);
}

function join(chunks: readonly (string | Uint8Array)[]): Uint8Array {
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) => (typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  const whole = new Uint8Array(bytes.reduce((size, chunk) => size + chunk.length, 0));
  let offset = 0;
  for (const chunk of bytes) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

async function fileBytes(file: FileRef | null, readFile: ReadFile): Promise<Uint8Array> {
  if (file === null) throw new DraftError("Choose the file to send.", "body");
  const bytes = await readFile(file);
  if (bytes === null) throw new DraftError(`The browser no longer has ${file.name}. Choose it again.`, "body");
  return bytes;
}

interface Encoded {
  body?: string;
  body_base64?: string;
  type: string | null;
}

async function encodeBody(body: DraftBody, readFile: ReadFile, boundary: string): Promise<Encoded> {
  const type = bodyType(body);
  switch (body.mode) {
    case "none":
      return { type };
    case "json":
      return { body: body.json, type };
    case "form":
      return { body: formText(body.form), type };
    case "text":
      return { body: body.text, type };
    case "file":
      return { body_base64: toBase64(await fileBytes(body.file, readFile)), type };
    case "multipart":
      return { body_base64: toBase64(await multipart(body.parts, boundary, readFile)), type: `multipart/form-data; boundary=${boundary}` };
  }
}

function checkSize(encoded: Encoded): void {
  const size = encoded.body_base64 !== undefined ? (encoded.body_base64.length * 3) / 4 : new TextEncoder().encode(encoded.body).length;
  if (size > MAX_BODY_BYTES) throw new DraftError("The body is larger than 10 MB, which is the most that the panel sends. Use curl for it.", "body");
}

const newBoundary = (): string => `podium-${crypto.randomUUID()}`;

/** The request that a draft stands for; throws a DraftError when something is missing. */
export async function requestOf(draft: Draft, readFile: ReadFile, boundary = newBoundary()): Promise<SendRequest> {
  const { path, missing } = resolvePath(draft);
  if (missing !== null) throw new DraftError(`Give {${missing}} a value.`, "params", missing);
  const encoded = await encodeBody(draft.body, readFile, boundary);
  checkSize(encoded);
  const headers = draft.headers.filter(isUsed).map((row): [string, string] => [row.name.trim(), row.value]);
  const saysType = headers.some(([name]) => name.toLowerCase() === "content-type");
  if (encoded.type !== null && !saysType) headers.push(["Content-Type", encoded.type]);
  return {
    method: draft.method,
    path,
    headers,
    body: encoded.body ?? null,
    body_base64: encoded.body_base64 ?? null,
    target: "dev",
  };
}
