import type { SendRequest } from "@/api/types";
import { bodyType, type Draft, type DraftBody, emptyBody, emptyDraft, makeRow } from "./model";
import { withPath } from "./path";

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
    ...withPath(emptyDraft(), request.path),
    method: request.method,
    headers: headers
      .filter((header) => header !== typeHeader || (said !== null && said !== typeHeader[1].toLowerCase()))
      .map(([name, value]) => makeRow(name, value, !isRedacted(value))),
    body,
  };
}
