import { ApiProblem } from "@/api/problem";
import { editor, type Place, useEditor } from "@/state/editor";
import { useLive } from "@/state/live";
import { useRunProgress } from "@/state/run";
import { toast } from "@/ui/toast";
import type { Draft, DraftState } from "./draft";
import { DraftQueue } from "./drafts";
import { BrowserKeep } from "./keep";
import { firstFile, isLibrary, LIBRARY } from "./paths";
import { summary } from "./status";
import { type Files, NO_FILES, useFiles } from "./store";
import { closeTab, neighbour, recallTabs, rememberTabs, renameTab, showTab, type TabState } from "./tabs";
import { FilesApi } from "./transport";

export interface SessionListener {
  /** A file's text was replaced by somebody else than the person at this keyboard. */
  onText?: (path: string, text: string) => void;
  onRename?: (from: string, to: string) => void;
  /** A file is there now, or is gone. */
  onFiles?: () => void;
}

/** Time for a last debounced write after the app was left. */
const EXIT_DELAY_MS = 600;
const QUIET: ReadonlySet<DraftState["kind"]> = new Set(["saved", "waiting", "saving"]);

/** One app's files while it is open: reads them, stores drafts, follows other tabs, knows what is on the screen. */
export class EditorSession {
  readonly app: string;
  readonly drafts: DraftQueue;
  readonly #api: FilesApi;
  readonly #keep: BrowserKeep;
  readonly #listeners = new Set<SessionListener>();
  #cleanups: (() => void)[] = [];
  #isOpen = false;
  #refreshing = false;
  #refreshAgain = false;

  constructor(app: string) {
    this.app = app;
    this.#api = new FilesApi(app);
    this.#keep = new BrowserKeep(app);
    this.drafts = new DraftQueue(this.#api, this.#keep, {
      onDraft: (path, draft) => this.#onDraft(path, draft),
      onText: (path, text) => this.#listeners.forEach((listener) => listener.onText?.(path, text)),
    });
  }

  start(): void {
    useFiles.setState({ ...NO_FILES, app: this.app });
    const retry = (): void => this.drafts.retryNow();
    window.addEventListener("online", retry);
    this.#isOpen = true;
    this.#cleanups = [
      () => window.removeEventListener("online", retry),
      editor.onFlush(() => this.drafts.flush()),
      useEditor.subscribe(({ wish }, before) => {
        if (wish !== null && wish !== before.wish) this.#follow(wish.place);
      }),
      useLive.subscribe((live, before) => {
        const isBack = live.connection === "open" && before.connection !== "open";
        if (isBack) this.drafts.retryNow();
        if (isBack && useFiles.getState().status === "failed") void this.load();
        else if (isBack || live.files !== before.files) void this.refresh();
      }),
      useRunProgress.subscribe(({ startedAt }) => {
        if (startedAt.has(this.app)) useFiles.setState({ dismissed: null });
      }),
      useFiles.subscribe((files) => this.#report(files)),
    ];
    void this.load();
  }

  /** Ends it; a last write goes out, and what fails stays in the browser for the next time. */
  stop(): void {
    this.#isOpen = false;
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
    setTimeout(() => this.drafts.stop(), EXIT_DELAY_MS);
    if (useFiles.getState().app === this.app) useFiles.setState(NO_FILES);
    useEditor.setState({ wish: null, activePath: null, cursor: null, language: null, save: "saved", saveReason: null, diagnostics: [] });
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads all files; says in the store when that fails. */
  async load(): Promise<void> {
    useFiles.setState({ status: "loading", problem: null });
    try {
      const files = await this.#api.all();
      if (!this.#isOpen) return;
      for (const { path, etag, text } of files) this.drafts.load(path, { etag, text });
      for (const path of this.#keep.paths()) if (this.drafts.get(path) === undefined) this.drafts.loadOrphan(path);
      const paths = [...useFiles.getState().files.keys()];
      const tabs = recallTabs(this.app, (tab) => paths.includes(tab));
      const first = tabs.active ?? firstFile(paths);
      useFiles.setState({ status: "ready", ...(first === null ? tabs : showTab(tabs, first)) });
      this.#changed();
      const { wish } = useEditor.getState();
      if (wish !== null) this.#follow(wish.place);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      useFiles.setState({ status: "failed", problem: error });
    }
  }

  /** Takes over what other tabs changed. Texts with edits of this tab stay as they are and say so. */
  async refresh(): Promise<void> {
    if (useFiles.getState().status !== "ready") return;
    this.#refreshAgain = this.#refreshing;
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      await this.drafts.alone(() => this.#compareWithServer());
    } catch (error) {
      // The connection is away: coming back asks again.
      if (!(error instanceof ApiProblem)) throw error;
    } finally {
      this.#refreshing = false;
    }
    if (this.#refreshAgain) await this.refresh();
  }

  show(tab: string): void {
    this.#setTabs(showTab(useFiles.getState(), tab));
  }

  close(tab: string): void {
    this.#setTabs(closeTab(useFiles.getState(), tab));
  }

  /** Goes to the tab on the right (1) or left (-1). */
  step(by: 1 | -1): void {
    const next = neighbour(useFiles.getState(), by);
    if (next !== null) this.show(next);
  }

  /** Makes a file and opens it; throws ApiProblem. */
  async create(path: string, text = ""): Promise<void> {
    const file = await this.drafts.alone(async () => {
      const made = await this.#api.create(path, text);
      this.drafts.load(made.path, { etag: made.etag, text });
      return made;
    });
    this.#changed();
    editor.open({ path: file.path });
  }

  /** Gives a file another path; throws ApiProblem. */
  async rename(from: string, wanted: string): Promise<void> {
    await this.drafts.flush([from]);
    await this.drafts.alone(async () => {
      const { path: to, etag } = await this.#api.rename(from, wanted, this.drafts.get(from)?.etag ?? "*");
      for (const listener of this.#listeners) listener.onRename?.(from, to);
      this.#setTabs(renameTab(useFiles.getState(), from, to));
      this.drafts.rename(from, to, etag);
    });
    this.#changed();
  }

  /** Deletes a file, which can be undone for a while. */
  async remove(path: string): Promise<void> {
    const draft = this.drafts.get(path);
    if (draft === undefined) return;
    try {
      await this.drafts.alone(async () => {
        await this.#api.remove(path, this.drafts.get(path)?.etag ?? "*");
        this.drafts.remove(path);
      });
    } catch (error) {
      toast.error(error);
      await this.refresh();
      return;
    }
    this.#changed();
    this.#offerBack(`${path} was deleted`, path, draft.text);
  }

  #offerBack(title: string, path: string, text: string): void {
    const bringBack = (): void => void this.create(path, text).catch((error: unknown) => toast.error(error));
    toast.show(title, { durationMs: 10_000, action: { label: "Undo", onClick: bringBack } });
  }

  async #compareWithServer(): Promise<void> {
    const etags = await this.#api.etags();
    const changed = [...etags].filter(([path, etag]) => this.drafts.get(path)?.etag !== etag);
    for (const [path] of changed) this.drafts.changedElsewhere(path, await this.#api.get(path));
    for (const { path, text, state } of this.drafts.all()) {
      if (etags.has(path)) continue;
      this.drafts.changedElsewhere(path, null);
      if (state.kind === "saved") this.#offerBack(`${path} was deleted in another tab`, path, text);
    }
    this.#changed();
  }

  /** Opens the tab of a place that somebody wants to see. */
  #follow({ path }: Place): void {
    if (useFiles.getState().status !== "ready") return;
    if (isLibrary(path) || this.drafts.get(path) !== undefined) this.show(path);
    else toast.show(`${path} is not one of this app’s files`, { detail: "It may have been renamed or deleted since." });
  }

  #onDraft(path: string, draft: Draft | null): void {
    if (!this.#isOpen) return;
    const { files } = useFiles.getState();
    // Every key press comes by here; the screen only changes with the state.
    if (draft !== null && files.get(path)?.kind === draft.state.kind && QUIET.has(draft.state.kind)) return;
    const next = new Map(files);
    if (draft === null) next.delete(path);
    else next.set(path, draft.state);
    const isNew = draft !== null && !files.has(path);
    useFiles.setState({ files: isNew ? new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1))) : next });
    if (draft === null) this.close(path);
    if (draft?.state.kind !== "conflict" && useFiles.getState().comparing === path) useFiles.setState({ comparing: null });
  }

  #setTabs(state: TabState): void {
    useFiles.setState({ tabs: state.tabs, active: state.active });
    rememberTabs(this.app, { ...state, tabs: state.tabs.filter((tab) => !tab.startsWith(LIBRARY)) });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener.onFiles?.();
  }

  #report({ files, active, app }: Files): void {
    if (app !== this.app) return;
    const next = { ...summary(files), activePath: active };
    const now = useEditor.getState();
    if (next.save !== now.save || next.saveReason !== now.saveReason || next.activePath !== now.activePath) useEditor.setState(next);
  }
}
