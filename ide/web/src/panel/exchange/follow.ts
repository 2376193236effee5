import { backoff } from "@/api/events";
import { ApiProblem } from "@/api/problem";
import type { StreamLine } from "@/api/types";
import { toBase64 } from "@/panel/base64";
import { bytesOf } from "./body";
import { ConnectionLost, streamLines } from "./lines";

export interface Exchange {
  /** Asks the server the first time: sends the request, or attaches to one that is under way. */
  open: (signal: AbortSignal) => Promise<Response>;
  /** Attaches to the exchange, which is then told from its beginning. */
  attach: (id: string, signal: AbortSignal) => Promise<Response>;
  /** Told as soon as the server has taken the request on, which is before its first byte. */
  onId: (id: string) => void;
  onLine: (line: StreamLine) => void;
  onLost: () => void;
  signal: AbortSignal;
  /** Known from the start when it attaches. */
  id?: string;
}

/** Whether an error means that the connection was lost, and not that the server said no. */
function isLost(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.status === 0 || error.status === 503;
  return error instanceof ConnectionLost;
}

/** The exchange's id, which is the end of the address that the server gives it. */
const idOf = (response: Response): string | undefined => response.headers.get("Location")?.split("/").at(-1);

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    window.addEventListener("online", wake);
    signal.addEventListener("abort", wake);
  });
}

/** Takes the bytes away that were there before the connection was lost: a replay begins with the first byte. */
class Replay {
  #received = 0;
  #skip = 0;

  restart(): void {
    this.#skip = this.#received;
  }

  /** The line with only what is new of it; null when it has nothing new. */
  take(line: StreamLine): StreamLine | null {
    if (line.type !== "chunk") return line;
    const bytes = bytesOf(line);
    const known = Math.min(this.#skip, bytes.length);
    this.#skip -= known;
    this.#received += bytes.length - known;
    if (known === 0) return line;
    if (known === bytes.length) return null;
    return { ...line, text: null, base64: toBase64(bytes.subarray(known)) };
  }
}

/**
 * Reads an exchange to its end. When the connection is lost it attaches again, with growing pauses, and goes on behind
 * the last byte that it has. Throws what cannot be healed by trying again; returns quietly when it is aborted.
 */
export async function followExchange(exchange: Exchange): Promise<void> {
  const replay = new Replay();
  let { id } = exchange;
  let attempt = 0;
  let { open } = exchange;
  for (;;) {
    try {
      const response = await open(exchange.signal);
      id ??= idOf(response);
      if (id !== undefined) exchange.onId(id);
      for await (const line of streamLines(response.body ?? new ReadableStream())) {
        attempt = 0;
        const news = replay.take(line);
        if (news !== null) exchange.onLine(news);
        if (line.type === "end") return;
      }
      throw new ConnectionLost("The stream ended before the answer did.");
    } catch (error) {
      if (isAborted(exchange.signal)) return;
      if (id === undefined || !isLost(error)) throw error;
    }
    const known = id;
    replay.restart();
    open = (signal) => exchange.attach(known, signal);
    exchange.onLost();
    await pause(backoff(attempt++), exchange.signal);
    if (isAborted(exchange.signal)) return;
  }
}
