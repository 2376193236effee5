import type { Header, Message } from "./protocol";

export type MimeBundle = Readonly<Record<string, unknown>>;

export type Output =
  | { type: "stream"; name: "stdout" | "stderr"; text: string; isCut: boolean }
  | { type: "display"; data: MimeBundle; displayId: string | null; isResult: boolean }
  | { type: "error"; name: string; value: string; traceback: readonly string[] };

/**
 * `lost` means that the connection or the kernel went away while it ran; `divider` is no code, but the place where a
 * new kernel begins.
 */
export type CellState = "waiting" | "running" | "done" | "failed" | "aborted" | "lost" | "divider";

/** One piece of code and what came of it. */
export interface Cell {
  id: string;
  code: string;
  count: number | null;
  state: CellState;
  outputs: readonly Output[];
  /** The next output replaces those that are there. */
  clearsNext: boolean;
}

export interface InputRequest {
  cell: string;
  prompt: string;
  isPassword: boolean;
  header: Header;
}

export interface ConsoleState {
  cells: readonly Cell[];
  kernel: "unknown" | "idle" | "busy" | "starting" | "dead";
  input: InputRequest | null;
  /** Code that the kernel puts into the prompt, as `%load` does. */
  nextInput: string | null;
}

export const EMPTY_CONSOLE: ConsoleState = { cells: [], kernel: "unknown", input: null, nextInput: null };

const MAX_CELLS = 200;
/** Characters of one stream that a cell keeps: the latest. */
export const MAX_STREAM = 200_000;

export const isUnderWay = (cell: Cell): boolean => cell.state === "waiting" || cell.state === "running";

/** A cell for code that was just sent. */
export function withCell(state: ConsoleState, id: string, code: string): ConsoleState {
  const cell: Cell = { id, code, count: null, state: "waiting", outputs: [], clearsNext: false };
  return { ...state, cells: [...state.cells, cell].slice(-MAX_CELLS), nextInput: null };
}

/** The place where a new kernel begins, which knows nothing of what stands above. */
export function withDivider(state: ConsoleState): ConsoleState {
  const last = state.cells.at(-1);
  if (last === undefined || last.state === "divider") return state;
  const divider: Cell = { id: `after ${last.id}`, code: "", count: null, state: "divider", outputs: [], clearsNext: false };
  return { ...state, cells: [...state.cells, divider] };
}

/** Cells that were under way, ended without their result. */
export function withLost(state: ConsoleState, ids: ReadonlySet<string>): ConsoleState {
  const cells = state.cells.map((cell): Cell => (ids.has(cell.id) && isUnderWay(cell) ? { ...cell, state: "lost" } : cell));
  return { ...state, cells, input: state.input !== null && ids.has(state.input.cell) ? null : state.input };
}

const changeCell = (state: ConsoleState, id: string | undefined, change: (cell: Cell) => Cell): ConsoleState => ({
  ...state,
  cells: state.cells.map((cell) => (cell.id === id ? change(cell) : cell)),
});

function withOutput(cell: Cell, output: Output): Cell {
  const outputs = cell.clearsNext ? [] : cell.outputs;
  const last = outputs.at(-1);
  if (output.type !== "stream" || last?.type !== "stream" || last.name !== output.name) {
    return { ...cell, outputs: [...outputs, output], clearsNext: false };
  }
  const text = last.text + output.text;
  const merged: Output = { ...last, text: text.slice(-MAX_STREAM), isCut: last.isCut || text.length > MAX_STREAM };
  return { ...cell, outputs: [...outputs.slice(0, -1), merged], clearsNext: false };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const bundle = (value: unknown): MimeBundle => (typeof value === "object" && value !== null ? (value as MimeBundle) : {});

function display(content: Message["content"], isResult: boolean): Output {
  const id = bundle(content["transient"])["display_id"];
  return { type: "display", data: bundle(content["data"]), displayId: typeof id === "string" ? id : null, isResult };
}

/** Every output of that display id, in whichever cell, shows the new data. */
function updateDisplays(state: ConsoleState, content: Message["content"]): ConsoleState {
  const id = bundle(content["transient"])["display_id"];
  const data = bundle(content["data"]);
  const update = (output: Output): Output => (output.type === "display" && output.displayId !== null && output.displayId === id ? { ...output, data } : output);
  return { ...state, cells: state.cells.map((cell) => (cell.outputs.some((output) => update(output) !== output) ? { ...cell, outputs: cell.outputs.map(update) } : cell)) };
}

function onStatus(state: ConsoleState, content: Message["content"], parent: string | undefined): ConsoleState {
  const kernel = text(content["execution_state"]) as ConsoleState["kernel"];
  const next: ConsoleState = { ...state, kernel };
  if (kernel === "dead") return withLost(next, new Set(state.cells.map((cell) => cell.id)));
  if (kernel !== "idle") return next;
  const input = state.input?.cell === parent ? null : state.input;
  return changeCell({ ...next, input }, parent, (cell) => (isUnderWay(cell) || cell.state === "lost" ? { ...cell, state: "done" } : cell));
}

interface Payload {
  source?: string;
  data?: unknown;
  text?: string;
}

/** What a reply carries beside its status: pages such as those of `name?`, and code for the prompt. */
function withPayload(state: ConsoleState, id: string | undefined, payload: Payload): ConsoleState {
  if (payload.source === "page") {
    const output: Output = { type: "display", data: bundle(payload.data), displayId: null, isResult: false };
    return changeCell(state, id, (cell) => withOutput(cell, output));
  }
  if (payload.source === "set_next_input") return { ...state, nextInput: payload.text ?? "" };
  return state;
}

function onReply(state: ConsoleState, content: Message["content"], parent: string | undefined): ConsoleState {
  const count = content["execution_count"];
  const isAborted = content["status"] === "aborted";
  const counted = changeCell(state, parent, (cell) => ({
    ...cell,
    count: typeof count === "number" ? count : cell.count,
    state: isAborted ? "aborted" : content["status"] === "error" ? "failed" : cell.state,
  }));
  const payloads = Array.isArray(content["payload"]) ? (content["payload"] as Payload[]) : [];
  return payloads.reduce((next, payload) => withPayload(next, parent, payload), counted);
}

/** The console after a message of the kernel. Messages that belong to another page's code change nothing here. */
export function reduce(state: ConsoleState, message: Message): ConsoleState {
  const { content, parent_header: parentHeader } = message;
  const parent = parentHeader.msg_id;
  const add = (output: Output): ConsoleState => changeCell(state, parent, (cell) => withOutput(cell, output));
  switch (message.header.msg_type) {
    case "status":
      return onStatus(state, content, parent);
    case "execute_input":
      return changeCell(state, parent, (cell) => ({ ...cell, state: "running", count: Number(content["execution_count"]) }));
    case "stream":
      return add({ type: "stream", name: content["name"] === "stderr" ? "stderr" : "stdout", text: text(content["text"]), isCut: false });
    case "display_data":
      return add(display(content, false));
    case "execute_result":
      return add(display(content, true));
    case "update_display_data":
      return updateDisplays(state, content);
    case "error":
      return changeCell(state, parent, (cell) => ({ ...withOutput(cell, errorOutput(content)), state: "failed" }));
    case "clear_output":
      return changeCell(state, parent, (cell) => (content["wait"] === true ? { ...cell, clearsNext: true } : { ...cell, outputs: [], clearsNext: false }));
    case "execute_reply":
      return onReply(state, content, parent);
    case "input_request":
      return { ...state, input: { cell: parent ?? "", prompt: text(content["prompt"]), isPassword: content["password"] === true, header: message.header } };
    default:
      return state;
  }
}

function errorOutput(content: Message["content"]): Output {
  const traceback = Array.isArray(content["traceback"]) ? (content["traceback"] as string[]) : [];
  return { type: "error", name: text(content["ename"]), value: text(content["evalue"]), traceback };
}

/** The console after `input()` got its answer, which stands in the output as in a terminal. */
export function withAnswer(state: ConsoleState, value: string): ConsoleState {
  const { input } = state;
  if (input === null) return state;
  const shown = `${input.prompt}${input.isPassword ? "········" : value}\n`;
  return changeCell({ ...state, input: null }, input.cell, (cell) => withOutput(cell, { type: "stream", name: "stdout", text: shown, isCut: false }));
}
