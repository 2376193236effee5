import { arrival, lazyPart } from "@/lib/parts";

const importCodeEditor = () => import("@/editor/Surface");
const importMenu = () => import("@/ui/LoadedMenu");
const importSession = () => import("@/editor/files/useSession");

export const AppsPage = lazyPart(() => import("@/apps/AppsPage").then((module) => module.AppsPage));
export const SignInPage = lazyPart(() => import("@/signin/SignInPage").then((module) => module.SignInPage));
export const WorkspacePage = lazyPart(() => import("@/workspace/WorkspacePage").then((module) => module.WorkspacePage));
export const EditorArea = lazyPart(() => import("@/editor/EditorArea").then((module) => module.EditorArea));

/** Fetches what the workspace shows first, side by side. */
async function fetchWorkspace(): Promise<void> {
  await Promise.all([WorkspacePage.fetch(), EditorArea.fetch(), arrival(importMenu)]);
}

/** Fetches all that the workspace needs, to be called while another page is open. */
export function prefetchWorkspace(): void {
  void fetchWorkspace();
  void arrival(importCodeEditor).then((module) => module.fetchCodeEditor());
}

/** Fetches what an app's page shows first, and reads the app's files at the same time. */
export async function openWorkspace(app: string): Promise<void> {
  void arrival(importSession).then((module) => module.beginSession(app));
  await fetchWorkspace();
}
