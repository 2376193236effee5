import { describe, expect, it } from "vitest";
import { difference } from "@/editor/monaco/edits";

const apply = (before: string, after: string): string => {
  const change = difference(before, after);
  return change === null ? before : before.slice(0, change.start) + change.text + before.slice(change.end);
};

describe("the difference of two texts", () => {
  it("is the smallest replacement", () => {
    expect(difference("a b c", "a x c")).toEqual({ start: 2, end: 3, text: "x" });
    expect(difference("ab", "ab!")).toEqual({ start: 2, end: 2, text: "!" });
    expect(difference("same", "same")).toBeNull();
  });

  it.each([
    ["", "new"],
    ["old", ""],
    ["aaa", "aa"],
    ["aa", "aaaa"],
    ["one\ntwo\nthree", "one\n2\nthree\nfour"],
    ["x😀y", "x😁y"],
    ["😀😁", "😁"],
  ])("makes %j into %j", (before, after) => {
    expect(apply(before, after)).toBe(after);
  });

  it("does not cut a character in two", () => {
    expect(difference("x😀y", "x😁y")).toEqual({ start: 1, end: 3, text: "😁" });
  });
});
