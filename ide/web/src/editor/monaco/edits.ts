/** The part in which two texts differ: `start` and `end` count units of the first, `text` takes its place. */
export interface Difference {
  start: number;
  end: number;
  text: string;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** The smallest single replacement that makes `after` of `before`; `null` where they are equal. */
export function difference(before: string, after: string): Difference | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let same = 0;
  while (same < most - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same += 1;
  // Half a character is not replaced on its own.
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start -= 1;
  if (same > 0 && isHighSurrogate(before.charCodeAt(before.length - same - 1))) same -= 1;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}
