import { describe, expect, it } from "vitest";
import { treeMove, treeRows } from "@/editor/tree/tree";

const PATHS = ["main.py", "templates/base.html", "templates/parts/row.html", "a10.py", "a9.py", "static/style.css"];
const shown = (closed: string[] = []): string[] => treeRows(PATHS, new Set(closed)).map(({ path, depth, kind }) => `${depth} ${path}${kind === "folder" ? "/" : ""}`);

describe("the file tree", () => {
  it("puts folders first and counts numbers in names", () => {
    expect(shown()).toEqual([
      "0 static/",
      "1 static/style.css",
      "0 templates/",
      "1 templates/parts/",
      "2 templates/parts/row.html",
      "1 templates/base.html",
      "0 a9.py",
      "0 a10.py",
      "0 main.py",
    ]);
  });

  it("leaves out what closed folders hold", () => {
    expect(shown(["templates", "static"])).toEqual(["0 static/", "0 templates/", "0 a9.py", "0 a10.py", "0 main.py"]);
  });
});

describe("arrow keys", () => {
  const rows = treeRows(PATHS, new Set(["static"]));
  const at = (path: string): number => rows.findIndex((row) => row.path === path);

  it("move along the lines and stop at the ends", () => {
    expect(treeMove(rows, 0, "ArrowDown")).toEqual({ focus: 1 });
    expect(treeMove(rows, 0, "ArrowUp")).toBeNull();
    expect(treeMove(rows, rows.length - 1, "ArrowDown")).toBeNull();
    expect(treeMove(rows, 3, "Home")).toEqual({ focus: 0 });
    expect(treeMove(rows, 3, "End")).toEqual({ focus: rows.length - 1 });
  });

  it("open a closed folder, then go into it", () => {
    expect(treeMove(rows, at("static"), "ArrowRight")).toEqual({ open: "static" });
    expect(treeMove(rows, at("templates"), "ArrowRight")).toEqual({ focus: at("templates/parts") });
    expect(treeMove(rows, at("main.py"), "ArrowRight")).toBeNull();
  });

  it("close an open folder, or go to the one around", () => {
    expect(treeMove(rows, at("templates"), "ArrowLeft")).toEqual({ close: "templates" });
    expect(treeMove(rows, at("templates/parts/row.html"), "ArrowLeft")).toEqual({ focus: at("templates/parts") });
    expect(treeMove(rows, at("templates/base.html"), "ArrowLeft")).toEqual({ focus: at("templates") });
    expect(treeMove(rows, at("main.py"), "ArrowLeft")).toBeNull();
  });
});
