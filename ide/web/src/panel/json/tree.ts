import { at, type JsonTable, Kind } from "./table";

/** Rows that a browser can still scroll: at 20 px each this is under the 17 million pixels of the strictest one. */
export const MAX_ROWS = 700_000;
/** With more nodes than this, a tree begins folded below its second level. */
const FOLD_ABOVE = 50_000;

export const isContainer = (table: JsonTable, node: number): boolean => at(table.kind, node) <= Kind.array;

/** Which containers are folded at first: one byte for each node. */
export function firstFolds(table: JsonTable): Uint8Array {
  const folds = new Uint8Array(table.length);
  if (table.length <= FOLD_ABOVE) return folds;
  for (let node = 0; node < table.length; node++) if (isContainer(table, node) && at(table.depth, node) >= 2) folds[node] = 1;
  return folds;
}

/** Folds or unfolds every container but the root. */
export function foldAll(table: JsonTable, folded: boolean): Uint8Array {
  const folds = new Uint8Array(table.length);
  if (folded) for (let node = 1; node < table.length; node++) if (isContainer(table, node)) folds[node] = 1;
  return folds;
}

/** Folds with one container changed. */
export function toggleFold(folds: Uint8Array, node: number): Uint8Array {
  const next = folds.slice();
  next[node] = at(folds, node) === 1 ? 0 : 1;
  return next;
}

/** Folds with everything around a node open, so that it can be seen. */
export function reveal(table: JsonTable, folds: Uint8Array, node: number): Uint8Array {
  const next = folds.slice();
  for (let parent = at(table.parent, node); parent >= 0; parent = at(table.parent, parent)) next[parent] = 0;
  return next;
}

/** The rows of a tree: a node's index, or its complement (`~index`) for the row that closes it. */
export function visibleRows(table: JsonTable, folds: Uint8Array, limit = MAX_ROWS): { rows: Int32Array; cut: boolean } {
  const rows = new Int32Array(Math.min(limit, table.length * 2));
  const open: number[] = [];
  let length = 0;
  let node = 0;
  const closeBefore = (next: number): void => {
    for (let top = open.at(-1); top !== undefined && at(table.last, top) < next && length < limit; top = open.at(-1)) {
      rows[length++] = ~top;
      open.pop();
    }
  };
  while (node < table.length && length < limit) {
    closeBefore(node);
    if (length >= limit) break;
    rows[length++] = node;
    if (isContainer(table, node) && (at(folds, node) === 1 || at(table.count, node) === 0)) node = at(table.last, node) + 1;
    else {
      if (isContainer(table, node)) open.push(node);
      node += 1;
    }
  }
  const cut = node < table.length;
  if (!cut) closeBefore(table.length);
  return { rows: rows.subarray(0, length), cut: cut || open.length > 0 };
}

/** The key of a node as it is meant, or null for an element of an array. */
export function keyOf(table: JsonTable, text: string, node: number): string | null {
  const start = at(table.key, node);
  if (start < 0) return null;
  const end = text.lastIndexOf('"', at(table.start, node) - 1);
  return JSON.parse(text.slice(start, end + 1)) as string;
}

/** Where an element stands in its array. */
export function positionOf(table: JsonTable, node: number): number {
  let position = 0;
  for (let sibling = at(table.parent, node) + 1; sibling < node; sibling = at(table.last, sibling) + 1) position += 1;
  return position;
}

const PLAIN_NAME = /^[A-Za-z_]\w*$/;

/** The path of a node as a normalised-looking JSONPath (RFC 9535): `$.items[0]['odd name']`. */
export function pathOf(table: JsonTable, text: string, node: number): string {
  const parts: string[] = [];
  for (let current = node; at(table.parent, current) >= 0 && current > 0; current = at(table.parent, current)) {
    const key = keyOf(table, text, current);
    if (key === null) parts.push(`[${positionOf(table, current)}]`);
    else if (PLAIN_NAME.test(key)) parts.push(`.${key}`);
    else parts.push(`['${key.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`);
  }
  return `$${parts.reverse().join("")}`;
}

/** A node's value for the clipboard: text without its quotes, everything else as JSON with the numbers as they were. */
export function valueOf(table: JsonTable, text: string, node: number): string {
  const raw = text.slice(at(table.start, node), at(table.end, node));
  const kind = at(table.kind, node);
  if (kind === Kind.string) return JSON.parse(raw) as string;
  return kind <= Kind.array ? pretty(table, text, node) : raw;
}

/** Writes a node with indentation; unlike `JSON.stringify` it keeps numbers and the order of members exactly. */
export function pretty(table: JsonTable, text: string, node = 0): string {
  const base = at(table.depth, node);
  const indent = (depth: number): string => "  ".repeat(depth - base);
  const lines: string[] = [];
  const open: number[] = [];
  const lastNode = at(table.last, node);
  const close = (next: number): void => {
    for (let top = open.at(-1); top !== undefined && at(table.last, top) < next; top = open.at(-1)) {
      open.pop();
      lines.push(`${indent(at(table.depth, top))}${at(table.kind, top) === Kind.object ? "}" : "]"}`);
    }
  };
  const comma = (): void => {
    lines.push(`${lines.pop() ?? ""},`);
  };
  for (let current = node; current <= lastNode; current++) {
    close(current);
    if (current > node && at(table.parent, current) !== current - 1) comma();
    lines.push(`${indent(at(table.depth, current))}${line(table, text, current, current > node)}`);
    if (isContainer(table, current) && at(table.count, current) > 0) open.push(current);
  }
  close(lastNode + 1);
  return lines.join("\n");
}

function line(table: JsonTable, text: string, node: number, withKey: boolean): string {
  const key = withKey ? keyOf(table, text, node) : null;
  const prefix = key === null ? "" : `${JSON.stringify(key)}: `;
  if (!isContainer(table, node)) return prefix + text.slice(at(table.start, node), at(table.end, node));
  const isObject = at(table.kind, node) === Kind.object;
  if (at(table.count, node) === 0) return `${prefix}${isObject ? "{}" : "[]"}`;
  return `${prefix}${isObject ? "{" : "["}`;
}

/** Non-ASCII letters as a server that writes plain ASCII has them. */
const escaped = (needle: string): string =>
  Array.from({ length: needle.length }, (_, index) => needle.charCodeAt(index))
    .map((code) => (code < 0x80 ? String.fromCharCode(code) : `\\u${code.toString(16).padStart(4, "0")}`))
    .join("");

/** The node that an offset of the text is in. Offsets of keys and values rise with the node's index. */
function nodeAt(table: JsonTable, offset: number): number {
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const begin = at(table.key, middle) >= 0 ? at(table.key, middle) : at(table.start, middle);
    if (begin <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The nodes whose key or own value has the words, in order; letters' case does not count. */
export function search(table: JsonTable, text: string, words: string, limit = 10_000): number[] {
  const needle = words.toLowerCase();
  if (needle === "") return [];
  const haystack = text.toLowerCase();
  // Lower case may change a text's length (İ); then only the exact case can be searched.
  const searched = haystack.length === text.length ? haystack : text;
  const found = new Set<number>();
  for (const variant of new Set([needle, escaped(needle)])) {
    for (let offset = searched.indexOf(variant); offset >= 0 && found.size < limit; offset = searched.indexOf(variant, offset + 1)) {
      const node = nodeAt(table, offset);
      if (offset < at(table.start, node) || !isContainer(table, node)) found.add(node);
    }
  }
  return [...found].sort((a, b) => a - b);
}
