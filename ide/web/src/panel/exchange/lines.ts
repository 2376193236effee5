import type { StreamLine } from "@/api/types";

/** Cuts a stream of bytes into lines, wherever its chunks and its UTF-8 sequences were cut. */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #rest = "";

  /** The lines that are complete now. */
  push(chunk: Uint8Array): string[] {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = parts.pop() ?? "";
    return parts.filter((line) => line.trim() !== "");
  }

  /** The last line, where it has no end. */
  end(): string[] {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = "";
    return rest.trim() === "" ? [] : [rest];
  }
}

/** The connection ended before what it carried did. */
export class ConnectionLost extends Error {}

/** Browsers throw errors of different kinds when a body breaks off; whatever it is, the connection is lost. */
async function readOn(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (error) {
    throw new ConnectionLost("The connection was lost in the middle of the answer.", { cause: error });
  }
}

/** The lines of an exchange as they arrive. Throws a ConnectionLost when the stream breaks off. */
export async function* streamLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<StreamLine> {
  const splitter = new LineSplitter();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await readOn(reader);
      const lines = done ? splitter.end() : splitter.push(value);
      for (const line of lines) yield JSON.parse(line) as StreamLine;
      if (done) return;
    }
  } finally {
    // Whoever stops reading early closes the connection with it.
    await reader.cancel().catch(() => undefined);
  }
}
