import "./editor.css";
import { editor, Uri } from "monaco-editor/editor";
import { isLibrary } from "@/editor/files/paths";
import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import type { Handover } from "@/editor/plain/handover";
import { editor as editorState } from "@/state/editor";
import { editorCommands } from "./commands";
import { registerCommands } from "@/state/commands";
import { Comparison } from "./comparison";
import { FailureMark } from "./failureMark";
import { LanguageHelp } from "./language";
import { RouteLenses } from "./lenses";
import { type ModelListener, Models } from "./models";
import { startMonaco } from "./setup";
import { followTheme } from "./theme";
import { tabOf } from "./uris";
import { type ModelFor, View } from "./view";

startMonaco();
followTheme();

/** Puts the code editor into `host`, where it goes on from what was `left` until the returned function is called. */
export function mountEditor(host: HTMLElement, session: EditorSession, left: Handover): () => void {
  const help = new LanguageHelp(session.app);
  const lenses = new RouteLenses();
  const listener: ModelListener = {
    onAdded: (_path, model) => lenses.add(model),
    onChanged: (_path, model, change) => help.change(model, change),
    onRemoved: (_path, model) => {
      lenses.remove(model);
      help.close(model);
    },
  };
  const models = new Models(session, listener, left.originals);
  const modelFor: ModelFor = (tab) => {
    if (isLibrary(tab)) return help.sourceOf(Uri.parse(tab));
    const model = models.get(tab) ?? null;
    if (model !== null) help.open(model);
    return model;
  };
  const view = new View(host, session, modelFor, left.position);
  const mark = new FailureMark(models, (model, line) => {
    if (view.code.getModel() === model) view.code.revealLineInCenterIfOutsideViewport(line);
  });
  const opener = editor.registerEditorOpener({
    openCodeEditor(_source, resource, where) {
      const path = tabOf(resource);
      if (path === null) return false;
      const at = where === undefined ? null : "lineNumber" in where ? where : { lineNumber: where.startLineNumber, column: where.startColumn };
      editorState.open(at === null ? { path } : { path, line: at.lineNumber, column: at.column });
      return true;
    },
  });
  const stops = [
    registerCommands(editorCommands(view.code)),
    session.listen({ onFiles: () => mark.update() }),
    () => useFiles.setState({ language: "off" }),
  ];
  const comparison = new Comparison(host, session, models);
  return () => {
    for (const stop of stops) stop();
    opener.dispose();
    comparison.dispose();
    mark.dispose();
    view.dispose();
    models.dispose();
    lenses.dispose();
    help.dispose();
  };
}
