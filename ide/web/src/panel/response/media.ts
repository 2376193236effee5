import type { Answer } from "@/panel/exchange/answer";
import { headerOf, mediaType } from "@/panel/exchange/answer";

/** How a body is shown. */
export type View = "empty" | "json" | "html" | "image" | "stream" | "text" | "binary";

const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon"]);
const STREAMS = new Set(["text/event-stream", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines", "application/json-seq"]);
const TEXTS = /^(text\/.*|application\/(javascript|ecmascript|xml|x-yaml|yaml|toml|graphql|sql|x-www-form-urlencoded|x-sh)|.*\+(xml|yaml|text))$/;

/** Whether bytes cannot be meant as text: they have a NUL, or are not UTF-8. */
export function looksBinary(head: Uint8Array): boolean {
  if (head.includes(0)) return true;
  // A sequence that the cut of the head broke must not count.
  const whole = head.length < 4 ? head : head.subarray(0, head.length - (head.length >= 4096 ? 4 : 0));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(whole, { stream: true });
    return false;
  } catch {
    return true;
  }
}

/** Chooses the view by the content type, and by the bytes themselves where there is none. */
export function viewOf(answer: Answer): View {
  if (answer.received === 0) return "empty";
  const type = mediaType(answer);
  if (IMAGES.has(type)) return "image";
  if (STREAMS.has(type)) return "stream";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (TEXTS.test(type)) return "text";
  const head = answer.body.bytes().subarray(0, 4096);
  if (type !== "" && type !== "application/octet-stream") return looksBinary(head) || type.includes("/") && /^(audio|video|font)\//.test(type) ? "binary" : "text";
  return looksBinary(head) ? "binary" : "text";
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "application/json": "json",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "text/csv": "csv",
  "text/html": "html",
  "text/plain": "txt",
};

/** A name for the body as a file: the app's own where it gives one, else from the path and the type. */
export function fileName(answer: Answer): string {
  const disposition = headerOf(answer.headers, "content-disposition") ?? "";
  const encoded = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/.exec(disposition)?.[1];
  const given = encoded === undefined ? plain : safeDecode(encoded);
  if (given !== undefined && given !== "") return given.replace(/[/\\]/g, "_");
  const last = (answer.request.path.split("?")[0] ?? "").split("/").filter((part) => part !== "").at(-1) ?? "answer";
  if (/\.\w+$/.test(last)) return last;
  const type = mediaType(answer);
  return `${last}.${EXTENSIONS[type] ?? /^[a-z]+\/([a-z0-9]+)$/.exec(type)?.[1] ?? "bin"}`;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface HexLine {
  offset: string;
  hex: string;
  text: string;
}

/** Bytes in one line: eight of them fit into the narrowest panel. */
const HEX_WIDTH = 8;

/** The beginning of some bytes as `hexdump -C` writes them. */
export function hexLines(bytes: Uint8Array, limit = 512): HexLine[] {
  const lines: HexLine[] = [];
  for (let offset = 0; offset < Math.min(bytes.length, limit); offset += HEX_WIDTH) {
    const part = [...bytes.subarray(offset, Math.min(offset + HEX_WIDTH, limit))];
    lines.push({
      offset: offset.toString(16).padStart(8, "0"),
      hex: part.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
      text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    });
  }
  return lines;
}
