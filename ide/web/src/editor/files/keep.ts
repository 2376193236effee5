/** A text that the server does not have yet, and the ETag of what it was based on. */
export interface Kept {
  text: string;
  etag: string | null;
  /** A text that was sent and may have arrived, although no answer came. */
  sent?: string;
}

/** Where texts stay until the server has them, so that a reload or a crash loses nothing. */
export interface Keep {
  get: (path: string) => Kept | undefined;
  put: (path: string, kept: Kept) => void;
  /** Forgets the text, unless it is another by now: a second tab of the app may have put its own. */
  remove: (path: string, text: string) => void;
  paths: () => string[];
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { text, etag, sent } = value as Record<string, unknown>;
  return (
    typeof text === "string" &&
    (etag === null || typeof etag === "string") &&
    (sent === undefined || typeof sent === "string")
  );
}

/** Keeps texts in the browser's local storage, which writes at once: also while the page is being closed. */
export class BrowserKeep implements Keep {
  readonly #prefix: string;
  readonly #storage: Storage;

  constructor(app: string, storage: Storage = localStorage) {
    this.#prefix = `podium.draft.${app}/`;
    this.#storage = storage;
  }

  get(path: string): Kept | undefined {
    try {
      const value: unknown = JSON.parse(this.#storage.getItem(this.#prefix + path) ?? "null");
      return isKept(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  put(path: string, kept: Kept): void {
    try {
      this.#storage.setItem(this.#prefix + path, JSON.stringify(kept));
    } catch {
      // Storage that is full or forbidden: the text still goes to the server, only a crash before that would lose it.
    }
  }

  remove(path: string, text: string): void {
    if (this.get(path)?.text === text) this.#storage.removeItem(this.#prefix + path);
  }

  paths(): string[] {
    return Object.keys(this.#storage)
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => key.slice(this.#prefix.length));
  }
}
