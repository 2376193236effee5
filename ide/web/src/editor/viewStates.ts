import type { editor } from "monaco-editor/editor";
import { recall, remember } from "@/lib/storage";

type ViewState = editor.ICodeEditorViewState;
type ByTab = Record<string, ViewState>;

const isByTab = (value: unknown): value is ByTab =>
  typeof value === "object" && value !== null && Object.values(value).every((state) => typeof state === "object" && state !== null && "cursorState" in state);

/** Where the cursor, the scroll position and the folds of each file are, also for the next time the app is opened. */
export class ViewStates {
  readonly #key: string;
  readonly #states: Map<string, ViewState>;

  constructor(app: string) {
    this.#key = `view.${app}`;
    this.#states = new Map(Object.entries(recall<ByTab>(this.#key, isByTab, {})));
  }

  get(tab: string): ViewState | null {
    return this.#states.get(tab) ?? null;
  }

  set(tab: string, state: ViewState | null): void {
    if (state !== null) this.#states.set(tab, state);
  }

  rename(from: string, to: string): void {
    const state = this.#states.get(from);
    if (state === undefined) return;
    this.#states.delete(from);
    this.#states.set(to, state);
  }

  store(): void {
    remember(this.#key, Object.fromEntries(this.#states));
  }
}
