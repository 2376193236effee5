import { arrival, lazyPart } from "@/lib/parts";

const importWorkspace = () => import("@/workspace/WorkspacePage");
const importEditor = () => import("@/editor/EditorArea");
const importMenu = () => import("@/ui/LoadedMenu");

export const AppsPage = lazyPart(() => import("@/apps/AppsPage").then((module) => module.AppsPage));
export const SignInPage = lazyPart(() => import("@/signin/SignInPage").then((module) => module.SignInPage));
export const WorkspacePage = lazyPart(() => importWorkspace().then((module) => module.WorkspacePage));
export const EditorArea = lazyPart(() => importEditor().then((module) => module.EditorArea));

/** Fetches what the workspace needs, side by side: the shell and the editor, which is most of it. */
export function prefetchWorkspace(): void {
  void arrival(importWorkspace);
  void arrival(importEditor);
  void arrival(importMenu);
}
