import { ApiProblem } from "@/api/problem";
import { backoff } from "@/api/events";
import { Chain } from "./chain";
import { conflictProblem, type Draft, type DraftState, mayHeal } from "./draft";
import type { Keep } from "./keep";
import type { Stored, Transport } from "./transport";

export interface DraftListener {
  /** Something about the draft changed; `null` when the file is gone. */
  onDraft: (path: string, draft: Draft | null) => void;
  /** The text was replaced by somebody else than the person at this keyboard. */
  onText: (path: string, text: string) => void;
}

export const DELAY_MS = 300;

const SAVED: DraftState = { kind: "saved" };

/**
 * Stores what is typed: a moment after the last key, one write at a time, each with the ETag that it is based on, so
 * that nothing is overwritten unseen. Until the server has a text it is also kept in the browser.
 */
export class DraftQueue {
  readonly #transport: Transport;
  readonly #keep: Keep;
  readonly #listener: DraftListener;
  readonly #delayMs: number;
  readonly #chain = new Chain();
  readonly #drafts = new Map<string, Draft>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #attempts = new Map<string, number>();
  /** Texts that were sent and may have arrived although no answer came. */
  readonly #sent = new Map<string, Set<string>>();

  constructor(transport: Transport, keep: Keep, listener: DraftListener, delayMs = DELAY_MS) {
    this.#transport = transport;
    this.#keep = keep;
    this.#listener = listener;
    this.#delayMs = delayMs;
  }

  get(path: string): Draft | undefined {
    return this.#drafts.get(path);
  }

  all(): Draft[] {
    return [...this.#drafts.values()];
  }

  /** Runs `work` when no write is under way, and lets none start before it is done. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#chain.run(work);
  }

  /** Takes a file as the server has it, with what an earlier page could not store of it. */
  load(path: string, stored: Stored): void {
    const kept = this.#keep.get(path);
    if (kept === undefined || kept.text === stored.text) {
      if (kept !== undefined) this.#keep.remove(path, kept.text);
      this.#set({ path, etag: stored.etag, base: stored.text, text: stored.text, state: SAVED });
    } else if (kept.etag === stored.etag || kept.sent === stored.text) {
      this.#set({ path, etag: stored.etag, base: stored.text, text: kept.text, state: { kind: "waiting" } });
      this.#schedule(path, 0);
    } else {
      this.#set({ path, etag: kept.etag, base: kept.text, text: kept.text, state: { kind: "conflict", theirs: stored } });
    }
  }

  /** Takes a text that an earlier page could not store, of a file that the server has no more. */
  loadOrphan(path: string): void {
    const kept = this.#keep.get(path);
    if (kept === undefined) return;
    this.#set({ path, etag: kept.etag, base: kept.text, text: kept.text, state: { kind: "conflict", theirs: null } });
  }

  /** The person typed: `text` is all of the file now. */
  edit(path: string, text: string): void {
    const draft = this.#drafts.get(path);
    if (draft === undefined || draft.text === text) return;
    this.#keepText(path, text, draft.etag);
    const state: DraftState = draft.state.kind === "conflict" || draft.state.kind === "saving" ? draft.state : { kind: "waiting" };
    this.#set({ ...draft, text, state });
    if (state.kind === "waiting") this.#schedule(path, this.#delayMs);
  }

  /** Stores everything (or only `paths`) now; throws the first reason why something could not be stored. */
  async flush(paths: readonly string[] = [...this.#drafts.keys()]): Promise<void> {
    const unsaved = this.all().filter(({ path, state }) => state.kind !== "saved" && paths.includes(path));
    await Promise.all(unsaved.map(({ path }) => this.save(path)));
    for (const { path } of unsaved) {
      const state = this.#drafts.get(path)?.state;
      if (state?.kind === "conflict") throw conflictProblem(path);
      if (state?.kind === "refused" || state?.kind === "retrying") throw state.problem;
    }
  }

  /** Tries again at once what waits for a connection. */
  retryNow(): void {
    for (const { path, state } of this.#drafts.values()) if (state.kind === "retrying") this.#schedule(path, 0);
  }

  /** Stores one file as it is on the screen. Never rejects: what went wrong is in the draft's state. */
  save(path: string): Promise<void> {
    this.#cancel(path);
    return this.#chain.run(async () => {
      const draft = this.#drafts.get(path);
      if (draft === undefined || draft.state.kind === "conflict" || draft.state.kind === "saved") return;
      if (draft.etag !== null && draft.text === draft.base) this.#saved(draft, { etag: draft.etag, text: draft.base });
      else await this.#write(draft);
    });
  }

  /** Takes the other tab's text and drops this one's. */
  useTheirs(path: string): void {
    const draft = this.#drafts.get(path);
    if (draft?.state.kind !== "conflict") return;
    const { theirs } = draft.state;
    this.#keep.remove(path, draft.text);
    if (theirs === null) {
      this.remove(path);
    } else {
      this.#replace(draft, theirs);
    }
  }

  /** Stores this tab's text over the other's. */
  keepMine(path: string): Promise<void> {
    const draft = this.#drafts.get(path);
    if (draft?.state.kind !== "conflict") return Promise.resolve();
    const { theirs } = draft.state;
    this.#keepText(path, draft.text, theirs?.etag ?? null);
    this.#set({ ...draft, etag: theirs?.etag ?? null, base: theirs?.text ?? "", state: { kind: "waiting" } });
    return this.save(path);
  }

  /** The server has another text than this page thinks (`null`: none); a text without edits follows it in place. */
  changedElsewhere(path: string, theirs: Stored | null): void {
    const draft = this.#drafts.get(path);
    if (draft === undefined) {
      if (theirs !== null) this.load(path, theirs);
    } else if (draft.state.kind === "saved") {
      if (theirs === null) this.remove(path);
      else if (theirs.etag !== draft.etag) this.#replace(draft, theirs);
    } else if (theirs?.text === draft.text) {
      this.#saved(draft, theirs);
    } else if ((theirs?.etag ?? null) !== draft.etag && draft.state.kind !== "saving") {
      this.#cancel(path);
      this.#set({ ...draft, state: { kind: "conflict", theirs } });
    }
  }

  /** The server has the file under another path now; what was typed meanwhile goes along. */
  rename(path: string, to: string, etag: string): void {
    const draft = this.#drafts.get(path);
    if (draft === undefined) return;
    this.remove(path);
    const isSaved = draft.text === draft.base;
    this.#set({ ...draft, path: to, etag, state: isSaved ? SAVED : { kind: "waiting" } });
    if (isSaved) return;
    this.#keepText(to, draft.text, etag);
    this.#schedule(to, this.#delayMs);
  }

  /** Forgets a file that is gone from the server. */
  remove(path: string): void {
    const draft = this.#drafts.get(path);
    if (draft === undefined) return;
    this.#cancel(path);
    this.#drafts.delete(path);
    this.#sent.delete(path);
    this.#keep.remove(path, draft.text);
    this.#listener.onDraft(path, null);
  }

  /** Ends all timers; what is not stored yet stays in the browser for the next page. */
  stop(): void {
    for (const path of [...this.#timers.keys()]) this.#cancel(path);
  }

  async #write(draft: Draft): Promise<void> {
    const { path, text } = draft;
    this.#set({ ...draft, state: { kind: "saving" } });
    this.#sent.set(path, new Set(this.#sent.get(path)).add(text));
    this.#keepText(path, text, draft.etag);
    try {
      const etag = await this.#transport.put(path, text, draft.etag);
      this.#saved(this.#drafts.get(path), { etag, text });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 412) await this.#meetTheirs(path);
      else this.#failed(path, error);
    }
  }

  /** The write was not based on what the server has: finds out whether the texts really differ. */
  async #meetTheirs(path: string): Promise<void> {
    try {
      const theirs = await this.#transport.get(path);
      const draft = this.#drafts.get(path);
      if (draft === undefined) return;
      const isOurs = theirs !== null && (theirs.text === draft.text || this.#sent.get(path)?.has(theirs.text) === true);
      if (isOurs) this.#saved(draft, theirs);
      else this.#set({ ...draft, state: { kind: "conflict", theirs } });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      this.#failed(path, error);
    }
  }

  #saved(draft: Draft | undefined, stored: Stored): void {
    if (draft === undefined) return;
    const { path, text } = draft;
    this.#attempts.delete(path);
    this.#sent.delete(path);
    const state: DraftState = text === stored.text ? SAVED : { kind: "waiting" };
    this.#set({ path, text, etag: stored.etag, base: stored.text, state });
    if (state.kind === "waiting") {
      this.#keepText(path, text, stored.etag);
      this.#schedule(path, this.#delayMs);
    } else {
      this.#cancel(path);
      this.#keep.remove(path, text);
    }
  }

  #failed(path: string, problem: ApiProblem): void {
    const draft = this.#drafts.get(path);
    if (draft === undefined) return;
    if (!mayHeal(problem)) {
      this.#set({ ...draft, state: { kind: "refused", problem } });
      return;
    }
    const attempt = this.#attempts.get(path) ?? 0;
    this.#attempts.set(path, attempt + 1);
    this.#set({ ...draft, state: { kind: "retrying", problem } });
    this.#schedule(path, backoff(attempt));
  }

  #replace(draft: Draft, stored: Stored): void {
    this.#cancel(draft.path);
    this.#set({ path: draft.path, etag: stored.etag, base: stored.text, text: stored.text, state: SAVED });
    if (stored.text !== draft.text) this.#listener.onText(draft.path, stored.text);
  }

  #keepText(path: string, text: string, etag: string | null): void {
    const sent = [...(this.#sent.get(path) ?? [])].at(-1);
    this.#keep.put(path, sent === undefined ? { text, etag } : { text, etag, sent });
  }

  #set(draft: Draft): void {
    this.#drafts.set(draft.path, draft);
    this.#listener.onDraft(draft.path, draft);
  }

  #schedule(path: string, delayMs: number): void {
    this.#cancel(path);
    this.#timers.set(path, setTimeout(() => void this.save(path), delayMs));
  }

  #cancel(path: string): void {
    clearTimeout(this.#timers.get(path));
    this.#timers.delete(path);
  }
}
