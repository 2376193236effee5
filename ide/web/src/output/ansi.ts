/** How a piece of terminal text looks. A colour is a number of the palette of 256, or `#rrggbb`. */
export interface AnsiStyle {
  color: number | string | null;
  background: number | string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  inverse: boolean;
}

export interface AnsiPiece {
  text: string;
  style: AnsiStyle;
}

const PLAIN: AnsiStyle = { color: null, background: null, bold: false, dim: false, italic: false, underline: false, strike: false, inverse: false };

// ECMA-48: control sequences (CSI), strings that end with BEL or ST (titles, links), and short escapes; all but SGR have
// no meaning in a list of lines. Then other control characters, but for tab and line feed.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const SEQUENCE = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f]/g;

const FLAGS: Readonly<Record<number, Partial<AnsiStyle>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { color: null },
  49: { background: null },
};

const hex = (part: number): string => Math.min(255, part).toString(16).padStart(2, "0");

/** Reads the colour after 38 or 48: `5;N` or `2;R;G;B`. Gives it with how many parameters it took. */
function extended(codes: readonly number[], at: number): { color: number | string | null; used: number } {
  if (codes[at] === 5) return { color: Math.min(255, codes[at + 1] ?? 0), used: 2 };
  if (codes[at] !== 2) return { color: null, used: 1 };
  const [red = 0, green = 0, blue = 0] = codes.slice(at + 1, at + 4);
  return { color: `#${hex(red)}${hex(green)}${hex(blue)}`, used: 4 };
}

function basicColor(code: number): Partial<AnsiStyle> | null {
  if (code >= 30 && code <= 37) return { color: code - 30 };
  if (code >= 90 && code <= 97) return { color: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { background: code - 40 };
  if (code >= 100 && code <= 107) return { background: code - 100 + 8 };
  return null;
}

/** The style after a "select graphic rendition" sequence. */
function withCodes(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((part) => (part === "" ? 0 : Number.parseInt(part, 10)));
  let next = style;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 38 || code === 48) {
      const { color, used } = extended(codes, at + 1);
      next = { ...next, [code === 38 ? "color" : "background"]: color };
      at += used;
    } else next = { ...next, ...FLAGS[code], ...basicColor(code) };
  }
  return next;
}

/** What a line shows in the end when carriage returns and backspaces write over it, as progress bars do. */
export function overwrite(line: string): string {
  if (!/[\r\b]/.test(line)) return line;
  const parts = line.replace(/\r+$/, "").split("\r");
  return (parts.at(-1) ?? "").replace(/[^\b]\x08/g, ""); // eslint-disable-line no-control-regex -- a backspace
}

/** Terminal text as pieces of one look each; every other control sequence is taken out. */
export function parseAnsi(text: string): AnsiPiece[] {
  const pieces: AnsiPiece[] = [];
  let style = PLAIN;
  let end = 0;
  const add = (piece: string): void => {
    if (piece !== "") pieces.push({ text: piece, style });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[2] === "m") style = withCodes(style, match[1] ?? "");
  }
  add(text.slice(end));
  return pieces;
}

/** The text without its control sequences. */
export const stripAnsi = (text: string): string => (hasControls(text) ? text.replace(SEQUENCE, "") : text);

// eslint-disable-next-line no-control-regex -- control characters are what this is about
export const hasControls = (text: string): boolean => /[\x00-\x08\x0b-\x1f\x7f]/.test(text);

const CUBE = [0, 95, 135, 175, 215, 255];

/** A colour of the palette of 256 beyond the first 16, which are the theme's. */
export function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `#${hex(grey)}${hex(grey)}${hex(grey)}`;
  }
  const cube = index - 16;
  return `#${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => hex(CUBE[part] ?? 0)).join("")}`;
}
