import { scanJson } from "./scan";
import { buffersOf } from "./table";

// Answers each text with its scan, so that a large answer never holds the page up.
self.onmessage = (message: MessageEvent<{ id: number; text: string }>) => {
  const { id, text } = message.data;
  const scan = scanJson(text);
  self.postMessage({ id, scan }, { transfer: scan.ok ? buffersOf(scan.table) : [] });
};
