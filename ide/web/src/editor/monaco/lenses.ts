import { editor, Emitter, type IDisposable, languages } from "monaco-editor/editor";
import type { Route } from "@/api/types";
import { useLive } from "@/state/live";
import { panel } from "@/state/panel";
import { routeActions, type RouteAction } from "./routes";
import { tabOf } from "./uris";

const COMMAND = "podium.fillRequest";

interface Placed {
  decoration: string;
  actions: readonly RouteAction[];
}

/** `GET /notes/{id}  ▷ send` above each handler of the running app; the places move with the lines. */
export class RouteLenses {
  readonly #placed = new Map<editor.ITextModel, Placed[]>();
  readonly #changed = new Emitter<languages.CodeLensProvider>();
  readonly #disposables: IDisposable[];
  readonly #stop: () => void;
  #routes: readonly Route[] = useLive.getState().run?.routes ?? [];

  constructor() {
    const provider: languages.CodeLensProvider = {
      onDidChange: this.#changed.event,
      provideCodeLenses: (model) => ({ lenses: this.#lenses(model), dispose: () => undefined }),
    };
    this.#disposables = [
      this.#changed,
      languages.registerCodeLensProvider({ language: "python", scheme: "file" }, provider),
      editor.registerCommand(COMMAND, (_services, { route, method }: RouteAction) => panel.fill({ route, ...(method !== null && { method }) })),
    ];
    this.#stop = useLive.subscribe(({ run }) => {
      const routes = run?.routes ?? [];
      if (routes === this.#routes) return;
      this.#routes = routes;
      for (const model of this.#placed.keys()) this.#place(model);
      this.#changed.fire(provider);
    });
  }

  add(model: editor.ITextModel): void {
    this.#place(model);
  }

  remove(model: editor.ITextModel): void {
    this.#placed.delete(model);
  }

  dispose(): void {
    this.#stop();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Marks the handlers' lines as the routes of the last load name them. */
  #place(model: editor.ITextModel): void {
    const old = (this.#placed.get(model) ?? []).map(({ decoration }) => decoration);
    const byLine = [...routeActions(this.#routes, tabOf(model.uri), model.getLinesContent())];
    const ids = model.deltaDecorations(
      old,
      byLine.map(([line]) => ({
        range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 },
        options: { stickiness: editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges },
      })),
    );
    this.#placed.set(
      model,
      byLine.map(([, actions], index) => ({ decoration: ids[index] ?? "", actions })),
    );
  }

  #lenses(model: editor.ITextModel): languages.CodeLens[] {
    return (this.#placed.get(model) ?? []).flatMap(({ decoration, actions }) => {
      const range = model.getDecorationRange(decoration);
      if (range === null) return [];
      return actions.map((action) => ({
        range,
        command: { id: COMMAND, title: action.title, tooltip: "Fill the request panel with this route", arguments: [action] },
      }));
    });
  }
}
