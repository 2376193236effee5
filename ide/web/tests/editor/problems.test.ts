import { describe, expect, it } from "vitest";
import type { Diagnostic, Failure, Run } from "@/api/types";
import { collectProblems, countByFile, groupProblems, nextProblem } from "@/editor/problems/collect";
import { troubleOf } from "@/editor/problems/failure";

const problem = (path: string, line: number, severity: Diagnostic["severity"] = "error", character = 0): Diagnostic => ({
  path,
  range: { start: { line: line - 1, character }, end: { line: line - 1, character: character + 1 } },
  severity,
  source: "pyflakes",
  code: "",
  message: `${path}:${line}`,
});

const failure: Failure = {
  kind: "import",
  message: "NameError: x",
  exception: "NameError",
  hint: null,
  frames: [
    { path: "main.py", line: 3, function: "<module>", source: null, user: true },
    { path: "models.py", line: 7, function: "load", source: null, user: true },
    { path: "/lib/json.py", line: 99, function: "loads", source: null, user: false },
  ],
};

const run = (over: Partial<Run>): Run => ({
  app: "a",
  session: "s",
  state: "running",
  stage: null,
  url: "",
  version: "v",
  framework: null,
  generation: 1,
  routes: [],
  openapi: null,
  reloaded: [],
  timings: null,
  failure: null,
  diagnostics: [],
  exit: null,
  memory_bytes: null,
      restart_needed: null,
  ...over,
});

const published = (...problems: Diagnostic[]): Map<string, Diagnostic[]> => new Map(groupProblems(problems).map((group) => [group.path, [...group.problems]]));
const messages = (problems: readonly Diagnostic[]): string[] => problems.map(({ message }) => message);

describe("all problems", () => {
  it("stand file by file, by place; the list has the worst first", () => {
    const all = collectProblems(published(problem("b.py", 2), problem("a.py", 9, "warning"), problem("a.py", 4)), null);
    expect(messages(all)).toEqual(["a.py:4", "a.py:9", "b.py:2"]);
    expect(groupProblems(all).map(({ path, problems }) => [path, problems.length])).toEqual([["a.py", 2], ["b.py", 1]]);
    const mixed = [problem("a.py", 1, "warning"), problem("b.py", 2, "warning"), problem("b.py", 3)];
    expect(groupProblems(mixed).map(({ path, problems }) => [path, messages(problems)])).toEqual([["b.py", ["b.py:3", "b.py:2"]], ["a.py", ["a.py:1"]]]);
    expect(countByFile(all).get("a.py")).toEqual({ errors: 1, warnings: 1 });
  });

  it("have what the check of a Run said of files that nobody looked at", () => {
    const checked = run({ diagnostics: [problem("a.py", 1), problem("b.py", 5)] });
    expect(messages(collectProblems(new Map([["a.py", []]]), checked))).toEqual(["b.py:5"]);
  });

  it("have the failure of a Run at the innermost line of the app's own code", () => {
    const [only] = collectProblems(new Map(), run({ failure }));
    expect(only).toMatchObject({ path: "models.py", range: { start: { line: 6 } }, source: "run", message: "NameError: x" });
  });

  it("do not say the same line's error twice", () => {
    expect(messages(collectProblems(published(problem("models.py", 7)), run({ failure })))).toEqual(["models.py:7"]);
  });
});

describe("the next problem", () => {
  const all = [problem("a.py", 4), problem("a.py", 9, "error", 3), problem("b.py", 2)];
  const from = (path: string, line: number, column = 1) => ({ path, line, column });

  it("comes after the cursor and goes on in the next file", () => {
    expect(nextProblem(all, from("a.py", 1), 1)?.message).toBe("a.py:4");
    expect(nextProblem(all, from("a.py", 4), 1)?.message).toBe("a.py:9");
    expect(nextProblem(all, from("a.py", 9, 4), 1)?.message).toBe("b.py:2");
    expect(nextProblem(all, from("b.py", 2), 1)?.message).toBe("a.py:4");
  });

  it("comes before it the other way round", () => {
    expect(nextProblem(all, from("a.py", 9, 4), -1)?.message).toBe("a.py:4");
    expect(nextProblem(all, from("a.py", 1), -1)?.message).toBe("b.py:2");
    expect(nextProblem(all, from("b.py", 2), -1)?.message).toBe("a.py:9");
  });

  it("is the first one when no file is open, and none where there is none", () => {
    expect(nextProblem(all, null, 1)?.message).toBe("a.py:4");
    expect(nextProblem([], from("a.py", 1), 1)).toBeNull();
  });
});

describe("why a Run failed", () => {
  it("is nothing while all is well", () => {
    expect(troubleOf(null)).toBeNull();
    expect(troubleOf(run({ diagnostics: [problem("a.py", 1, "warning")] }))).toBeNull();
  });

  it("names the innermost line of the app's own code", () => {
    expect(troubleOf(run({ failure }))).toMatchObject({ title: "The app could not be loaded", message: "NameError: x", place: { path: "models.py", line: 7 } });
  });

  it("is the check's first error where the app was not loaded at all", () => {
    expect(troubleOf(run({ diagnostics: [problem("a.py", 3), problem("a.py", 5)] }))).toMatchObject({
      message: "a.py:3 (and 1 more)",
      place: { path: "a.py", line: 3 },
    });
  });

  it("has another key for another failure", () => {
    const other = { ...failure, message: "NameError: y" };
    expect(troubleOf(run({ failure }))?.key).toBe(troubleOf(run({ failure: { ...failure } }))?.key);
    expect(troubleOf(run({ failure }))?.key).not.toBe(troubleOf(run({ failure: other }))?.key);
  });
});
