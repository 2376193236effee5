import { editor } from "monaco-editor/editor";
import type { EditorSession } from "@/editor/files/session";
import { languageOf } from "@/editor/files/paths";
import { useFiles } from "@/editor/files/store";
import { MODEL_OPTIONS, type Models } from "./models";
import { codeOptions } from "./options";

interface Shown {
  path: string;
  diff: editor.IStandaloneDiffEditor;
  theirs: editor.ITextModel;
  place: HTMLElement;
}

/** Two texts of one file side by side, over the editor: on the left the other tab's, on the right this one's, which can be edited. */
export class Comparison {
  readonly #host: HTMLElement;
  readonly #session: EditorSession;
  readonly #models: Models;
  readonly #stop: () => void;
  #shown: Shown | null = null;

  constructor(host: HTMLElement, session: EditorSession, models: Models) {
    this.#host = host;
    this.#session = session;
    this.#models = models;
    this.#stop = useFiles.subscribe(() => this.#update());
    this.#update();
  }

  dispose(): void {
    this.#stop();
    this.#close();
  }

  #update(): void {
    const { comparing, active } = useFiles.getState();
    const path = comparing === active ? comparing : null;
    const state = path === null ? undefined : this.#session.drafts.get(path)?.state;
    const theirs = state?.kind === "conflict" ? (state.theirs?.text ?? "") : null;
    const mine = path === null ? undefined : this.#models.get(path);
    if (path === null || theirs === null || mine === undefined) {
      this.#close();
    } else if (this.#shown?.path !== path) {
      this.#close();
      this.#show(path, theirs, mine);
    } else if (this.#shown.theirs.getValue() !== theirs) {
      this.#shown.theirs.setValue(theirs);
    }
  }

  #show(path: string, text: string, mine: editor.ITextModel): void {
    const place = document.createElement("div");
    place.className = "comparison";
    this.#host.append(place);
    const theirs = editor.createModel(text, languageOf(path).id);
    theirs.updateOptions(MODEL_OPTIONS);
    const diff = editor.createDiffEditor(place, {
      ...codeOptions(),
      theme: "podium",
      originalEditable: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderOverviewRuler: false,
      hideUnchangedRegions: { enabled: true },
      originalAriaLabel: `${path} as it was stored by another tab`,
      modifiedAriaLabel: `${path} as it is in this tab`,
    });
    diff.setModel({ original: theirs, modified: mine });
    diff.getModifiedEditor().focus();
    this.#shown = { path, diff, theirs, place };
  }

  #close(): void {
    if (this.#shown === null) return;
    const { diff, theirs, place } = this.#shown;
    this.#shown = null;
    diff.dispose();
    theirs.dispose();
    place.remove();
  }
}
