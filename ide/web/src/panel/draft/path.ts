import { type Draft, makeRow, type Row } from "./model";

const PARAM = /\{([^{}/:]+)(?::([^{}]*))?\}/g;

/** The path and the query string (without its question mark; null when there is none). */
export function splitPath(path: string): { path: string; query: string | null } {
  const mark = path.indexOf("?");
  return mark < 0 ? { path, query: null } : { path: path.slice(0, mark), query: path.slice(mark + 1) };
}

/** The names in braces of a path, each once, in order. `{rest:path}` is the parameter `rest`. */
export function pathParams(path: string): string[] {
  return [...new Set([...splitPath(path).path.matchAll(PARAM)].map((match) => match[1] ?? ""))];
}

/** A template without the converters that some frameworks write into it: `/files/{path:path}` is `/files/{path}`. */
export const plainTemplate = (path: string): string => path.replace(PARAM, "{$1}");

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Percent signs that stand for themselves; the text is then meant as it is.
    return text;
  }
}

/** What has to be encoded inside a query string, and no more, so that it stays readable. */
const encodeName = (text: string): string => text.replace(/[\s#%&+=]|[^\x21-\x7e]+/gu, encodeURIComponent);
const encodeValue = (text: string): string => text.replace(/[\s#%&+]|[^\x21-\x7e]+/gu, encodeURIComponent);

/** The query string of the rows that are switched on, with its question mark; empty when there are none. */
export function queryText(rows: readonly Row[]): string {
  const parts = rows
    .filter((row) => row.enabled && (row.name !== "" || row.value !== ""))
    .map((row) => (row.value === "" ? encodeName(row.name) : `${encodeName(row.name)}=${encodeValue(row.value)}`));
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** The rows that a typed query string means. Rows that stay keep their ids; those that are switched off or still empty stay. */
export function rowsOfQuery(query: string | null, rows: readonly Row[]): Row[] {
  const pairs = (query ?? "").split("&").filter((part) => part !== "");
  const on = rows.filter((row) => row.enabled && row.name !== "");
  const typed = pairs.map((pair, index) => {
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
    const known = on[index];
    return known === undefined ? makeRow(name, value) : { ...known, name, value };
  });
  return [...typed, ...rows.filter((row) => !row.enabled || row.name === "")];
}

/** The draft with another path, as it was typed; the query rows follow. A whole address is cut to its path. */
export function withPath(draft: Draft, typed: string): Draft {
  const path = typed.replace(/^https?:\/\/[^/?#]*/i, "").replace(/^(?=\?)/, "/");
  return { ...draft, path: path === "" && typed !== "" ? "/" : path, query: rowsOfQuery(splitPath(path).query, draft.query) };
}

/** The draft with other query rows; the path follows. */
export function withQuery(draft: Draft, query: Row[]): Draft {
  return { ...draft, query, path: splitPath(draft.path).path + queryText(query) };
}

/** Half a surrogate pair cannot be encoded; it becomes the replacement character. */
const wellFormed = (text: string): string => text.replace(/[\ud800-\udfff]/gu, "\ufffd");

/** Escapes what a request target cannot have; what is escaped already stays. */
const encodeTarget = (text: string): string => wellFormed(text).replace(/[#\s]|[^\x21-\x7e]+/gu, encodeURIComponent);

/** The path to send: parameters filled in and escaped. `missing` names the first parameter without a value. */
export function resolvePath(draft: Draft): { path: string; missing: string | null } {
  const { path, query } = splitPath(draft.path);
  let missing: string | null = null;
  const filled = path.replace(PARAM, (_, name: string, converter: string | undefined) => {
    const value = draft.params[name] ?? "";
    if (value === "") missing ??= name;
    const escaped = encodeURIComponent(wellFormed(value));
    return converter === "path" || /^(path|rest)$/.test(name) ? escaped.replaceAll("%2F", "/") : escaped;
  });
  const target = encodeTarget(filled) + (query === null ? "" : `?${encodeTarget(query)}`);
  return { path: target.startsWith("/") ? target : `/${target}`, missing };
}
