// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const CSS = readFileSync("src/styles/tokens.css", "utf8");

/** The light (0) and the dark (1) value of a colour token. */
function color(name: string, theme: 0 | 1): string {
  const pair = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(CSS);
  const same = new RegExp(`--${name}: (#\\w{6});`).exec(CSS);
  const found = pair?.[theme + 1] ?? same?.[1];
  if (found === undefined) throw new Error(`tokens.css has no colour --${name}`);
  return found;
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const TEXTS = ["text", "text-muted", "text-faint", "accent", "running", "starting", "sleeping", "failed", "stopped"];
const CODE = ["keyword", "string", "number", "comment", "function", "type", "tag"].map((name) => `code-${name}`);

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("in the %s theme", (_name, theme) => {
  const pairs = [
    ...TEXTS.flatMap((text) => ["bg", "bg-raised", "bg-overlay", "bg-hover"].map((ground) => [text, ground] as const)),
    ...CODE.map((text) => [text, "bg"] as const),
    ["on-accent", "accent-solid"] as const,
    ["on-accent", "accent-solid-hover"] as const,
    ["failed", "failed-bg"] as const,
    ["text-muted", "failed-bg"] as const,
    ["starting", "starting-bg"] as const,
    ["text", "selection"] as const,
    ["text-muted", "selection"] as const,
    ["text-muted", "bg-active"] as const,
    ["text-faint", "bg-active"] as const,
  ];
  it.each(pairs)("%s can be read on %s", (text, ground) => {
    expect(contrast(color(text, theme), color(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });
});
