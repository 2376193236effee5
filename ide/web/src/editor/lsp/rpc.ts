/** The part of a WebSocket that is needed here. */
export interface Wire {
  send: (text: string) => void;
  close: () => void;
}

interface Message {
  id?: number | string | null;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

/** As in Monaco and in VS Code. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  readonly onCancellationRequested: (listener: () => unknown) => unknown;
}

/** The server answered a request with an error. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "RpcError";
    this.code = code;
  }
}

/** The connection ended before the answer came. */
export class ConnectionLost extends Error {}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

const METHOD_NOT_FOUND = -32601;

/** JSON-RPC 2.0, one message to a frame. */
export class JsonRpc {
  readonly #wire: Wire;
  readonly #onNotification: (method: string, params: unknown) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(wire: Wire, onNotification: (method: string, params: unknown) => void) {
    this.#wire = wire;
    this.#onNotification = onNotification;
  }

  /** Rejects with RpcError or ConnectionLost. */
  request(method: string, params: unknown, cancellation?: Cancellation): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#send({ id, method, params });
    cancellation?.onCancellationRequested(() => {
      if (this.#waiting.has(id)) this.notify("$/cancelRequest", { id });
    });
    return answer;
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  /** Takes one frame that arrived. */
  receive(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.method === undefined) this.#settle(message);
    else if (message.id === undefined || message.id === null) this.#onNotification(message.method, message.params);
    else this.#refuse(message.id, message.method);
  }

  /** Rejects everything that still waits, and closes the connection. */
  end(): void {
    for (const { reject } of this.#waiting.values()) reject(new ConnectionLost("The language server's connection ended."));
    this.#waiting.clear();
    this.#wire.close();
  }

  #settle({ id, result, error }: Message): void {
    if (typeof id !== "number") return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new RpcError(error.code, error.message));
  }

  /** The client offers nothing that a server could ask for. */
  #refuse(id: number | string, method: string): void {
    this.#send({ id, error: { code: METHOD_NOT_FOUND, message: `This client does not answer ${method}.` } });
  }

  #send(message: Message): void {
    this.#wire.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }
}
