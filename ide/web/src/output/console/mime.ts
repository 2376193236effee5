import type { MimeBundle } from "./reducer";

/** The ways in which an output can be shown, the richest first. */
const ORDER = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "text/markdown", "text/latex", "application/json", "text/plain"] as const;

export type Shown =
  | { kind: "html"; html: string }
  | { kind: "image"; type: string; data: string; isBase64: boolean; alt: string }
  | { kind: "text"; text: string };

/** Notebooks on disk have texts as lists of lines; some kernels send them so too. */
const asText = (value: unknown): string => (Array.isArray(value) ? value.join("") : typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** How to show an output that comes in several forms. HTML that is nothing without scripts gives way to the next form. */
export function choose(data: MimeBundle): Shown {
  const plain = "text/plain" in data ? asText(data["text/plain"]) : "";
  for (const type of ORDER) {
    if (!(type in data)) continue;
    const value = asText(data[type]);
    if (type === "text/html") {
      if (isEmptyWithoutScripts(value) && Object.keys(data).length > 1) continue;
      return { kind: "html", html: value };
    }
    if (type.startsWith("image/")) return { kind: "image", type, data: value, isBase64: type !== "image/svg+xml", alt: plain === "" ? "Image" : plain };
    return { kind: "text", text: value };
  }
  return { kind: "text", text: plain };
}

/** Whether a page shows nothing before its scripts have run, as those of interactive charts do. */
function isEmptyWithoutScripts(html: string): boolean {
  if (!/<script/i.test(html)) return false;
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const element of body.querySelectorAll("script, style, noscript")) element.remove();
  return body.textContent.trim() === "" && body.querySelector("img, svg, table, canvas") === null;
}

/** About how high HTML will be: a frame without rights cannot say so itself. In pixels, within bounds. */
export function estimateHeight(html: string): number {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const rows = body.querySelectorAll("tr").length;
  const blocks = body.querySelectorAll("p, div, li, h1, h2, h3, h4, pre, br").length;
  const images = body.querySelectorAll("img, svg, video, canvas").length;
  return Math.max(48, Math.min(420, 24 + rows * 25 + blocks * 22 + images * 240));
}
