import { useMemo } from "react";
import { type Command, useRegisterCommands } from "@/state/commands";
import { editor, useEditor } from "@/state/editor";
import { announce } from "@/state/announce";
import { isLibrary } from "./files/paths";
import type { EditorSession } from "./files/session";
import { useFiles } from "./files/store";
import { nextProblem } from "./problems/collect";
import { treeActions } from "./tree/actions";

function goToProblem(step: 1 | -1): void {
  const { activePath, cursor, diagnostics } = useEditor.getState();
  const problem = nextProblem(diagnostics, activePath === null ? null : { path: activePath, line: cursor?.line ?? 1, column: cursor?.column ?? 1 }, step);
  if (problem === null) return;
  const { path, range, message, severity } = problem;
  editor.open({ path, line: range.start.line + 1, column: range.start.character + 1 });
  announce(`${severity} in ${path}, line ${range.start.line + 1}: ${message}`);
}

const hasProblems = (): boolean => useEditor.getState().diagnostics.length > 0;

function withActive(act: (tab: string) => void): () => void {
  return () => {
    const { active } = useFiles.getState();
    if (active !== null) act(active);
  };
}

function commandsFor(session: EditorSession): Command[] {
  const isOpen = (): boolean => useFiles.getState().active !== null;
  const isFile = (): boolean => {
    const { active } = useFiles.getState();
    return active !== null && !isLibrary(active);
  };
  return [
    { id: "problem.next", title: "Next problem", group: "Go to", keys: "F8", keywords: ["error", "warning"], enabled: hasProblems, run: () => goToProblem(1) },
    { id: "problem.previous", title: "Previous problem", group: "Go to", keys: "Shift+F8", keywords: ["error", "warning"], enabled: hasProblems, run: () => goToProblem(-1) },
    { id: "file.new", title: "Add a file", group: "File", keys: "Alt+N", keywords: ["new", "create"], run: treeActions.add },
    { id: "file.rename", title: "Rename this file", group: "File", keywords: ["move"], enabled: isFile, run: withActive(treeActions.rename) },
    { id: "file.delete", title: "Delete this file", group: "File", keywords: ["remove"], enabled: isFile, run: withActive((tab) => void session.remove(tab)) },
    { id: "file.close", title: "Close tab", group: "File", keys: "Alt+W", enabled: isOpen, run: withActive((tab) => session.close(tab)) },
    { id: "file.nextTab", title: "Next tab", group: "File", keys: "Alt+PageDown", enabled: isOpen, run: () => session.step(1) },
    { id: "file.previousTab", title: "Previous tab", group: "File", keys: "Alt+PageUp", enabled: isOpen, run: () => session.step(-1) },
    { id: "editor.focus", title: "Go to the code", group: "Go to", enabled: isOpen, run: withActive((path) => editor.open({ path })) },
  ];
}

/** What can be done with files, tabs and problems, by key and in the palette. */
export function useFileCommands(session: EditorSession): void {
  useRegisterCommands(useMemo(() => commandsFor(session), [session]));
}
