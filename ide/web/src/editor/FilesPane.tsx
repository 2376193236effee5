import { FilePlus } from "lucide-react";
import { Button, IconButton, SidebarSection, Skeleton } from "@/ui";
import { useFiles } from "./files/store";
import { useSession } from "./files/useSession";
import { treeActions, useNaming } from "./tree/actions";
import { FileTree } from "./tree/FileTree";

/** The app's files in the sidebar. */
export function FilesPane({ app }: { app: string }) {
  const session = useSession(app);
  const status = useFiles((state) => state.status);
  const isEmpty = useFiles((state) => state.files.size === 0);
  const isNaming = useNaming((state) => state.naming !== null);
  return (
    <SidebarSection title="Files" actions={<IconButton icon={FilePlus} label="Add a file" keys="Alt+N" className="size-6" onClick={treeActions.add} />}>
      {status === "loading" && (
        <div className="flex flex-col gap-3 py-2 pr-8 pl-7">
          <Skeleton className="h-2.5 w-20" />
          <Skeleton className="h-2.5 w-28" />
          <Skeleton className="h-2.5 w-16" />
        </div>
      )}
      {status === "failed" && (
        <p className="px-4 py-1 text-small text-muted">
          The files could not be read. <Button variant="ghost" onClick={() => void session.load()}>Try again</Button>
        </p>
      )}
      {status === "ready" && isEmpty && !isNaming && (
        <p className="px-4 py-1 text-small text-faint">This app has no files. Add one to write its code.</p>
      )}
      {status === "ready" && <FileTree session={session} />}
    </SidebarSection>
  );
}
