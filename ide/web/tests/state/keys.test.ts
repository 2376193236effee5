// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { isTyping, keycaps, matches } from "@/state/keys";

const press = (key: string, init: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent("keydown", { key, ...init });

describe("matches", () => {
  it("takes Ctrl for Mod, and ⌘ on Apple systems", () => {
    expect(matches(press("k", { ctrlKey: true }), "Mod+K", false)).toBe(true);
    expect(matches(press("k", { metaKey: true }), "Mod+K", false)).toBe(false);
    expect(matches(press("k", { metaKey: true }), "Mod+K", true)).toBe(true);
    expect(matches(press("k", { ctrlKey: true }), "Mod+K", true)).toBe(false);
  });

  it("tells Run from Send by Shift", () => {
    const send = press("Enter", { ctrlKey: true, shiftKey: true });
    expect(matches(send, "Mod+Shift+Enter", false)).toBe(true);
    expect(matches(send, "Mod+Enter", false)).toBe(false);
  });

  it("takes a symbol whether or not this keyboard needs Shift for it", () => {
    expect(matches(press("?", { shiftKey: true }), "?", false)).toBe(true);
    expect(matches(press("/"), "/", false)).toBe(true);
    expect(matches(press("/", { ctrlKey: true }), "/", false)).toBe(false);
  });

  it("goes by the key's place where the layout or ⌥ makes another letter", () => {
    expect(matches(press("и", { ctrlKey: true, code: "KeyB" }), "Mod+B", false)).toBe(true);
    expect(matches(press("∫", { metaKey: true, altKey: true, code: "KeyB" }), "Mod+Alt+B", true)).toBe(true);
    expect(matches(press("n", { ctrlKey: true, code: "KeyB" }), "Mod+B", false)).toBe(false);
  });

  it("knows function keys", () => {
    expect(matches(press("F6"), "F6", false)).toBe(true);
    expect(matches(press("F6", { shiftKey: true }), "F6", false)).toBe(false);
    expect(matches(press("F6", { shiftKey: true }), "Shift+F6", false)).toBe(true);
  });
});

it("writes keys as the system does", () => {
  expect(keycaps("Mod+Shift+Enter", true)).toEqual(["⌘", "⇧", "⏎"]);
  expect(keycaps("Mod+Shift+Enter", false)).toEqual(["Ctrl", "Shift", "⏎"]);
  expect(keycaps("Mod+k", false)).toEqual(["Ctrl", "K"]);
});

describe("isTyping", () => {
  it.each(["input", "textarea", "select"])("is true in %s", (tag) => expect(isTyping(document.createElement(tag))).toBe(true));

  it("is true inside Monaco and false on a button", () => {
    const monaco = document.createElement("div");
    monaco.className = "monaco-editor";
    const inner = document.createElement("div");
    monaco.append(inner);
    expect(isTyping(inner)).toBe(true);
    expect(isTyping(document.createElement("button"))).toBe(false);
  });
});
