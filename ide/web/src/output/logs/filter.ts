import { type Level, LEVELS } from "@/output/levels";
import { stripAnsi } from "@/output/ansi";
import type { NumberedLog } from "@/state/live";

export interface LogFilter {
  words: string;
  /** The least serious level that is shown. */
  level: Level;
}

export const NO_FILTER: LogFilter = { words: "", level: "debug" };

/** Makes the test that a line has to pass: at least the level, and all of the words, whatever their case. */
export function matcher({ words, level }: LogFilter): (line: NumberedLog) => boolean {
  const needles = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const least = LEVELS.indexOf(level);
  return (line) => {
    if (LEVELS.indexOf(line.level) < least) return false;
    if (needles.length === 0) return true;
    const text = `${stripAnsi(line.text)} ${line.logger ?? ""}`.toLowerCase();
    return needles.every((needle) => text.includes(needle));
  };
}

/** The lines that pass a filter, kept up to date as lines come: only what is new is looked at again. */
export class FilteredLogs {
  readonly #matches: (line: NumberedLog) => boolean;
  #found: NumberedLog[] = [];
  #lastSeen = 0;

  constructor(filter: LogFilter) {
    this.#matches = matcher(filter);
  }

  /** Takes in the log as it is now: lines are numbered, added at the end and dropped at the beginning. */
  update(logs: readonly NumberedLog[]): readonly NumberedLog[] {
    const first = logs[0]?.n;
    if (first === undefined) {
      this.#found = [];
      return this.#found;
    }
    const gone = this.#found.findIndex((line) => line.n >= first);
    const kept = gone < 0 ? [] : gone === 0 ? this.#found : this.#found.slice(gone);
    const news = logs.slice(this.#newFrom(logs)).filter(this.#matches);
    this.#lastSeen = logs.at(-1)?.n ?? this.#lastSeen;
    if (news.length > 0 || kept !== this.#found) this.#found = [...kept, ...news];
    return this.#found;
  }

  #newFrom(logs: readonly NumberedLog[]): number {
    let index = logs.length;
    while (index > 0 && (logs[index - 1]?.n ?? 0) > this.#lastSeen) index -= 1;
    return index;
  }
}
