import { useEffect } from "react";
import { filesQuery } from "@/api/queries";
import { queryClient } from "@/app/queryClient";
import { Button, EmptyState } from "@/ui";
import { firstFile } from "./files/paths";
import type { EditorSession } from "./files/session";
import { useFiles } from "./files/store";
import { useSession } from "./files/useSession";
import { Strips } from "./strips/Strips";
import { Surface } from "./Surface";
import { TabBar } from "./tabs/TabBar";
import { useFileCommands } from "./useFileCommands";

function NoTab({ session }: { session: EditorSession }) {
  const files = useFiles((state) => state.files);
  const first = firstFile([...files.keys()]);
  if (first === null) return <EmptyState title="This app has no files">Add one with + in the list of files.</EmptyState>;
  return (
    <EmptyState title="No file is open" action={<Button onClick={() => session.show(first)}>Open {first}</Button>}>
      Choose one from the list of files.
    </EmptyState>
  );
}

function LoadFailed({ session }: { session: EditorSession }) {
  const problem = useFiles((state) => state.problem);
  return (
    <EmptyState title={problem?.title ?? "The files could not be read"} action={<Button onClick={() => void session.load()}>Try again</Button>}>
      {problem?.message}
    </EmptyState>
  );
}

/** Tabs, what must be known about the file, and its text. */
export function EditorArea({ app }: { app: string }) {
  const session = useSession(app);
  useFileCommands(session);
  const status = useFiles((state) => state.status);
  const hasTab = useFiles((state) => state.active !== null);
  const isTextHidden = status === "failed" || (status === "ready" && !hasTab);
  useEffect(() => session.listen({ onFiles: () => void queryClient.invalidateQueries(filesQuery(app)) }), [session, app]);
  return (
    <div className="relative flex h-full flex-col bg-bg">
      <TabBar session={session} />
      <Strips session={session} />
      <div className="relative min-h-0 flex-1">
        <Surface session={session} />
        {isTextHidden && (
          <div className="absolute inset-0 z-10 bg-bg">{status === "failed" ? <LoadFailed session={session} /> : <NoTab session={session} />}</div>
        )}
      </div>
    </div>
  );
}
