import { FilesPane } from "@/editor/FilesPane";

export function Sidebar({ app }: { app: string }) {
  return <FilesPane app={app} />;
}
