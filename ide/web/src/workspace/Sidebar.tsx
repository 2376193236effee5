import { FilesPane } from "@/editor/FilesPane";
import { Database } from "./Database";
import { Routes } from "./Routes";

/** Files, the running app's routes, and its database. */
export function Sidebar({ app }: { app: string }) {
  return (
    <div className="flex h-full flex-col overflow-y-auto bg-raised pt-1">
      <FilesPane app={app} />
      <Routes />
      <Database />
    </div>
  );
}
