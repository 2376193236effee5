import { backoff } from "@/api/events";
import { decodeFrame, type Message } from "./protocol";

/** Codes with which the server ends a console: there is no kernel, or it has ended. Both wait for a Run. */
const NOT_RUNNING = 4409;
const KERNEL_ENDED = 4410;

export interface ConsoleSocketOptions {
  app: string;
  onMessage: (message: Message) => void;
  onOpen: () => void;
  /** The connection is lost and is made again by itself. */
  onLost: () => void;
  /** There is no kernel: `reason` says why. */
  onEnded: (reason: string) => void;
}

/** The connection to an app's kernel, which comes back by itself while there is a kernel. */
export class ConsoleSocket {
  readonly #options: ConsoleSocketOptions;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #isStopped = false;

  constructor(options: ConsoleSocketOptions) {
    this.#options = options;
    window.addEventListener("online", this.#retryNow);
    document.addEventListener("visibilitychange", this.#retryNow);
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  send(message: Message): void {
    this.#socket?.send(JSON.stringify(message));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    window.removeEventListener("online", this.#retryNow);
    document.removeEventListener("visibilitychange", this.#retryNow);
    this.#socket?.close();
  }

  #connect(): void {
    const url = new URL(`/api/v1/apps/${encodeURIComponent(this.#options.app)}/console`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      if (!this.#isStopped) this.#options.onOpen();
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (!this.#isStopped) this.#options.onMessage(decodeFrame(event.data));
    };
    socket.onclose = (event) => {
      if (this.#socket === socket && !this.#isStopped) this.#closed(event);
    };
  }

  #closed(event: CloseEvent): void {
    this.#socket = undefined;
    if (event.code === NOT_RUNNING || event.code === KERNEL_ENDED) {
      this.stop();
      this.#options.onEnded(event.reason);
      return;
    }
    this.#options.onLost();
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#attempt++));
  }

  readonly #retryNow = (): void => {
    if (this.#isStopped || this.#socket !== undefined || document.visibilityState === "hidden") return;
    clearTimeout(this.#timer);
    this.#connect();
  };
}
