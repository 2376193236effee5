// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { Failure, Frame } from "@/api/types";
import { groupFrames, nearestFrame, titleOf } from "@/output/Frames";
import { describe as describeLine } from "@/output/levels";
import { FilteredLogs, matcher, NO_FILTER } from "@/output/logs/filter";
import type { NumberedLog } from "@/state/live";

const log = (n: number, text: string, change: Partial<NumberedLog> = {}): NumberedLog => ({ n, at: 0, stream: "stdout", level: "info", text, logger: null, request: null, ...change });

describe("the filter of the log", () => {
  it("wants every word, whatever the case and the colours", () => {
    const matches = matcher({ ...NO_FILTER, words: " ERROR disk " });
    expect(matches(log(1, "disk \x1b[31mEr\x1b[0mror"))).toBe(true);
    expect(matches(log(2, "error"))).toBe(false);
    expect(matcher({ ...NO_FILTER, words: "app.db" })(log(3, "ready", { logger: "app.db" }))).toBe(true);
  });

  it("wants at least the level", () => {
    const levels = (["debug", "info", "warning", "error", "critical"] as const).map((level, n) => log(n, "x", { level }));
    expect(levels.filter(matcher({ words: "", level: "warning" })).map(({ level }) => level)).toEqual(["warning", "error", "critical"]);
  });

  it("follows a log that grows at its end and is cut at its beginning", () => {
    const logs = [log(1, "a"), log(2, "b"), log(3, "a")];
    const filtered = new FilteredLogs({ words: "a", level: "debug" });
    const now = (): number[] => filtered.update(logs).map(({ n }) => n);
    expect(now()).toEqual([1, 3]);
    logs.push(log(4, "a"), log(5, "b"));
    expect(now()).toEqual([1, 3, 4]);
    expect(filtered.update(logs)).toBe(filtered.update(logs));
    logs.splice(0, 2);
    expect(now()).toEqual([3, 4]);
    logs.splice(0, 3, log(6, "a"));
    logs.splice(0, 0);
    expect(filtered.update([log(6, "a")]).map(({ n }) => n)).toEqual([6]);
    expect(filtered.update([])).toEqual([]);
    expect(filtered.update([log(7, "a")]).map(({ n }) => n)).toEqual([7]);
  });

  it("says where a line comes from", () => {
    expect(describeLine(log(1, "x", { stream: "logging", logger: "app" }))).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d · info · logger app$/);
    expect(describeLine(log(1, "x", { stream: "stderr", level: "error" }))).toContain("error · stderr");
  });
});

const frame = (path: string, user: boolean): Frame => ({ path, line: 1, function: "f", source: null, user });
const failure = (change: Partial<Failure>): Failure => ({ kind: "handler", message: "", frames: [], exception: null, hint: null, ...change });

describe("the frames of a failure", () => {
  it("stand in groups of the app's own and of libraries", () => {
    const groups = groupFrames([frame("a", false), frame("b", false), frame("main.py", true), frame("c", false)]);
    expect(groups.map(({ isUser, frames }) => [isUser, frames.length])).toEqual([[false, 2], [true, 1], [false, 1]]);
  });

  it("lead to the app's own line that is nearest to the error", () => {
    expect(nearestFrame(failure({ frames: [frame("main.py", true), frame("models.py", true), frame("lib.py", false)] }))?.path).toBe("models.py");
    expect(nearestFrame(failure({ frames: [frame("lib.py", false)] }))).toBeUndefined();
  });

  it("are headed by the error's name and words, once", () => {
    expect(titleOf(failure({ exception: "builtins.ValueError", message: "no" }))).toBe("ValueError: no");
    expect(titleOf(failure({ exception: "KeyError", message: "KeyError: 'a'" }))).toBe("KeyError: 'a'");
    expect(titleOf(failure({ exception: "app.Broken" }))).toBe("Broken");
    expect(titleOf(failure({ message: "It took too long." }))).toBe("It took too long.");
  });
});
