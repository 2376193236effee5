const UNITS = ["B", "KB", "MB", "GB"] as const;

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value).toString();
}

/** Bytes as people read them: `318 B`, `4.2 KB`, `41 MB` (powers of 1000). */
export function bytes(size: number): string {
  let unit = 0;
  let value = size;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${rounded(value)} ${UNITS[unit] ?? "B"}`;
}

/** A duration: `0.4 ms`, `12.4 ms`, `183 ms`, `1.24 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const AGES: readonly (readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60 * 60, 60, "minute"],
  [24 * 60 * 60, 60 * 60, "hour"],
  [30 * 24 * 60 * 60, 24 * 60 * 60, "day"],
  [365 * 24 * 60 * 60, 30 * 24 * 60 * 60, "month"],
  [Infinity, 365 * 24 * 60 * 60, "year"],
];
const relativeFormat = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });

/** `just now`, `3 minutes ago`, `yesterday`; times ahead of this clock count as now. */
export function relativeTime(at: Date, now: Date = new Date()): string {
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000);
  if (seconds < 45) return "just now";
  for (const [limit, size, unit] of AGES) {
    if (seconds < limit - size / 2) return relativeFormat.format(-Math.max(1, Math.round(seconds / size)), unit);
  }
  return exactTime(at);
}

const exactFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** The exact local time, for hovers. */
export function exactTime(at: Date): string {
  return exactFormat.format(at);
}

/** `1 route`, `3 routes`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
