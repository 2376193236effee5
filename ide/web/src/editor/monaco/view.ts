import { editor, type IDisposable, Selection } from "monaco-editor/editor";
import { isLibrary, languageOf } from "@/editor/files/paths";
import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import type { Position } from "@/editor/plain/handover";
import { ViewStates } from "@/editor/viewStates";
import { type Place, useEditor } from "@/state/editor";
import { editorOptions } from "./options";

type Model = editor.ITextModel;

/** Finds or fetches what a tab shows. */
export type ModelFor = (tab: string) => Model | null | Promise<Model | null>;

/** The one code editor: shows the active tab, goes to wished places, reports where the cursor is. */
export class View {
  readonly code: editor.IStandaloneCodeEditor;
  readonly #states: ViewStates;
  readonly #modelFor: ModelFor;
  readonly #disposables: IDisposable[] = [];
  readonly #stops: (() => void)[];
  /** The tab that was asked for, and the one whose text is there already. */
  #tab: string | null = null;
  #shown: string | null = null;
  #lastWish = 0;
  #top: number;
  /** Where the plain editor was left, until that is gone to. */
  #left: Position | null;

  constructor(host: HTMLElement, session: EditorSession, modelFor: ModelFor, left: Position | null) {
    this.#modelFor = modelFor;
    this.#left = left;
    this.#states = new ViewStates(session.app);
    this.code = editor.create(host, editorOptions());
    this.#top = host.offsetTop;
    this.#disposables.push(
      this.code.onDidChangeCursorPosition(({ position }) =>
        useEditor.setState({ cursor: { line: position.lineNumber, column: position.column } }),
      ),
    );
    const still = new ResizeObserver(() => this.#stayInPlace(host));
    still.observe(host);
    const store = (): void => this.#remember();
    window.addEventListener("pagehide", store);
    this.#stops = [
      () => still.disconnect(),
      () => window.removeEventListener("pagehide", store),
      useFiles.subscribe(({ active }, before) => {
        if (active !== before.active) void this.update();
      }),
      useEditor.subscribe(({ wish }, before) => {
        if (wish !== before.wish) this.#fulfil();
      }),
      session.listen({
        onRename: (from, to) => this.#onRename(from, to),
        onFiles: () => void this.update(),
      }),
    ];
    // Code is measured when the editor is made, which may be before its font has arrived.
    void document.fonts.load(`${editorOptions().fontSize ?? 13}px ${editorOptions().fontFamily ?? ""}`).then(
      () => editor.remeasureFonts(),
      // It did not arrive, and the next font of the list is used: measured already.
      () => undefined,
    );
    void this.update();
  }

  /** Shows the active tab, with the cursor and the folds where they were. */
  async update(): Promise<void> {
    const { active } = useFiles.getState();
    if (active !== this.#tab) {
      this.#remember();
      this.#tab = active;
      useEditor.setState({ language: active === null ? null : languageOf(active).label });
    }
    const model = active === null ? null : await this.#modelFor(active);
    if (useFiles.getState().active !== active) return;
    if (this.code.getModel() === model) {
      this.#fulfil();
      return;
    }
    this.code.setModel(model);
    this.#shown = model === null ? null : active;
    if (active === null || model === null) {
      useEditor.setState({ cursor: null });
      return;
    }
    this.code.updateOptions({ readOnly: isLibrary(active), ariaLabel: `Code of ${active}` });
    const state = this.#states.get(active);
    if (state !== null) this.code.restoreViewState(state);
    if (this.#left?.path === active) this.#goOn(this.#left);
    this.#left = null;
    const position = this.code.getPosition();
    useEditor.setState({ cursor: position === null ? null : { line: position.lineNumber, column: position.column } });
    this.#fulfil();
  }

  dispose(): void {
    this.#remember();
    for (const stop of this.#stops) stop();
    for (const disposable of this.#disposables) disposable.dispose();
    this.code.dispose();
  }

  /** Takes over where the plain editor was left. */
  #goOn({ anchor, cursor, top, left, hasFocus }: Position): void {
    this.code.setSelection(new Selection(anchor.line, anchor.column, cursor.line, cursor.column));
    this.code.setScrollPosition({ scrollTop: top, scrollLeft: left }, editor.ScrollType.Immediate);
    if (hasFocus) this.code.focus();
  }

  #remember(): void {
    if (this.#shown !== null) this.#states.set(this.#shown, this.code.saveViewState());
    this.#states.store();
  }

  #onRename(from: string, to: string): void {
    this.#remember();
    this.#states.rename(from, to);
    if (this.#tab === from) this.#tab = to;
    if (this.#shown === from) this.#shown = to;
  }

  /** Goes to the place that somebody wants to see, once its tab is the one shown. */
  #fulfil(): void {
    const { wish } = useEditor.getState();
    if (wish === null || wish.seq <= this.#lastWish || wish.place.path !== this.#shown) return;
    this.#lastWish = wish.seq;
    this.#goTo(wish.place);
  }

  #goTo({ line, column }: Place): void {
    const model = this.code.getModel();
    if (line !== undefined && model !== null) {
      const { lineNumber } = model.validatePosition({ lineNumber: line, column: 1 });
      // An empty line answers 0.
      const first = Math.max(1, model.getLineFirstNonWhitespaceColumn(lineNumber));
      const position = { lineNumber, column: column ?? first };
      this.code.setPosition(position);
      this.code.revealPositionInCenterIfOutsideViewport(position);
    }
    this.code.focus();
  }

  /** A strip above the editor comes or goes: the lines stay where they are on the screen. */
  #stayInPlace(host: HTMLElement): void {
    const moved = host.offsetTop - this.#top;
    this.#top = host.offsetTop;
    if (moved !== 0 && host.clientHeight > 0) this.code.setScrollTop(Math.max(0, this.code.getScrollTop() + moved), editor.ScrollType.Immediate);
  }
}
