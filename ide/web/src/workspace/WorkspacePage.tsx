import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { ApiProblem } from "@/api/problem";
import { appQuery, filesQuery } from "@/api/queries";
import { Arriving } from "@/app/Arriving";
import { ErrorBoundary } from "@/app/ErrorBoundary";
import { NotFound } from "@/app/NotFound";
import { EditorArea } from "@/app/pages";
import { goToSignIn } from "@/app/signedOut";
import { useTitle } from "@/lib/useTitle";
import { RequestPanel } from "@/panel/RequestPanel";
import { followApp, useLive } from "@/state/live";
import { BottomPanel } from "./BottomPanel";
import { Columns } from "./Columns";
import { NarrowTabs } from "./NarrowTabs";
import { Notices } from "./Notices";
import { Sidebar } from "./Sidebar";
import { Slots } from "./slots";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { WorkspaceCommands } from "./WorkspaceCommands";

/** Keeps what was asked over HTTP in step with what the event stream tells. */
function useFollow(name: string): void {
  const client = useQueryClient();
  const files = useLive((state) => state.files);
  const closed = useLive((state) => state.closed);
  useEffect(() => followApp(name), [name]);
  useEffect(() => {
    if (files !== null) void client.invalidateQueries(filesQuery(name));
  }, [client, name, files]);
  useEffect(() => {
    if (closed === 401) goToSignIn();
    else if (closed === 404) void client.invalidateQueries({ queryKey: ["app", name] });
  }, [client, name, closed]);
}

function Workspace({ name }: { name: string }) {
  useTitle(name);
  useFollow(name);
  return (
    <Slots
      contents={{
        sidebar: <Sidebar app={name} />,
        editor: (
          <ErrorBoundary part="editor">
            <Suspense fallback={<Arriving part="editor" />}>
              <EditorArea app={name} />
            </Suspense>
          </ErrorBoundary>
        ),
        panel: (
          <ErrorBoundary part="request panel">
            <RequestPanel app={name} />
          </ErrorBoundary>
        ),
        bottom: <BottomPanel app={name} />,
      }}
    >
      <WorkspaceCommands app={name} />
      <div className="flex h-full flex-col overflow-hidden">
        <TopBar app={name} />
        <Notices app={name} />
        <Columns />
        <NarrowTabs />
        <StatusBar />
      </div>
    </Slots>
  );
}

/** One app: its files, its code, its requests. */
export function WorkspacePage({ name }: { name: string }) {
  const { error } = useQuery(appQuery(name));
  if (error instanceof ApiProblem && error.status === 404) {
    return (
      <NotFound
        title={`There is no app named ${name}`}
        detail="It may have been renamed or deleted. A deleted app can be restored from the list for ten seconds."
      />
    );
  }
  return <Workspace name={name} />;
}
