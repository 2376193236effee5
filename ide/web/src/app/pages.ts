import { arrival, lazyPart } from "@/lib/parts";

const importWorkspace = () => import("@/workspace/WorkspacePage");
const importEditor = () => import("@/editor/EditorArea");
const importCodeEditor = () => import("@/editor/Surface");
const importMenu = () => import("@/ui/LoadedMenu");

export const AppsPage = lazyPart(() => import("@/apps/AppsPage").then((module) => module.AppsPage));
export const SignInPage = lazyPart(() => import("@/signin/SignInPage").then((module) => module.SignInPage));
export const WorkspacePage = lazyPart(() => importWorkspace().then((module) => module.WorkspacePage));
export const EditorArea = lazyPart(() => importEditor().then((module) => module.EditorArea));

/** Fetches what the workspace shows first, side by side. */
export function fetchWorkspace(): void {
  void arrival(importWorkspace);
  void arrival(importEditor);
  void arrival(importMenu);
}

/** Fetches all that the workspace needs, to be called while another page is open. */
export function prefetchWorkspace(): void {
  fetchWorkspace();
  void arrival(importCodeEditor).then((module) => module.fetchCodeEditor());
}
