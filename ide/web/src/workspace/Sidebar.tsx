import { FilesPane } from "@/editor/FilesPane";
import { Database } from "./Database";
import { Routes } from "./Routes";
import { EnvironmentVariables } from "./Variables";

/** Files, the running app's routes, its database, and its environment variables. */
export function Sidebar({ app }: { app: string }) {
  return (
    <div className="flex h-full flex-col overflow-y-auto bg-raised pt-1">
      <FilesPane app={app} />
      <Routes />
      <Database />
      <EnvironmentVariables app={app} />
    </div>
  );
}
