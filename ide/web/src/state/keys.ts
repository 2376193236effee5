/** Keys are written as `Mod+Shift+Enter`: `Mod` is ⌘ on Apple systems and Ctrl elsewhere. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

const SYMBOLS: Readonly<Record<string, string>> = { Enter: "⏎", Escape: "Esc", Ctrl: "⌃", ArrowUp: "↑", ArrowDown: "↓", PageUp: "PgUp", PageDown: "PgDn" };

interface Chord {
  mod: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

function parse(keys: string): Chord {
  const parts = keys.split("+");
  return {
    mod: parts.includes("Mod"),
    shift: parts.includes("Shift"),
    alt: parts.includes("Alt"),
    key: (parts.at(-1) ?? "").toLowerCase(),
  };
}

/** Letters count by their place on the keyboard where the layout, or ⌥, makes them something else. */
function isKey(event: KeyboardEvent, key: string): boolean {
  const typed = event.key.toLowerCase();
  return typed === key || (/^[a-z]$/.test(key) && !/^[a-z]$/.test(typed) && event.code === `Key${key.toUpperCase()}`);
}

/** Whether a key press is the chord. A symbol such as `?` says itself whether Shift is needed on this keyboard. */
export function matches(event: KeyboardEvent, keys: string, apple = isApple): boolean {
  const chord = parse(keys);
  const mod = apple ? event.metaKey : event.ctrlKey;
  const other = apple ? event.ctrlKey : event.metaKey;
  const isSymbol = chord.key.length === 1 && !/[a-z0-9]/.test(chord.key);
  return (
    mod === chord.mod &&
    !other &&
    event.altKey === chord.alt &&
    (isSymbol || event.shiftKey === chord.shift) &&
    isKey(event, chord.key)
  );
}

/** The chord as keycaps: `["⌘", "⇧", "⏎"]`, or `["Ctrl", "Shift", "⏎"]`. */
export function keycaps(keys: string, apple = isApple): string[] {
  return keys.split("+").map((part) => {
    if (part === "Mod") return apple ? "⌘" : "Ctrl";
    if (part === "Shift") return apple ? "⇧" : "Shift";
    if (part === "Alt") return apple ? "⌥" : "Alt";
    return SYMBOLS[part] ?? part.toUpperCase();
  });
}

/** Whether a key without modifiers would be typed into what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest(".monaco-editor") !== null;
}
