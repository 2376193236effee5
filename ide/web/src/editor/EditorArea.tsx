import { useEffect, useRef, useState } from "react";
import { filesQuery } from "@/api/queries";
import { Arriving } from "@/app/Arriving";
import { queryClient } from "@/app/queryClient";
import { arrival } from "@/lib/parts";
import { Button, EmptyState } from "@/ui";
import { firstFile } from "./files/paths";
import type { EditorSession } from "./files/session";
import { useFiles } from "./files/store";
import { useSession } from "./files/useSession";
import { Placeholder } from "./Placeholder";
import { Strips } from "./strips/Strips";
import { TabBar } from "./tabs/TabBar";
import { useFileCommands } from "./useFileCommands";

// Monaco is most of what the workspace loads, so it is asked for as soon as this module is.
const loading = arrival(() => import("./monaco/mount"));

/** The code editor, once it has arrived and as long as the app is open. */
function Surface({ session }: { session: EditorSession }) {
  const host = useRef<HTMLDivElement>(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    let unmount: (() => void) | undefined;
    let isGone = false;
    loading
      .then(({ mountEditor }) => {
        if (isGone || host.current === null) return;
        unmount = mountEditor(host.current, session);
        setReady(true);
      })
      .catch((error: unknown) =>
        setReady(() => {
          // Thrown here it reaches the boundary, which says so in the editor's place.
          throw error;
        }),
      );
    return () => {
      isGone = true;
      unmount?.();
      setReady(false);
    };
  }, [session]);
  return (
    <>
      <div ref={host} className="monaco-component absolute inset-0" />
      {!isReady && (
        <div className="absolute inset-0">
          <Arriving part="editor">
            <Placeholder />
          </Arriving>
        </div>
      )}
    </>
  );
}

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
  useEffect(
    () =>
      session.listen({
        onText: () => undefined,
        onRename: () => undefined,
        onFiles: () => void queryClient.invalidateQueries(filesQuery(app)),
      }),
    [session, app],
  );
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
