import { type JsonTable, Kind, TableBuilder } from "./table";

/** A mistake in a JSON text: what to do about it, and where it is. */
export interface JsonError {
  message: string;
  offset: number;
  /** Both count from 1. */
  line: number;
  column: number;
}

export type JsonScan = { ok: true; table: JsonTable } | { ok: false; error: JsonError };

/** Line and column of an offset, both from 1; columns count UTF-16 units, as editors do. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < offset; next = text.indexOf("\n", start)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: offset - start + 1 };
}

class Mistake extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const LITERALS = new Set(["true", "false", "null"]);
const MEANT: Readonly<Record<string, string>> = {
  True: "true",
  False: "false",
  None: "null",
  undefined: "null",
  NaN: "null",
  Infinity: "a number",
};
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads JSON as RFC 8259 has it, without recursion, so that no depth of nesting can end it. */
class Scanner {
  readonly #text: string;
  readonly #table = new TableBuilder();
  readonly #open: number[] = [];
  #pos = 0;
  #afterComma = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonTable {
    this.#space();
    if (this.#pos === this.#text.length) throw new Mistake("Write a value; this is empty.", this.#pos);
    this.#value(-1);
    while (this.#open.length > 0) this.#step(this.#open.at(-1) ?? 0);
    this.#space();
    if (this.#pos < this.#text.length) throw new Mistake("Remove what follows the end of the value.", this.#pos);
    return this.#table.done();
  }

  #step(container: number): void {
    this.#space();
    const isObject = this.#table.isObject(container);
    const closer = isObject ? "}" : "]";
    const char = this.#text[this.#pos];
    if (char === closer) {
      if (this.#afterComma) throw new Mistake(`Remove the comma before this ${closer}`, this.#pos);
      this.#pos += 1;
      this.#open.pop();
      this.#table.close(container, this.#pos);
      return;
    }
    if (this.#table.count(container) > 0 && !this.#afterComma) {
      if (char !== ",") throw this.#unfinished(`Expected a comma or ${closer}`);
      this.#pos += 1;
      this.#afterComma = true;
      return;
    }
    this.#afterComma = false;
    this.#value(isObject ? this.#key() : -1);
  }

  #key(): number {
    const start = this.#pos;
    const char = this.#text[start];
    if (char !== '"') {
      if (char !== undefined && /[A-Za-z_$']/.test(char)) throw new Mistake("Put the name in double quotes", start);
      throw this.#unfinished("Expected a name in double quotes");
    }
    this.#string();
    this.#space();
    if (this.#text[this.#pos] !== ":") throw this.#unfinished("Expected a colon after the name");
    this.#pos += 1;
    this.#space();
    return start;
  }

  #value(key: number): void {
    const start = this.#pos;
    const parent = this.#open.at(-1) ?? -1;
    const char = this.#text[start];
    if (char === "{" || char === "[") {
      this.#pos += 1;
      this.#open.push(this.#table.add(char === "{" ? Kind.object : Kind.array, start, start, key, parent));
      return;
    }
    const kind = this.#scalar(char);
    this.#table.add(kind, start, this.#pos, key, parent);
  }

  #scalar(char: string | undefined): Kind {
    if (char === '"') {
      this.#string();
      return Kind.string;
    }
    if (char === "-" || (char !== undefined && char >= "0" && char <= "9")) {
      this.#number();
      return Kind.number;
    }
    this.#literal(char);
    return Kind.literal;
  }

  #number(): void {
    const start = this.#pos;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw new Mistake("Expected digits after the minus sign", start);
    this.#pos = NUMBER.lastIndex;
    const next = this.#text[this.#pos];
    if (next !== undefined && /[\w.]/.test(next)) {
      throw new Mistake(match[0].endsWith("0") && /\d/.test(next) ? "A number does not begin with 0" : "This is not a number", start);
    }
  }

  #literal(char: string | undefined): void {
    const start = this.#pos;
    if (char === "'") throw new Mistake("Use double quotes, not single ones", start);
    if (char === "/") throw new Mistake("JSON has no comments; remove this one", start);
    WORD.lastIndex = start;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) throw this.#unfinished("Expected a value");
    if (!LITERALS.has(word)) {
      const meant = Object.hasOwn(MEANT, word) ? MEANT[word] : undefined;
      throw new Mistake(meant === undefined ? "Put the text in double quotes" : `Write ${meant} instead of ${word}`, start);
    }
    this.#pos += word.length;
  }

  #string(): void {
    const text = this.#text;
    const start = this.#pos;
    let pos = start + 1;
    for (;;) {
      const code = text.charCodeAt(pos);
      if (code === QUOTE) break;
      if (Number.isNaN(code)) throw new Mistake("This text is not closed with a double quote", start);
      if (code < 0x20) {
        if (code === 0x0a) throw new Mistake("This text is not closed with a double quote", start);
        throw new Mistake("Write control characters as \\t or \\u00…", pos);
      }
      if (code === BACKSLASH) {
        ESCAPE.lastIndex = pos;
        if (!ESCAPE.test(text)) throw new Mistake("A backslash is written as \\\\", pos);
        pos = ESCAPE.lastIndex;
      } else pos += 1;
    }
    this.#pos = pos + 1;
  }

  #space(): void {
    while (SPACE.has(this.#text.charCodeAt(this.#pos))) this.#pos += 1;
  }

  #unfinished(message: string): Mistake {
    if (this.#text[this.#pos] === "/") return new Mistake("JSON has no comments; remove this one", this.#pos);
    return new Mistake(this.#pos >= this.#text.length ? `${message}; the text ends here` : message, this.#pos);
  }
}

/** Reads a JSON text into a table of its nodes, or says what is wrong with it. */
export function scanJson(text: string): JsonScan {
  try {
    return { ok: true, table: new Scanner(text).run() };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { ok: false, error: { message: error.message, offset: error.offset, ...placeOf(text, error.offset) } };
  }
}

/** The mistake in a JSON text, or null. */
export function checkJson(text: string): JsonError | null {
  const scan = scanJson(text);
  return scan.ok ? null : scan.error;
}
