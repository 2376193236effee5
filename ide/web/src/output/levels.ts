import type { LogLine } from "@/api/types";

export type Level = LogLine["level"];

/** From the least to the most serious. */
export const LEVELS: readonly Level[] = ["debug", "info", "warning", "error", "critical"];

/** A level is always a letter, and a colour beside it. */
export const LEVEL_LOOK: Readonly<Record<Level, { letter: string; color: string }>> = {
  debug: { letter: "D", color: "text-faint" },
  info: { letter: "I", color: "text-muted" },
  warning: { letter: "W", color: "text-starting" },
  error: { letter: "E", color: "text-failed" },
  critical: { letter: "C", color: "text-failed font-semibold" },
};

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

/** The time of day with milliseconds, from seconds since the epoch. */
export const clockTime = (seconds: number): string => clock.format(new Date(seconds * 1000));

/** Where a line comes from, for its hover. */
export function describe(line: LogLine): string {
  const source = line.stream === "logging" ? `logger ${line.logger ?? "root"}` : line.stream === "server" ? "the server beside the app" : line.stream;
  return `${clockTime(line.at)} · ${line.level} · ${source}`;
}
