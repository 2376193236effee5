import type { AppEvent } from "./types";

export type Connection = "connecting" | "open" | "reconnecting" | "offline";

export interface EventsOptions {
  app: string;
  onEvent: (event: AppEvent) => void;
  onConnection: (state: Connection) => void;
  /** Asking again cannot help: 401 when nobody is signed in any more, 404 when there is no such app. */
  onClosed: (status: 401 | 404) => void;
}

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;
const CLOSED_SIGNED_OUT = 4401;

/** How long to wait before attempt number `attempt` (from 0): doubling, with jitter so that tabs do not stampede. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random();
}

/**
 * Follows an app's event stream. After a lost connection it comes back by itself and asks for what it missed, by the
 * last event's number and the server's epoch; events that it has seen already are not handed on twice.
 */
export class AppEvents {
  readonly #options: EventsOptions;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #since = 0;
  #epoch: string | undefined;
  #stopped = false;
  #greeted = false;

  constructor(options: EventsOptions) {
    this.#options = options;
    window.addEventListener("online", this.retry);
    window.addEventListener("offline", this.#wentOffline);
    document.addEventListener("visibilitychange", this.retry);
    this.#options.onConnection("connecting");
    this.#connect();
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    window.removeEventListener("online", this.retry);
    window.removeEventListener("offline", this.#wentOffline);
    document.removeEventListener("visibilitychange", this.retry);
    this.#socket?.close();
  }

  #connect(): void {
    const query = new URLSearchParams({ since: this.#since.toString() });
    if (this.#epoch !== undefined) query.set("epoch", this.#epoch);
    const url = new URL(`/api/v1/apps/${encodeURIComponent(this.#options.app)}/events?${query}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#greeted = false;
    socket.onmessage = (message: MessageEvent<string>) => this.#receive(JSON.parse(message.data) as AppEvent);
    socket.onclose = (close) => {
      if (this.#socket === socket) void this.#lost(close.code);
    };
  }

  #receive(event: AppEvent): void {
    if (event.type === "hello") {
      const { epoch } = event.data as { epoch: string };
      if (epoch !== this.#epoch) this.#since = 0;
      this.#epoch = epoch;
      this.#attempt = 0;
      this.#greeted = true;
      this.#options.onConnection("open");
    } else if (event.n > 0) {
      if (event.n <= this.#since) return;
      this.#since = event.n;
    }
    this.#options.onEvent(event);
  }

  async #lost(code: number): Promise<void> {
    this.#socket = undefined;
    const refused = code === CLOSED_SIGNED_OUT ? 401 : this.#greeted ? null : await this.#refusal();
    if (this.#stopped) return;
    if (refused !== null) {
      this.stop();
      this.#options.onClosed(refused);
      return;
    }
    this.#options.onConnection(navigator.onLine ? "reconnecting" : "offline");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#attempt));
    this.#attempt += 1;
  }

  /** A browser does not say why a WebSocket was refused, so this asks for the app the ordinary way. */
  async #refusal(): Promise<401 | 404 | null> {
    try {
      const { status } = await fetch(`/api/v1/apps/${encodeURIComponent(this.#options.app)}`);
      return status === 401 || status === 404 ? status : null;
    } catch {
      return null;
    }
  }

  /** Reconnects now instead of when the wait is over. */
  readonly retry = (): void => {
    if (this.#stopped || this.#socket !== undefined || document.visibilityState === "hidden") return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#connect();
  };

  readonly #wentOffline = (): void => this.#options.onConnection("offline");
}
