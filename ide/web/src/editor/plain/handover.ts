/** A place in a text; `line` and `column` (in UTF-16 units) count from 1. */
export interface TextPlace {
  line: number;
  column: number;
}

/** Where somebody is in a file, in the plain editor, when the code editor takes its place. */
export interface Position {
  path: string;
  /** Where the selection began and where it ends, which is where the cursor is. */
  anchor: TextPlace;
  cursor: TextPlace;
  /** Pixels that are scrolled away. */
  top: number;
  left: number;
  hasFocus: boolean;
}

/** What the plain editor leaves behind. */
export interface Handover {
  position: Position | null;
  /** The texts, as they were before, of the files that were typed in: Undo leads back to them. */
  originals: ReadonlyMap<string, string>;
}

export const NOTHING: Handover = { position: null, originals: new Map() };

export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

/** The offset of a place; one beyond the end of its line or of the text is the end. */
export function offsetOf(text: string, { line, column }: TextPlace): number {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + column - 1, end < 0 ? text.length : end);
}
