import { create } from "zustand";
import { recall, remember } from "@/lib/storage";
import { makeMessage, type Message, toCodePoints, toUnits } from "./protocol";
import { type Cell, type ConsoleState, EMPTY_CONSOLE, isUnderWay, reduce, withAnswer, withCell, withDivider, withLost } from "./reducer";
import { ConsoleSocket } from "./socket";

interface Console extends ConsoleState {
  app: string | null;
  connection: "closed" | "connecting" | "open" | "reconnecting";
  /** Why there is no kernel, in the server's words. */
  ended: string | null;
  history: readonly string[];
}

export const useConsole = create<Console>(() => ({ ...EMPTY_CONSOLE, app: null, connection: "closed", ended: null, history: [] }));

const MAX_HISTORY = 200;
const MAX_KEPT_CHARS = 300_000;
const isStrings = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");
const historyKey = (app: string): string => `console-history.${app}`;
const cellsKey = (app: string): string => `podium.console.${app}`;

/** One for each page: the kernel tells sessions apart by it. */
const session = crypto.randomUUID();
let socket: ConsoleSocket | undefined;
let kernelSession: string | null = null;
const replies = new Map<string, (message: Message | null) => void>();

interface Kept {
  /** The session whose kernel they were run in. */
  kernel: string | null;
  cells: readonly Cell[];
}

/** Cells survive a reload of the page, as far as there is room for them. */
function keepCells(): void {
  const { app, cells } = useConsole.getState();
  if (app === null) return;
  let kept: Kept = { kernel: kernelSession, cells };
  let json = JSON.stringify(kept);
  while (json.length > MAX_KEPT_CHARS && kept.cells.length > 0) {
    kept = { ...kept, cells: kept.cells.slice(Math.ceil(kept.cells.length / 2)) };
    json = JSON.stringify(kept);
  }
  try {
    sessionStorage.setItem(cellsKey(app), json);
  } catch {
    // A full or forbidden storage costs the cells at a reload, and nothing else.
  }
}

function keptCells(app: string): Kept {
  const nothing: Kept = { kernel: null, cells: [] };
  try {
    return { ...nothing, ...(JSON.parse(sessionStorage.getItem(cellsKey(app)) ?? "{}") as Partial<Kept>) };
  } catch {
    return nothing;
  }
}

window.addEventListener("pagehide", keepCells);

function onMessage(message: Message): void {
  const waiting = replies.get(message.parent_header.msg_id ?? "");
  if (message.channel === "shell") waiting?.(message);
  useConsole.setState((state) => reduce(state, message));
}

/** Sends a request on the shell channel; the reply comes when the kernel has done what was asked before it. */
function ask(type: string, content: Record<string, unknown>, patience?: number): Promise<Message | null> {
  const message = makeMessage(session, "shell", type, content);
  return new Promise((resolve) => {
    const done = (reply: Message | null): void => {
      replies.delete(message.header.msg_id);
      resolve(reply);
    };
    replies.set(message.header.msg_id, done);
    if (patience !== undefined) setTimeout(() => done(null), patience);
    socket?.send(message);
  });
}

/** After a gap, code that was under way may have ended unseen: the kernel answers this once all of it has. */
async function findLost(): Promise<void> {
  const before = new Set(useConsole.getState().cells.filter(isUnderWay).map((cell) => cell.id));
  await ask("kernel_info_request", {});
  // Output that the kernel wrote before its answer may be behind it on another channel.
  setTimeout(() => useConsole.setState((state) => withLost(state, before)), 500);
}

const idsOf = (state: ConsoleState): Set<string> => new Set(state.cells.map((cell) => cell.id));

/** Shows the cells of an app, ending the connection to the kernel of another. */
function turnTo(app: string): void {
  if (useConsole.getState().app === app) return;
  keepCells();
  socket?.stop();
  socket = undefined;
  const kept = keptCells(app);
  kernelSession = kept.kernel;
  useConsole.setState({ ...EMPTY_CONSOLE, app, connection: "closed", ended: null, cells: kept.cells, history: recall(historyKey(app), isStrings, []) });
}

/** Connects to the kernel of a session of an app; cells of an earlier session stay, those under way are lost. */
export function openConsole(app: string, kernel: string): void {
  turnTo(app);
  if (kernelSession === kernel && socket !== undefined && useConsole.getState().connection !== "closed") return;
  if (kernelSession !== kernel) useConsole.setState((now) => withDivider(withLost(now, idsOf(now))));
  kernelSession = kernel;
  socket?.stop();
  for (const done of [...replies.values()]) done(null);
  useConsole.setState({ connection: "connecting", kernel: "unknown", ended: null });
  socket = new ConsoleSocket({
    app,
    onMessage,
    onOpen: () => {
      useConsole.setState({ connection: "open", kernel: "idle" });
      void findLost();
    },
    onLost: () => useConsole.setState({ connection: "reconnecting" }),
    onEnded: (ended) => useConsole.setState((now) => ({ ...withLost(now, idsOf(now)), connection: "closed", kernel: "dead", ended })),
  });
}

/** Ends the connection: another app was opened, or there is no kernel any more. */
export function closeConsole(): void {
  socket?.stop();
  socket = undefined;
  keepCells();
  useConsole.setState({ connection: "closed" });
}

export interface Completions {
  matches: readonly string[];
  /** What a match replaces, in UTF-16 units. */
  start: number;
  end: number;
}

export const consoleActions = {
  execute(code: string): void {
    const { app, history } = useConsole.getState();
    const message = makeMessage(session, "shell", "execute_request", {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: true,
      stop_on_error: true,
    });
    const next = history.at(-1) === code ? history : [...history, code].slice(-MAX_HISTORY);
    if (app !== null) remember(historyKey(app), next);
    useConsole.setState((state) => ({ ...withCell(state, message.header.msg_id, code), history: next }));
    socket?.send(message);
  },
  /** Whether code is whole; gives the indentation of the next line when it is not. A busy kernel is not waited for. */
  async incomplete(code: string): Promise<string | null> {
    if (useConsole.getState().cells.some(isUnderWay)) return null;
    const reply = await ask("is_complete_request", { code }, 500);
    if (reply?.content["status"] !== "incomplete") return null;
    const { indent } = reply.content;
    return typeof indent === "string" ? indent : "";
  },
  async complete(code: string, position: number): Promise<Completions> {
    const reply = await ask("complete_request", { code, cursor_pos: toCodePoints(code, position) }, 5_000);
    const { matches, cursor_start: start, cursor_end: end } = reply?.content ?? {};
    if (!isStrings(matches)) return { matches: [], start: position, end: position };
    return { matches, start: toUnits(code, Number(start)), end: toUnits(code, Number(end)) };
  },
  answerInput(value: string): void {
    const { input } = useConsole.getState();
    if (input === null) return;
    socket?.send(makeMessage(session, "stdin", "input_reply", { value, status: "ok" }, input.header));
    useConsole.setState((state) => withAnswer(state, value));
  },
  clear(): void {
    useConsole.setState((state) => ({ cells: state.cells.filter(isUnderWay) }));
  },
  takeNextInput(): void {
    useConsole.setState({ nextInput: null });
  },
};
