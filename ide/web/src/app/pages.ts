import { lazy } from "react";

const importWorkspace = () => import("@/workspace/WorkspacePage");
const importEditor = () => import("@/editor/EditorArea");
const importMenu = () => import("@/ui/LoadedMenu");

export const AppsPage = lazy(() => import("@/apps/AppsPage").then((module) => ({ default: module.AppsPage })));
export const SignInPage = lazy(() => import("@/signin/SignInPage").then((module) => ({ default: module.SignInPage })));
export const WorkspacePage = lazy(() => importWorkspace().then((module) => ({ default: module.WorkspacePage })));
export const EditorArea = lazy(() => importEditor().then((module) => ({ default: module.EditorArea })));

/** Fetches what the workspace needs, side by side: the shell and the editor, which is most of it. */
export function prefetchWorkspace(): void {
  void importWorkspace();
  void importEditor();
  void importMenu();
}
