import type { editor } from "monaco-editor/editor";
import { useFiles } from "@/editor/files/store";
import { troubleOf } from "@/editor/problems/failure";
import { useLive } from "@/state/live";
import type { Models } from "./models";

function mark(line: number, message: string): editor.IModelDeltaDecoration {
  return {
    range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: Number.MAX_SAFE_INTEGER },
    options: {
      isWholeLine: true,
      className: "failure-line",
      linesDecorationsClassName: "failure-edge",
      hoverMessage: { value: `\`\`\`text\n${message}\n\`\`\`` },
    },
  };
}

/** Brings a line into sight, if its file is the one on the screen. */
export type Reveal = (model: editor.ITextModel, line: number) => void;

/** Marks the line of the app's own code at which the last Run failed, which says why when pointed at. */
export class FailureMark {
  readonly #models: Models;
  readonly #reveal: Reveal;
  readonly #stops: (() => void)[];
  #marked: { model: editor.ITextModel; ids: string[] } | null = null;
  #key: string | null = null;

  constructor(models: Models, reveal: Reveal) {
    this.#models = models;
    this.#reveal = reveal;
    this.#stops = [useLive.subscribe(() => this.update()), useFiles.subscribe(() => this.update())];
    this.update();
  }

  /** Follows the last Run; to be called when models came or went, too. */
  update(): void {
    const trouble = troubleOf(useLive.getState().run);
    const isShown = trouble !== null && trouble.key !== useFiles.getState().dismissed;
    const place = isShown ? trouble.place : null;
    const model = place === null ? undefined : this.#models.get(place.path);
    const key = model === undefined || trouble === null ? null : trouble.key;
    if (key === this.#key && this.#marked?.model === model) return;
    this.#clear();
    this.#key = key;
    if (model === undefined || place === null || trouble === null) return;
    const { lineNumber } = model.validatePosition({ lineNumber: place.line, column: 1 });
    this.#marked = { model, ids: model.deltaDecorations([], [mark(lineNumber, trouble.message)]) };
    this.#reveal(model, lineNumber);
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#clear();
  }

  #clear(): void {
    if (this.#marked !== null && !this.#marked.model.isDisposed()) this.#marked.model.deltaDecorations(this.#marked.ids, []);
    this.#marked = null;
  }
}
