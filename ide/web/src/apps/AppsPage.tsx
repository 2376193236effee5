import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Suspense, useEffect, useMemo, useState } from "react";
import { explain } from "@/api/problem";
import { appsQuery, sessionQuery } from "@/api/queries";
import { prefetchWorkspace } from "@/app/pages";
import { lazyPart } from "@/lib/parts";
import { useTitle } from "@/lib/useTitle";
import { type Command, useRegisterCommands } from "@/state/commands";
import { Button, EmptyState } from "@/ui";
import { Mark } from "@/ui/Mark";
import { ThemeMenu } from "@/ui/ThemeMenu";
import { AppTable } from "./AppTable";
import { SearchBox } from "./SearchBox";
import { Templates } from "./Templates";

const NewAppDialog = lazyPart(() => import("./NewAppDialog").then((module) => module.NewAppDialog));

/** Fetches the workspace and Monaco once this page is shown, when the browser has nothing better to do. */
function usePrefetch(ready: boolean): void {
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(prefetchWorkspace, 300);
    return () => clearTimeout(timer);
  }, [ready]);
}

function FirstVisit() {
  return (
    <div className="mx-auto w-full max-w-250 px-4 pt-12 pb-10">
      <h1 className="text-center text-heading font-semibold">What would you like to build?</h1>
      <p className="mt-1 mb-6 text-center text-muted">Pick a start. It opens running, with its first request ready to send.</p>
      <Templates />
    </div>
  );
}

/** The list of apps. */
export function AppsPage() {
  useTitle("Apps");
  const { data: apps, error, refetch } = useQuery(appsQuery);
  // Asked here already, so that the first write need not wait for its CSRF token.
  useQuery(sessionQuery);
  usePrefetch(apps !== undefined);
  const [isCreating, setCreating] = useState(false);
  const [search, setSearch] = useState("");
  const commands = useMemo<readonly Command[]>(
    () => [{ id: "app.new", title: "Create an app", group: "App", keywords: ["new", "template"], run: () => setCreating(true) }],
    [],
  );
  useRegisterCommands(commands);
  const isFirstVisit = apps?.length === 0;
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-(--height-topbar) shrink-0 items-center gap-2 border-b border-line bg-raised px-3.5 font-semibold">
        <Mark /> Podium
        <span className="flex-1" />
        <ThemeMenu />
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto">
        {apps === undefined && error !== null && (
          <EmptyState title={explain(error).title} action={<Button onClick={() => void refetch()}>Try again</Button>}>
            {explain(error).detail}
          </EmptyState>
        )}
        {isFirstVisit && <FirstVisit />}
        {!isFirstVisit && (apps !== undefined || error === null) && (
          <div className="mx-auto w-full max-w-270 px-4 pt-6 pb-10">
            <div className="mb-3 flex items-center gap-3">
              <h1 className="text-heading font-semibold">Apps</h1>
              <span className="flex-1" />
              <SearchBox value={search} onChange={setSearch} />
              <Button variant="primary" onClick={() => setCreating(true)}>
                <Plus size={14} aria-hidden /> New app
              </Button>
            </div>
            <AppTable apps={apps} search={search} onClear={() => setSearch("")} />
          </div>
        )}
      </main>
      <Suspense>{isCreating && <NewAppDialog onClose={() => setCreating(false)} />}</Suspense>
    </div>
  );
}
