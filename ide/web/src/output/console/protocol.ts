/** The Jupyter messaging protocol (version 5.4) in the default framing of Jupyter Server's WebSocket: JSON in text frames. */
export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

export type Channel = "shell" | "iopub" | "stdin" | "control";

export interface Message {
  channel: Channel;
  header: Header;
  /** Empty for messages that nothing asked for. */
  parent_header: Partial<Header>;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
}

/** A message for the kernel. `parent` is what it replies to, which only answers to `input()` have. */
export function makeMessage(session: string, channel: Channel, type: string, content: Record<string, unknown>, parent: Partial<Header> = {}): Message {
  const header: Header = {
    msg_id: crypto.randomUUID(),
    msg_type: type,
    session,
    username: "podium",
    date: new Date().toISOString(),
    version: "5.4",
  };
  return { channel, header, parent_header: parent, metadata: {}, content };
}

/**
 * The message in a frame. A binary frame is one with buffers: big-endian 32-bit numbers (how many parts there are, then
 * where each begins), then the JSON, then the buffers, which nothing that the console shows has a use for.
 */
export function decodeFrame(frame: string | ArrayBuffer): Message {
  if (typeof frame === "string") return JSON.parse(frame) as Message;
  const view = new DataView(frame);
  const parts = view.getUint32(0);
  const start = view.getUint32(4);
  const end = parts > 1 ? view.getUint32(8) : frame.byteLength;
  return JSON.parse(new TextDecoder().decode(frame.slice(start, end))) as Message;
}

/** The protocol counts characters as Python does, by code points; the browser counts UTF-16 units. */
export const toCodePoints = (text: string, units: number): number => Array.from(text.slice(0, units)).length;
export const toUnits = (text: string, codePoints: number): number => Array.from(text).slice(0, codePoints).join("").length;
