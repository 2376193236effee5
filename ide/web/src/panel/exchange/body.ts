import { fromBase64 } from "@/panel/base64";

/** The bytes of an answer's body as they arrive, with its text and its lines made as far as they are asked for. */
export class AnswerBody {
  readonly #chunks: Uint8Array[] = [];
  readonly #charset: string;
  #size = 0;
  #decoder: TextDecoder | undefined;
  #decoded = 0;
  #lines: string[] = [""];
  #whole: Uint8Array<ArrayBuffer> | undefined;
  #text: { size: number; text: string } | undefined;

  constructor(charset = "utf-8") {
    this.#charset = charset;
  }

  get size(): number {
    return this.#size;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** All bytes so far in one piece. */
  bytes(): Uint8Array<ArrayBuffer> {
    if (this.#whole?.length === this.#size) return this.#whole;
    const whole = new Uint8Array(this.#size);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    this.#whole = whole;
    return whole;
  }

  /** All text so far; bytes that are not text in the answer's character set become �. */
  text(): string {
    if (this.#text?.size !== this.#size) this.#text = { size: this.#size, text: this.#newDecoder().decode(this.bytes()) };
    return this.#text.text;
  }

  /** The lines so far, the last one perhaps unfinished. The array is appended to in place. */
  lines(): readonly string[] {
    this.#decoder ??= this.#newDecoder();
    for (; this.#decoded < this.#chunks.length; this.#decoded++) this.#split(this.#decoder.decode(this.#chunks[this.#decoded], { stream: true }));
    return this.#lines;
  }

  #split(text: string): void {
    const parts = text.split("\n");
    const first = (this.#lines.pop() ?? "") + (parts[0] ?? "");
    for (const line of [first, ...parts.slice(1)]) this.#lines.push(line);
    // A carriage return before the line's end belongs to it, also where the two came apart.
    for (let index = this.#lines.length - parts.length; index < this.#lines.length - 1; index++) {
      this.#lines[index] = this.#lines[index]?.replace(/\r$/, "") ?? "";
    }
  }

  #newDecoder(): TextDecoder {
    try {
      return new TextDecoder(this.#charset);
    } catch {
      // A character set that no browser knows: the label is the app's to choose.
      return new TextDecoder();
    }
  }
}

const encoder = new TextEncoder();

/** The bytes of a body or of a piece of one, as the API writes them: text, or base64 where it is not UTF-8. */
export function bytesOf(part: { text?: string | null; base64?: string | null }): Uint8Array {
  if (part.base64 !== null && part.base64 !== undefined) return fromBase64(part.base64);
  return encoder.encode(part.text ?? "");
}
