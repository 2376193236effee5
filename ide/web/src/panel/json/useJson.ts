import { useEffect, useMemo, useState } from "react";
import { type JsonScan, scanJson } from "./scan";

/** Longer texts are read in a worker. At this length reading takes a few milliseconds, which no one notices. */
const IN_PAGE_CHARS = 200_000;

interface Job {
  text: string;
  resolve: (scan: JsonScan) => void;
}

let worker: Worker | undefined;
let nextId = 1;
const jobs = new Map<number, Job>();

function startWorker(): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  started.onmessage = (message: MessageEvent<{ id: number; scan: JsonScan }>) => {
    jobs.get(message.data.id)?.resolve(message.data.scan);
    jobs.delete(message.data.id);
  };
  // Its script did not come, for example while the server is away: better slow than not at all.
  started.onerror = () => {
    worker = undefined;
    for (const { text, resolve } of jobs.values()) resolve(scanJson(text));
    jobs.clear();
  };
  return started;
}

/** Reads a JSON text outside the page's thread. */
export function scanInWorker(text: string): Promise<JsonScan> {
  worker ??= startWorker();
  const id = nextId++;
  return new Promise((resolve) => {
    jobs.set(id, { text, resolve });
    worker?.postMessage({ id, text });
  });
}

/** The table of a JSON text, or its mistake; null while a long one is read. */
export function useJson(text: string): JsonScan | null {
  const isShort = text.length <= IN_PAGE_CHARS;
  const short = useMemo(() => (isShort ? scanJson(text) : null), [isShort, text]);
  const [long, setLong] = useState<{ text: string; scan: JsonScan } | null>(null);
  useEffect(() => {
    if (isShort) return;
    let isWanted = true;
    void scanInWorker(text).then((scan) => {
      if (isWanted) setLong({ text, scan });
    });
    return () => {
      isWanted = false;
    };
  }, [isShort, text]);
  return short ?? (long?.text === text ? long.scan : null);
}
