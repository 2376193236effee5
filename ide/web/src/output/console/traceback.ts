import { stripAnsi } from "@/output/ansi";

/** A traceback as IPython writes it, without the line and the spaces that fill the width of a terminal. */
export function tidy(traceback: readonly string[]): string {
  const lines = traceback.filter((line) => !/^-{10,}$/.test(stripAnsi(line).trim()));
  return lines.join("\n").replace(/ {3,}(?=Traceback \(most recent call last\))/, "  ");
}

export interface Place {
  path: string;
  line: number;
}

// IPython writes "File /folder/main.py:12, in f(x)"; plain tracebacks 'File "/folder/main.py", line 12'.
const PLACE = /File (?:"([^"\n]+)", line (\d+)|([^\n:]+):(\d+))/g;

/** The lines of the app's own files in a traceback, in order and each once. `files` are the app's paths. */
export function placesIn(traceback: readonly string[], files: readonly string[]): Place[] {
  const found = new Map<string, Place>();
  for (const match of stripAnsi(traceback.join("\n")).matchAll(PLACE)) {
    const absolute = (match[1] ?? match[3] ?? "").replaceAll("\\", "/");
    const line = Number(match[2] ?? match[4]);
    // The longest path that fits, so that pages/main.py does not pass for main.py.
    const path = files.filter((file) => absolute === file || absolute.endsWith(`/${file}`)).sort((a, b) => b.length - a.length)[0];
    if (path !== undefined && !absolute.includes("/site-packages/")) found.set(`${path}:${line}`, { path, line });
  }
  return [...found.values()];
}
