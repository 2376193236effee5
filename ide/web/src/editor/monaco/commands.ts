import type { editor } from "monaco-editor/editor";
import type { Command } from "@/state/commands";
import { isApple } from "@/state/keys";

type Code = editor.IStandaloneCodeEditor;

/** Monaco's own keys are only shown here; it takes them itself while it has the focus. */
const ACTIONS: readonly (Pick<Command, "id" | "title" | "keywords" | "shownKeys"> & { action: string; group?: Command["group"] })[] = [
  { id: "editor.symbol", title: "Go to symbol in file", action: "editor.action.quickOutline", group: "Go to", shownKeys: "Mod+Shift+O" },
  { id: "editor.line", title: "Go to line", action: "editor.action.gotoLine", group: "Go to", keywords: ["number"] },
  { id: "editor.definition", title: "Go to definition", action: "editor.action.revealDefinition", group: "Go to", shownKeys: "F12" },
  { id: "editor.references", title: "Find references", action: "editor.action.goToReferences", group: "Go to", shownKeys: "Shift+F12" },
  { id: "editor.rename", title: "Rename symbol", action: "editor.action.rename", keywords: ["refactor"], shownKeys: "F2" },
  { id: "editor.fix", title: "Show fixes", action: "editor.action.quickFix", keywords: ["quick fix", "code action", "import"], shownKeys: "Mod+." },
  { id: "editor.format", title: "Format file", action: "editor.action.formatDocument", keywords: ["pretty", "indent"], shownKeys: "Shift+Alt+F" },
  { id: "editor.find", title: "Find in file", action: "actions.find", keywords: ["search"], shownKeys: "Mod+F" },
  { id: "editor.replace", title: "Replace in file", action: "editor.action.startFindReplaceAction" },
  { id: "editor.comment", title: "Toggle line comment", action: "editor.action.commentLine", shownKeys: "Mod+/" },
  { id: "editor.fold", title: "Fold everything", action: "editor.foldAll" },
  { id: "editor.unfold", title: "Unfold everything", action: "editor.unfoldAll" },
  { id: "editor.tabFocus", title: "Tab moves the focus, or types", action: "editor.action.toggleTabFocusMode", keywords: ["accessibility"], shownKeys: isApple ? "Ctrl+Shift+M" : "Mod+M" },
];

/** What Monaco can do, for the palette. */
export function editorCommands(code: Code): Command[] {
  return ACTIONS.map(({ action, group = "Editor", ...rest }) => ({
    ...rest,
    group,
    enabled: () => code.getModel() !== null,
    run: () => {
      code.focus();
      code.trigger("palette", action, null);
    },
  }));
}
