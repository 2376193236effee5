import workerUrl from "monaco-editor/editor/editor.worker?worker&url";
import "monaco-editor/features/bracketMatching/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/codeAction/register";
import "monaco-editor/features/codelens/register";
import "monaco-editor/features/codicon/register";
import "monaco-editor/features/comment/register";
import "monaco-editor/features/contextmenu/register";
import "monaco-editor/features/cursorUndo/register";
import "monaco-editor/features/diffEditor/register";
import "monaco-editor/features/find/register";
import "monaco-editor/features/folding/register";
import "monaco-editor/features/format/register";
import "monaco-editor/features/gotoLine/register";
import "monaco-editor/features/gotoSymbol/register";
import "monaco-editor/features/hover/register";
import "monaco-editor/features/indentation/register";
import "monaco-editor/features/lineSelection/register";
import "monaco-editor/features/linesOperations/register";
import "monaco-editor/features/links/register";
import "monaco-editor/features/multicursor/register";
import "monaco-editor/features/parameterHints/register";
import "monaco-editor/features/quickOutline/register";
import "monaco-editor/features/readOnlyMessage/register";
import "monaco-editor/features/referenceSearch/register";
import "monaco-editor/features/rename/register";
import "monaco-editor/features/smartSelect/register";
import "monaco-editor/features/snippet/register";
import "monaco-editor/features/stickyScroll/register";
import "monaco-editor/features/toggleTabFocusMode/register";
import "monaco-editor/features/unusualLineTerminators/register";
import "monaco-editor/features/wordHighlighter/register";
import "monaco-editor/features/wordOperations/register";
// `features/suggest/register` of 0.57 leaves out the completion list itself.
import "monaco-editor/editor/contrib/suggest/browser/suggestController";
import "monaco-editor/languages/definitions/css/register";
import "monaco-editor/languages/definitions/html/register";
import "monaco-editor/languages/definitions/javascript/register";
import "monaco-editor/languages/definitions/markdown/register";
import "monaco-editor/languages/definitions/yaml/register";
import { languages } from "monaco-editor/editor";
import { arrival } from "@/lib/parts";
import * as json from "./json";
import * as python from "./python";
import * as toml from "./toml";

/** Monaco's worker, once its script has arrived: a worker whose script does not come cannot be started again. */
async function startWorker(): Promise<Worker> {
  await arrival(async () => {
    const { ok } = await fetch(workerUrl);
    if (!ok) throw new TypeError(`${workerUrl} did not arrive`);
  });
  return new Worker(workerUrl, { type: "module", name: "editor" });
}

/** Makes Monaco ready: its worker, and the languages that are defined here. Called once, before the first model. */
export function startMonaco(): void {
  self.MonacoEnvironment = { getWorker: startWorker };
  for (const [id, { conf, language }] of Object.entries({ json, python, toml })) {
    languages.register({ id });
    languages.setLanguageConfiguration(id, conf);
    languages.setMonarchTokensProvider(id, language);
  }
}
