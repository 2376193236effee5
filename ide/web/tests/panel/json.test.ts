import { describe, expect, it } from "vitest";
import { checkJson, placeOf, scanJson } from "@/panel/json/scan";
import { tokens } from "@/panel/json/highlight";
import { at, type JsonTable } from "@/panel/json/table";
import { firstFolds, foldAll, keyOf, pathOf, pretty, reveal, search, toggleFold, valueOf, visibleRows } from "@/panel/json/tree";

function table(text: string): JsonTable {
  const scan = scanJson(text);
  if (!scan.ok) throw new Error(scan.error.message);
  return scan.table;
}

describe("reading JSON", () => {
  it.each([
    "null",
    " [ ] ",
    "{}",
    '{"a":[1,-0.5e+3,true,false,null,"x\\"y\\u00e9"],"b":{"c":{}}}',
    '[[[]],"",{"":0}]',
    "12345678901234567890",
  ])("takes what JSON.parse takes: %s", (text) => {
    expect(JSON.parse(pretty(table(text), text))).toEqual(JSON.parse(text));
  });

  it.each([
    ["", "Write a value; this is empty.", 1, 1],
    ['{"a": 1,\n "b": 2,\n}', "Remove the comma before this }", 3, 1],
    ["[1, 2,]", "Remove the comma before this ]", 1, 7],
    ["{'a': 1}", "Put the name in double quotes", 1, 2],
    ['{a: 1}', "Put the name in double quotes", 1, 2],
    ['{"a": \'x\'}', "Use double quotes, not single ones", 1, 7],
    ['{"a" 1}', "Expected a colon after the name", 1, 6],
    ['{"a": 1 "b": 2}', "Expected a comma or }", 1, 9],
    ["[True]", "Write true instead of True", 1, 2],
    ["[None]", "Write null instead of None", 1, 2],
    ["[NaN]", "Write null instead of NaN", 1, 2],
    ["[constructor]", "Put the text in double quotes", 1, 2],
    ["[01]", "A number does not begin with 0", 1, 2],
    ["[1.]", "This is not a number", 1, 2],
    ["[-]", "Expected digits after the minus sign", 1, 2],
    ['["a\\q"]', "A backslash is written as \\\\", 1, 4],
    ['["open\n"]', "This text is not closed with a double quote", 1, 2],
    ['["tab\there"]', "Write control characters as \\t or \\u00…", 1, 6],
    ["[1 // one\n]", "JSON has no comments; remove this one", 1, 4],
    ["[1] 2", "Remove what follows the end of the value.", 1, 5],
    ['{"a": [1, 2', "Expected a comma or ]; the text ends here", 1, 12],
    ['{"a":', "Expected a value; the text ends here", 1, 6],
  ])("says what is wrong with %j", (text, message, line, column) => {
    expect(() => void JSON.parse(text)).toThrow();
    expect(checkJson(text)).toMatchObject({ message, line, column });
  });

  it("is not ended by the depth of its nesting", () => {
    const depth = 200_000;
    expect(table("[".repeat(depth) + "]".repeat(depth)).length).toBe(depth);
  });

  it("counts lines and columns from 1", () => {
    expect(placeOf("ab\nc\n\nd", 0)).toEqual({ line: 1, column: 1 });
    expect(placeOf("ab\nc\n\nd", 3)).toEqual({ line: 2, column: 1 });
    expect(placeOf("ab\nc\n\nd", 6)).toEqual({ line: 4, column: 1 });
  });
});

const TEXT = '{"items": [{"id": 7, "odd name": "caf\\u00e9"}, []], "it\'s": {"n": 12345678901234567890}, "e": {}}';

describe("a JSON tree", () => {
  const tree = table(TEXT);
  const node = (path: string): number => {
    for (let index = 0; index < tree.length; index++) if (pathOf(tree, TEXT, index) === path) return index;
    throw new Error(`no ${path}`);
  };
  const shown = (folds: Uint8Array, limit?: number): string[] =>
    [...visibleRows(tree, folds, limit).rows].map((row) => (row < 0 ? `/${pathOf(tree, TEXT, ~row)}` : pathOf(tree, TEXT, row)));

  it("names each node by its JSONPath", () => {
    expect(Array.from({ length: tree.length }, (_, index) => pathOf(tree, TEXT, index))).toEqual([
      "$",
      "$.items",
      "$.items[0]",
      "$.items[0].id",
      "$.items[0]['odd name']",
      "$.items[1]",
      "$['it\\'s']",
      "$['it\\'s'].n",
      "$.e",
    ]);
    expect(keyOf(tree, TEXT, node("$.items[0]"))).toBeNull();
  });

  it("copies text without quotes and numbers as they were", () => {
    expect(valueOf(tree, TEXT, node("$.items[0]['odd name']"))).toBe("café");
    expect(valueOf(tree, TEXT, node("$['it\\'s']"))).toBe('{\n  "n": 12345678901234567890\n}');
    expect(valueOf(tree, TEXT, node("$.items[1]"))).toBe("[]");
  });

  it("writes itself as JSON.stringify does", () => {
    const text = '{"a":[1,{"b":[]},[2,[3]]],"c":"d"}';
    expect(pretty(table(text), text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
  });

  it("has a row for each node and for each end that is open", () => {
    expect(shown(firstFolds(tree))).toEqual([
      "$",
      "$.items",
      "$.items[0]",
      "$.items[0].id",
      "$.items[0]['odd name']",
      "/$.items[0]",
      "$.items[1]",
      "/$.items",
      "$['it\\'s']",
      "$['it\\'s'].n",
      "/$['it\\'s']",
      "$.e",
      "/$",
    ]);
  });

  it("folds, unfolds and opens what is around a node", () => {
    const folded = foldAll(tree, true);
    expect(shown(folded)).toEqual(["$", "$.items", "$['it\\'s']", "$.e", "/$"]);
    expect(shown(toggleFold(folded, node("$['it\\'s']")))).toContain("$['it\\'s'].n");
    expect(shown(reveal(tree, folded, node("$.items[0].id")))).toContain("$.items[0].id");
    expect(shown(foldAll(tree, false))).toHaveLength(13);
  });

  it("stops at the number of rows that a page can show, and says so", () => {
    expect(visibleRows(tree, firstFolds(tree), 4)).toMatchObject({ cut: true });
    expect(shown(firstFolds(tree), 4)).toHaveLength(4);
    expect(visibleRows(tree, firstFolds(tree), 13).cut).toBe(false);
  });

  it("finds keys and values whatever their case, and letters that are written as escapes", () => {
    const found = (words: string): string[] => search(tree, TEXT, words).map((index) => pathOf(tree, TEXT, index));
    expect(found("ODD")).toEqual(["$.items[0]['odd name']"]);
    expect(found("café")).toEqual(["$.items[0]['odd name']"]);
    expect(found("id")).toEqual(["$.items[0].id"]);
    expect(found("n")).toEqual(["$.items[0]['odd name']", "$['it\\'s'].n"]);
    expect(found("")).toEqual([]);
    expect(found("nowhere")).toEqual([]);
  });

  it("begins folded when it is large", () => {
    const text = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ index, more: [1, 2] })));
    const large = table(text);
    const { rows } = visibleRows(large, firstFolds(large));
    expect(rows.length).toBe(20_000 * 4 + 2);
    expect(at(large.count, 0)).toBe(20_000);
  });
});

describe("colouring a JSON text", () => {
  it("tells names, values and the rest apart and loses nothing", () => {
    const text = '{"a": "b", "c" : [-1.5, true, "open';
    const pieces = tokens(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.filter((piece) => piece.kind !== "plain").map((piece) => [piece.kind, piece.text])).toEqual([
      ["key", '"a"'],
      ["string", '"b"'],
      ["key", '"c"'],
      ["number", "-1.5"],
      ["literal", "true"],
      ["string", '"open'],
    ]);
  });
});
