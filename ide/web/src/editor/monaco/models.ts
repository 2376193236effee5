import { editor, type IDisposable, Range } from "monaco-editor/editor";
import { languageOf } from "@/editor/files/paths";
import type { EditorSession } from "@/editor/files/session";
import { difference } from "./edits";
import { uriOf } from "./uris";

type Model = editor.ITextModel;
type Change = editor.IModelContentChangedEvent;

export interface ModelListener {
  onAdded: (path: string, model: Model) => void;
  onChanged: (path: string, model: Model, change: Change) => void;
  onRemoved: (path: string, model: Model) => void;
}

/** Colours stand for what the code means, so brackets have none of their own. */
export const MODEL_OPTIONS: editor.ITextModelUpdateOptions = {
  bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
};

/** A text model for each of the app's files, so that help, references and renames reach all of them. */
export class Models {
  readonly #session: EditorSession;
  readonly #listener: ModelListener;
  readonly #models = new Map<string, { model: Model; subscription: IDisposable }>();
  readonly #stopListening: () => void;
  /** A text from elsewhere is being put into a model: nothing that the person typed. */
  #isFollowing = false;

  /** `originals` are texts as they were before somebody typed in the plain editor. */
  constructor(session: EditorSession, listener: ModelListener, originals: ReadonlyMap<string, string>) {
    this.#session = session;
    this.#listener = listener;
    this.#stopListening = session.listen({
      onText: (path, text) => this.#follow(path, text),
      onFiles: () => this.update(),
    });
    for (const { path, text } of session.drafts.all()) this.#add(path, originals.get(path) ?? text);
    for (const path of originals.keys()) this.#follow(path, session.drafts.get(path)?.text ?? "");
  }

  get(path: string): Model | undefined {
    return this.#models.get(path)?.model;
  }

  entries(): [string, Model][] {
    return [...this.#models].map(([path, { model }]) => [path, model]);
  }

  /** Makes models for new files and takes away those whose file is gone. */
  update(): void {
    const drafts = this.#session.drafts.all();
    const paths = new Set(drafts.map(({ path }) => path));
    for (const path of [...this.#models.keys()]) if (!paths.has(path)) this.#remove(path);
    for (const { path, text } of drafts) if (!this.#models.has(path)) this.#add(path, text);
  }

  dispose(): void {
    this.#stopListening();
    for (const path of [...this.#models.keys()]) this.#remove(path);
  }

  #add(path: string, text: string): void {
    const model = editor.createModel(text, languageOf(path).id, uriOf(path));
    model.updateOptions(MODEL_OPTIONS);
    const subscription = model.onDidChangeContent((change) => {
      if (!this.#isFollowing) this.#session.drafts.edit(path, model.getValue());
      this.#listener.onChanged(path, model, change);
    });
    this.#models.set(path, { model, subscription });
    this.#listener.onAdded(path, model);
  }

  #remove(path: string): void {
    const known = this.#models.get(path);
    if (known === undefined) return;
    this.#models.delete(path);
    known.subscription.dispose();
    this.#listener.onRemoved(path, known.model);
    known.model.dispose();
  }

  /** Puts a text from elsewhere in place: only what differs is replaced, so the cursor and folds stay; Undo takes it back. */
  #follow(path: string, text: string): void {
    const model = this.get(path);
    const change = model === undefined ? null : difference(model.getValue(), text);
    if (model === undefined || change === null) return;
    const range = Range.fromPositions(model.getPositionAt(change.start), model.getPositionAt(change.end));
    this.#isFollowing = true;
    try {
      model.pushStackElement();
      model.pushEditOperations(null, [{ range, text: change.text }], () => null);
      model.pushStackElement();
    } finally {
      this.#isFollowing = false;
    }
  }
}
