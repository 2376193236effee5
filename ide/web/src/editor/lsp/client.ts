import type {
  InitializeResult,
  PublishDiagnosticsParams,
  ServerCapabilities,
  TextDocumentContentChangeEvent,
  TextDocumentItem,
} from "vscode-languageserver-protocol";
import { backoff } from "@/api/events";
import { INITIALIZE } from "./capabilities";
import { type Cancellation, ConnectionLost, JsonRpc, RpcError } from "./rpc";

export type LanguageState = "connecting" | "ready" | "away";

export interface LanguageOptions {
  url: URL;
  /** The documents that are open now: sent whenever a connection begins. */
  documents: () => Iterable<TextDocumentItem>;
  onDiagnostics: (params: PublishDiagnosticsParams) => void;
  onState: (state: LanguageState) => void;
  /** A connection is ready; providers may be registered for what the server can do. */
  onReady: (capabilities: ServerCapabilities) => void;
}

/** A connection that is away for longer is worth saying so. */
const AWAY_AFTER_MS = 2_000;
const FULL_SYNC = 1;

/**
 * A language server behind a WebSocket that may come and go: while it is away requests answer `null`, and when it is
 * back it is told about the documents as they are then. Nobody who types waits for it.
 */
export class LanguageClient {
  readonly #options: LanguageOptions;
  #rpc: JsonRpc | null = null;
  #capabilities: ServerCapabilities = {};
  #isReady = false;
  #isStopped = false;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #away: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LanguageOptions) {
    this.#options = options;
    window.addEventListener("online", this.#retryNow);
    document.addEventListener("visibilitychange", this.#retryNow);
    this.#wait();
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    window.removeEventListener("online", this.#retryNow);
    document.removeEventListener("visibilitychange", this.#retryNow);
    clearTimeout(this.#retry);
    clearTimeout(this.#away);
    this.#rpc?.end();
  }

  /** Asks the server; `null` when it is away, cannot tell, or was asked to stop. */
  async request<T>(method: string, params: unknown, cancellation?: Cancellation): Promise<T | null> {
    try {
      return await this.demand<T>(method, params, cancellation);
    } catch (error) {
      if (error instanceof RpcError || error instanceof ConnectionLost) return null;
      throw error;
    }
  }

  /** Asks the server for what somebody waits for: rejects with RpcError or ConnectionLost, which say why not. */
  async demand<T>(method: string, params: unknown, cancellation?: Cancellation): Promise<T | null> {
    if (!this.#isReady || this.#rpc === null) throw new ConnectionLost("Language help is reconnecting. Try again in a moment.");
    return (await this.#rpc.request(method, params, cancellation)) as T | null;
  }

  didOpen(document: TextDocumentItem): void {
    this.#notify("textDocument/didOpen", { textDocument: document });
  }

  /** `text` is the whole document, for servers that want no ranges. */
  didChange(uri: string, version: number, changes: TextDocumentContentChangeEvent[], text: () => string): void {
    const sync = this.#capabilities.textDocumentSync;
    const kind = typeof sync === "object" ? sync.change : sync;
    const contentChanges = kind === FULL_SYNC ? [{ text: text() }] : changes;
    this.#notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
  }

  didClose(uri: string): void {
    this.#notify("textDocument/didClose", { textDocument: { uri } });
  }

  #notify(method: string, params: unknown): void {
    if (this.#isReady) this.#rpc?.notify(method, params);
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.url);
    const rpc = new JsonRpc(
      { send: (text) => socket.send(text), close: () => socket.close() },
      (method, params) => {
        if (method === "textDocument/publishDiagnostics") this.#options.onDiagnostics(params as PublishDiagnosticsParams);
      },
    );
    this.#rpc = rpc;
    socket.onopen = () => void this.#initialize(rpc);
    socket.onmessage = (message: MessageEvent<string>) => rpc.receive(message.data);
    socket.onclose = () => {
      rpc.end();
      if (this.#rpc === rpc) this.#lost();
    };
  }

  async #initialize(rpc: JsonRpc): Promise<void> {
    try {
      const { capabilities } = (await rpc.request("initialize", INITIALIZE)) as InitializeResult;
      rpc.notify("initialized", {});
      this.#capabilities = capabilities;
    } catch (error) {
      if (!(error instanceof RpcError || error instanceof ConnectionLost)) throw error;
      rpc.end();
      return;
    }
    this.#isReady = true;
    this.#attempt = 0;
    clearTimeout(this.#away);
    for (const document of this.#options.documents()) this.didOpen(document);
    this.#options.onReady(this.#capabilities);
    this.#options.onState("ready");
  }

  #lost(): void {
    this.#rpc = null;
    const wasReady = this.#isReady;
    this.#isReady = false;
    if (this.#isStopped) return;
    if (wasReady) this.#wait();
    this.#retry = setTimeout(() => this.#connect(), backoff(this.#attempt));
    this.#attempt += 1;
  }

  /** Starts to count how long nobody helps. */
  #wait(): void {
    this.#options.onState("connecting");
    clearTimeout(this.#away);
    this.#away = setTimeout(() => this.#options.onState("away"), AWAY_AFTER_MS);
  }

  readonly #retryNow = (): void => {
    if (this.#isStopped || this.#rpc !== null || document.visibilityState === "hidden") return;
    clearTimeout(this.#retry);
    this.#attempt = 0;
    this.#connect();
  };
}
