import { beforeEach, describe, expect, it } from "vitest";
import type { AppEvent, LogLine, RequestSummary, Run } from "@/api/types";
import { appendLogs, applyEvent, type Live, mergeRequest, useLive } from "@/state/live";

const line = (text: string): LogLine => ({ at: 1, stream: "stdout", level: "info", text, logger: null, request: null });
const summary = (id: string, more: Partial<RequestSummary> = {}): RequestSummary => ({
  id,
  target: "dev",
  source: "panel",
  state: "waiting",
  method: "GET",
  path: "/",
  status: null,
  started_at: "2026-03-10T12:00:00Z",
  duration_ms: null,
  size: null,
  failed: false,
  ...more,
});
const event = (type: AppEvent["type"], data: object): AppEvent => ({ n: 1, at: 1, type, data: data as AppEvent["data"] });
const run = (state: Run["state"]): Run => ({ state, version: null, exit: null }) as Run;

let live: Live;
beforeEach(() => {
  live = { ...useLive.getInitialState(), logs: [] };
});
const apply = (...events: AppEvent[]): Live => events.reduce((now, next) => ({ ...now, ...applyEvent(now, next) }), live);

describe("logs", () => {
  it("are numbered for good, and cut in steps", () => {
    for (let i = 0; i < 11; i += 1) live = { ...live, ...appendLogs(live, [line(`${i}`)], 10) };
    expect(live.logs).toHaveLength(11);
    live = { ...live, ...appendLogs(live, [line("11")], 10) };
    expect(live.logs.map(({ text }) => text)).toEqual(["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
    expect(live.logsDropped).toBe(2);
    const numbers = live.logs.map(({ n }) => n);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  });

  it("count what the server dropped", () => {
    const after = apply(event("log", line("a")), event("dropped", { count: 40 }));
    expect(after.logsDropped).toBe(40);
    expect(after.logsVersion).toBe(live.logsVersion + 1);
  });
});

describe("requests", () => {
  it("come newest first, and are updated where they stand", () => {
    const after = apply(
      event("request", summary("a")),
      event("request", summary("b")),
      event("request", summary("a", { state: "done", status: 200 })),
    );
    expect(after.requests.map(({ id, status }) => [id, status])).toEqual([
      ["b", null],
      ["a", 200],
    ]);
  });

  it("are bounded", () => {
    const full = [summary("b"), summary("a")];
    expect(mergeRequest(full, summary("c"), 2).map(({ id }) => id)).toEqual(["c", "b"]);
  });
});

describe("the run", () => {
  it("comes with the greeting and with every change", () => {
    expect(apply(event("hello", { epoch: "e", first: 1, last: 9, run: run("stopped") })).run?.state).toBe("stopped");
    expect(apply(event("run", run("starting"))).run?.state).toBe("starting");
  });

  it("that ends is not blocked any more", () => {
    const blocked = event("blocked", { ms: 900, frames: [] });
    expect(apply(blocked).blocked?.ms).toBe(900);
    expect(apply(blocked, event("unblocked", { ms: 950 })).blocked).toBeNull();
    expect(apply(blocked, event("run", run("running"))).blocked?.ms).toBe(900);
    expect(apply(blocked, event("run", run("stopped"))).blocked).toBeNull();
  });
});

describe("the making of an environment", () => {
  const step = (state: string, text: string): AppEvent => event("environment", { state, line: text, ms: 1, diagnostics: [] });

  it("keeps the lines of one try, and begins anew with the next", () => {
    const made = [step("making", "a"), step("making", "b"), step("ready", "c")];
    expect(apply(...made).environment).toEqual({ state: "ready", lines: ["a", "b", "c"] });
    expect(apply(...made, step("making", "d")).environment).toEqual({ state: "making", lines: ["d"] });
  });

  it("is over when the server begins anew", () => {
    expect(apply(step("making", "a"), event("hello", { run: run("stopped") })).environment).toBeNull();
  });
});

it("keeps failures outside requests, newest first, and the last change of files", () => {
  const after = apply(
    event("failure", { kind: "background", message: "first" }),
    event("failure", { kind: "background", message: "second" }),
    event("files", { revision: 3, paths: ["main.py"], origin: "tab" }),
  );
  expect(after.failures.map(({ message }) => message)).toEqual(["second", "first"]);
  expect(after.files).toEqual({ revision: 3, paths: ["main.py"], origin: "tab" });
});
