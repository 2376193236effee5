import { describe, expect, it } from "vitest";
import type { RequestSummary } from "@/api/types";
import { filterHistory, mergeHistory } from "@/panel/history/merge";
import { step } from "@/panel/response/step";

const row = (id: string, change: Partial<RequestSummary> = {}): RequestSummary => ({
  id,
  target: "dev",
  source: "panel",
  state: "done",
  method: "GET",
  path: `/${id}`,
  status: 200,
  started_at: `2026-01-01T10:00:0${id}Z`,
  duration_ms: 1,
  size: 1,
  failed: false,
  ...change,
});
const ids = (rows: readonly RequestSummary[]) => rows.map(({ id }) => id).join("");

describe("the history", () => {
  it("is pages and events in one list, newest first, each request once", () => {
    expect(ids(mergeHistory([[row("5"), row("4")], [row("2"), row("1")]], [row("6"), row("5"), row("3")]))).toBe("654321");
    expect(mergeHistory([], [])).toEqual([]);
  });

  it("takes what an event says over what a page said before", () => {
    const merged = mergeHistory([[row("1", { state: "streaming", duration_ms: null })]], [row("1", { duration_ms: 7 })]);
    expect(merged).toEqual([row("1", { duration_ms: 7 })]);
  });

  it("does not let an old event undo what a page knows", () => {
    expect(mergeHistory([[row("1", { duration_ms: 7 })]], [row("1", { state: "waiting", status: null })])[0]).toMatchObject({ state: "done", duration_ms: 7 });
  });

  it("is filtered by words, by source and by failure", () => {
    const rows = [row("1", { method: "POST", path: "/Notes" }), row("2", { status: 404, source: "gateway" }), row("3", { status: null, failed: true })];
    expect(ids(filterHistory(rows, "post notes", "all"))).toBe("1");
    expect(ids(filterHistory(rows, "404", "all"))).toBe("2");
    expect(ids(filterHistory(rows, "", "gateway"))).toBe("2");
    expect(ids(filterHistory(rows, "", "panel"))).toBe("13");
    expect(ids(filterHistory(rows, " ", "failed"))).toBe("3");
  });
});

describe("stepping through places", () => {
  it("goes on from anywhere, and round", () => {
    expect(step([3, 7, 9], null, 1)).toBe(3);
    expect(step([3, 7, 9], 4, 1)).toBe(7);
    expect(step([3, 7, 9], 9, 1)).toBe(3);
    expect(step([3, 7, 9], null, -1)).toBe(9);
    expect(step([3, 7, 9], 3, -1)).toBe(9);
    expect(step([], 3, 1)).toBeNull();
  });
});
