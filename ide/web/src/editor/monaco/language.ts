import { editor, type IDisposable, MarkerSeverity, Uri } from "monaco-editor/editor";
import type { PublishDiagnosticsParams, Diagnostic as LspDiagnostic, TextDocumentItem } from "vscode-languageserver-protocol";
import type { Diagnostic } from "@/api/types";
import { useFiles } from "@/editor/files/store";
import { LanguageClient } from "@/editor/lsp/client";
import { asEnum } from "@/editor/lsp/enums";
import { contentChanges, toRange } from "@/editor/lsp/convert";
import { type Prepare, registerProviders } from "@/editor/lsp/providers";
import { collectProblems } from "@/editor/problems/collect";
import { useEditor } from "@/state/editor";
import { useLive } from "@/state/live";
import { MODEL_OPTIONS } from "./models";
import { addressOf, tabOf } from "./uris";

type Model = editor.ITextModel;

const OWNER = "podium";
/** What somebody is still typing is not complained about: milliseconds since the last keystroke. */
const SHOW_AFTER_MS = 120;
const SEVERITIES = ["error", "warning", "information", "hint"] as const;
const MARKERS = [MarkerSeverity.Error, MarkerSeverity.Warning, MarkerSeverity.Info, MarkerSeverity.Hint] as const;

const documentOf = (model: Model): TextDocumentItem => ({
  uri: model.uri.toString(),
  languageId: model.getLanguageId(),
  version: model.getVersionId(),
  text: model.getValue(),
});

function toProblem(path: string, one: LspDiagnostic): Diagnostic {
  const { range, severity = 1, source = "", code = "", message } = one;
  return { path, range, severity: SEVERITIES[severity - 1] ?? "error", source, code: code.toString(), message: typeof message === "string" ? message : message.value };
}

function toMarker(problem: Diagnostic, { severity = 1, tags = [] }: LspDiagnostic): editor.IMarkerData {
  return {
    ...toRange(problem.range),
    severity: MARKERS[severity - 1] ?? MarkerSeverity.Error,
    message: problem.message,
    source: problem.source,
    ...(problem.code !== "" && { code: problem.code }),
    tags: tags.map((tag) => asEnum(tag)),
  };
}

/** Connects the models with the language server: tells it what changes, and shows what it finds. */
export class LanguageHelp {
  readonly #client: LanguageClient;
  /** Documents that somebody looked at or changed; the server knows the others as they are stored. */
  readonly #open = new Set<Model>();
  readonly #published = new Map<string, PublishDiagnosticsParams>();
  /** When each document was changed last, and what waits to be shown since then. */
  readonly #changed = new Map<string, number>();
  readonly #held = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #stop: () => void;
  readonly #prepare: Prepare;
  #providers: IDisposable[] = [];

  constructor(app: string) {
    const url = new URL(`/api/v1/apps/${encodeURIComponent(app)}/lsp`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.#prepare = async (uri) => (await this.sourceOf(uri)) !== null;
    this.#client = new LanguageClient({
      url,
      documents: () => [...this.#open].map(documentOf),
      onDiagnostics: (params) => this.#takeSoon(params),
      onState: (language) => useFiles.setState({ language }),
      onReady: (capabilities) => {
        this.#unregister();
        const published = (uri: string) => this.#published.get(uri)?.diagnostics ?? [];
        this.#providers = registerProviders({ client: this.#client, prepare: this.#prepare, published }, capabilities);
      },
    });
    this.#stop = useLive.subscribe(({ run }, before) => {
      if (run !== before.run) this.#report();
    });
    this.#report();
  }

  /** The person looks at a document, or it was changed without that. */
  open(model: Model): void {
    if (this.#open.has(model)) return;
    this.#open.add(model);
    this.#client.didOpen(documentOf(model));
  }

  change(model: Model, { changes, versionId }: editor.IModelContentChangedEvent): void {
    this.#changed.set(model.uri.toString(), performance.now());
    if (!this.#open.has(model)) this.open(model);
    else this.#client.didChange(model.uri.toString(), versionId, contentChanges(changes), () => model.getValue());
  }

  close(model: Model): void {
    if (!this.#open.delete(model)) return;
    const uri = model.uri.toString();
    this.#client.didClose(uri);
    clearTimeout(this.#held.get(uri));
    this.#published.delete(uri);
    this.#report();
  }

  /** The text of one of the app's files, or of a library's source, which is fetched; `null` where there is none. */
  async sourceOf(uri: Uri): Promise<Model | null> {
    const known = editor.getModel(uri);
    if (known !== null || uri.scheme !== "library") return known;
    const answer = await this.#client.request<{ text: string }>("podium/source", { uri: addressOf(uri) });
    if (answer === null) return null;
    const fetched = editor.getModel(uri) ?? editor.createModel(answer.text, "python", uri);
    fetched.updateOptions(MODEL_OPTIONS);
    return fetched;
  }

  dispose(): void {
    this.#stop();
    this.#unregister();
    this.#client.stop();
    for (const timer of this.#held.values()) clearTimeout(timer);
    for (const model of editor.getModels()) if (model.uri.scheme === "library") model.dispose();
  }

  #unregister(): void {
    for (const provider of this.#providers) provider.dispose();
    this.#providers = [];
  }

  #takeSoon(params: PublishDiagnosticsParams): void {
    const { uri } = params;
    clearTimeout(this.#held.get(uri));
    const rest = SHOW_AFTER_MS - (performance.now() - (this.#changed.get(uri) ?? -SHOW_AFTER_MS));
    if (rest <= 0) this.#take(params);
    else this.#held.set(uri, setTimeout(() => this.#take(params), rest));
  }

  #take(params: PublishDiagnosticsParams): void {
    const model = editor.getModel(Uri.parse(params.uri));
    // What was found in an older text than the one on the screen would stand in the wrong places.
    if (model !== null && params.version != null && params.version < model.getVersionId()) return;
    this.#published.set(params.uri, params);
    if (model !== null) {
      const path = tabOf(model.uri) ?? "";
      editor.setModelMarkers(model, OWNER, params.diagnostics.map((one) => toMarker(toProblem(path, one), one)));
    }
    this.#report();
  }

  /** Tells the rest of the workspace about all problems. */
  #report(): void {
    const byPath = new Map<string, Diagnostic[]>();
    for (const { uri, diagnostics } of this.#published.values()) {
      const path = tabOf(Uri.parse(uri));
      if (path !== null) byPath.set(path, diagnostics.map((one) => toProblem(path, one)));
    }
    useEditor.setState({ diagnostics: collectProblems(byPath, useLive.getState().run) });
  }
}
