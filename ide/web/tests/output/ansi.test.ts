import { describe, expect, it } from "vitest";
import { overwrite, paletteColor, parseAnsi, stripAnsi } from "@/output/ansi";

const ESC = "\x1b";
const pieces = (text: string) => parseAnsi(text).map(({ text: part, style }) => [part, Object.fromEntries(Object.entries(style).filter(([, value]) => value !== null && value !== false))]);

describe("terminal text", () => {
  it("is cut into pieces of one look", () => {
    expect(pieces(`a${ESC}[31mb${ESC}[1mc${ESC}[0md`)).toEqual([
      ["a", {}],
      ["b", { color: 1 }],
      ["c", { color: 1, bold: true }],
      ["d", {}],
    ]);
  });

  it.each([
    ["[91m", { color: 9 }],
    ["[44m", { background: 4 }],
    ["[103m", { background: 11 }],
    ["[38;5;208m", { color: 208 }],
    ["[38:5:208m", { color: 208 }],
    ["[48;2;1;255;300m", { background: "#01ffff" }],
    ["[38;5;208;1;4m", { color: 208, bold: true, underline: true }],
    ["[2;3;7;9m", { dim: true, italic: true, inverse: true, strike: true }],
    ["[1;22m", {}],
    ["[31;39m", {}],
    ["[m", {}],
    ["[38m", {}],
    ["[999m", {}],
  ])("understands %s", (code, style) => {
    expect(pieces(`${ESC}${code}x`)).toEqual([["x", style]]);
  });

  it("keeps what was set until it is reset", () => {
    expect(pieces(`${ESC}[32mone${ESC}[K two${ESC}[39m three`)).toEqual([
      ["one", { color: 2 }],
      [" two", { color: 2 }],
      [" three", {}],
    ]);
  });

  it.each([
    [`${ESC}[2J${ESC}[1;1Hhome`, "home"],
    [`${ESC}]0;title\x07text`, "text"],
    [`${ESC}]8;;https://example.com${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
    [`${ESC}(Bplain${ESC}=`, "plain"],
    [`bell\x07 null\0 tab\t`, "bell null tab\t"],
    [`open ${ESC}[31`, "open 31"],
    ["no controls, é😀", "no controls, é😀"],
  ])("is stripped of everything else: %j", (text, plain) => {
    expect(stripAnsi(text)).toBe(plain);
    expect(parseAnsi(text).map((piece) => piece.text).join("")).toBe(plain);
  });

  it("writes over itself like a progress bar", () => {
    expect(overwrite(" 10%\r 20%\r100%")).toBe("100%");
    expect(overwrite("done\r")).toBe("done");
    expect(overwrite("ab\bc")).toBe("ac");
    expect(overwrite("plain")).toBe("plain");
  });

  it("has the colours of the palette", () => {
    expect([paletteColor(16), paletteColor(196), paletteColor(231), paletteColor(232), paletteColor(255)]).toEqual(["#000000", "#ff0000", "#ffffff", "#080808", "#eeeeee"]);
  });
});
