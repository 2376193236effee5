import type { Diagnostic, Run } from "@/api/types";
import { troubleOf } from "./failure";

const RANK: Record<Diagnostic["severity"], number> = { error: 0, warning: 1, information: 2, hint: 3 };

const byPlace = (a: Diagnostic, b: Diagnostic): number =>
  a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character || RANK[a.severity] - RANK[b.severity];

/** The last Run's failure as a problem on its line, unless the checkers already name that line. */
function ofRun(run: Run | null, known: readonly Diagnostic[]): Diagnostic[] {
  const trouble = troubleOf(run);
  if (trouble?.place == null || run?.failure == null) return [];
  const { path, line } = trouble.place;
  const isKnown = known.some((one) => one.path === path && one.severity === "error" && one.range.start.line === line - 1);
  if (isKnown) return [];
  const range = { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 0 } };
  return [{ path, range, severity: "error", source: "run", code: run.failure.kind, message: run.failure.message }];
}

/**
 * All problems of the app, by file and place: what the language server said of each file, what the last Run's check
 * said of files it has not spoken of, and where that Run failed.
 */
export function collectProblems(published: ReadonlyMap<string, readonly Diagnostic[]>, run: Run | null): Diagnostic[] {
  const checked = (run?.diagnostics ?? []).filter(({ path }) => !published.has(path));
  const known = [...[...published.values()].flat(), ...checked];
  return [...known, ...ofRun(run, known)].sort((a, b) => (a.path === b.path ? byPlace(a, b) : a.path < b.path ? -1 : 1));
}

export interface ProblemGroup {
  path: string;
  problems: readonly Diagnostic[];
}

/** The same list, file by file, with what is worst first: the files with errors, and in each file its errors. */
export function groupProblems(problems: readonly Diagnostic[]): ProblemGroup[] {
  const worstFirst = problems.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
  const paths = [...new Set(worstFirst.map(({ path }) => path))];
  return paths.map((path) => ({ path, problems: worstFirst.filter((problem) => problem.path === path) }));
}

/** The problem after (1) or before (-1) a place, round the end of the list. */
export function nextProblem(
  problems: readonly Diagnostic[],
  from: { path: string; line: number; column: number } | null,
  step: 1 | -1,
): Diagnostic | null {
  if (problems.length === 0) return null;
  if (from === null) return problems.at(step === 1 ? 0 : -1) ?? null;
  const isAfter = ({ path, range: { start } }: Diagnostic): boolean =>
    path === from.path
      ? start.line + 1 > from.line || (start.line + 1 === from.line && start.character + 1 > from.column)
      : path > from.path;
  const isBefore = ({ path, range: { start } }: Diagnostic): boolean =>
    path === from.path
      ? start.line + 1 < from.line || (start.line + 1 === from.line && start.character + 1 < from.column)
      : path < from.path;
  return step === 1 ? (problems.find(isAfter) ?? problems[0] ?? null) : (problems.findLast(isBefore) ?? problems.at(-1) ?? null);
}

/** Errors and warnings of each file, for the counts in the tree and on tabs. */
export function countByFile(problems: readonly Diagnostic[]): ReadonlyMap<string, { errors: number; warnings: number }> {
  const counts = new Map<string, { errors: number; warnings: number }>();
  for (const { path, severity } of problems) {
    const { errors, warnings } = counts.get(path) ?? { errors: 0, warnings: 0 };
    if (severity === "error") counts.set(path, { errors: errors + 1, warnings });
    else if (severity === "warning") counts.set(path, { errors, warnings: warnings + 1 });
  }
  return counts;
}
