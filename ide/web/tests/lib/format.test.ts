// @vitest-environment node
import { describe, expect, it } from "vitest";
import { bytes, count, duration, relativeTime } from "@/lib/format";

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [318, "318 B"],
    [999, "999 B"],
    [1_000, "1 KB"],
    [4_230, "4.2 KB"],
    [41_200_000, "41 MB"],
    [999_600, "1 MB"],
    [2_500_000_000, "2.5 GB"],
    [7_000_000_000_000, "7000 GB"],
  ])("%d is %s", (size, text) => expect(bytes(size)).toBe(text));
});

describe("duration", () => {
  it.each([
    [0.42, "0.4 ms"],
    [12.4, "12.4 ms"],
    [99.94, "99.9 ms"],
    [99.96, "100 ms"],
    [183.4, "183 ms"],
    [1_240, "1.24 s"],
    [12_340, "12.3 s"],
    [125_000, "2 min 5 s"],
  ])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("relativeTime", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  it.each([
    [0, "just now"],
    [-30, "just now"],
    [44, "just now"],
    [60, "1 minute ago"],
    [59 * 60, "59 minutes ago"],
    [60 * 60, "1 hour ago"],
    [23 * 3600, "23 hours ago"],
    [24 * 3600, "yesterday"],
    [10 * 86400, "10 days ago"],
    [60 * 86400, "2 months ago"],
    [800 * 86400, "2 years ago"],
  ])("%d seconds before is %s", (seconds, text) => expect(relativeTime(before(seconds), now)).toBe(text));
});

it("counts with the right number of the noun", () => {
  expect(count(1, "route")).toBe("1 route");
  expect(count(0, "route")).toBe("0 routes");
  expect(count(2, "entry", "entries")).toBe("2 entries");
});
