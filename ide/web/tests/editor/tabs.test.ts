// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { closeTab, neighbour, recallTabs, rememberTabs, renameTab, showTab } from "@/editor/files/tabs";

const THREE = { tabs: ["a", "b", "c"], active: "b" };

describe("tabs", () => {
  beforeEach(() => localStorage.clear());

  it("open behind the active one, once", () => {
    expect(showTab(THREE, "d")).toEqual({ tabs: ["a", "b", "d", "c"], active: "d" });
    expect(showTab(THREE, "c")).toEqual({ tabs: ["a", "b", "c"], active: "c" });
    expect(showTab({ tabs: [], active: null }, "a")).toEqual({ tabs: ["a"], active: "a" });
  });

  it("hand over to the right neighbour, at the end to the left one", () => {
    expect(closeTab(THREE, "b")).toEqual({ tabs: ["a", "c"], active: "c" });
    expect(closeTab({ ...THREE, active: "c" }, "c")).toEqual({ tabs: ["a", "b"], active: "b" });
    expect(closeTab(THREE, "a")).toEqual({ tabs: ["b", "c"], active: "b" });
    expect(closeTab({ tabs: ["a"], active: "a" }, "a")).toEqual({ tabs: [], active: null });
    expect(closeTab(THREE, "x")).toEqual(THREE);
  });

  it("keep their place when their file is renamed", () => {
    expect(renameTab(THREE, "b", "x")).toEqual({ tabs: ["a", "x", "c"], active: "x" });
  });

  it("go round the ends", () => {
    expect(neighbour({ ...THREE, active: "c" }, 1)).toBe("a");
    expect(neighbour({ ...THREE, active: "a" }, -1)).toBe("c");
    expect(neighbour({ tabs: [], active: null }, 1)).toBeNull();
  });

  it("come back without those whose file is gone", () => {
    rememberTabs("notes", THREE);
    expect(recallTabs("notes", (tab) => tab !== "b")).toEqual({ tabs: ["a", "c"], active: "a" });
    expect(recallTabs("other", () => true)).toEqual({ tabs: [], active: null });
  });
});
