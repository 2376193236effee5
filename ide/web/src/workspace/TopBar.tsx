import { Search } from "lucide-react";
import { Link } from "wouter";
import { duration } from "@/lib/format";
import { useLive } from "@/state/live";
import { liveStatus } from "@/state/status";
import { workspace } from "@/state/workspace";
import { Kbd, Skeleton, StatusDot } from "@/ui";
import { Mark } from "@/ui/Mark";
import { ThemeMenu } from "@/ui/ThemeMenu";
import { AppSwitcher } from "./AppSwitcher";
import { RunButton } from "./RunButton";

function Status() {
  const run = useLive((state) => state.run);
  const connection = useLive((state) => state.connection);
  const shown = liveStatus(run, connection);
  if (shown === null) return <Skeleton className="h-4 w-24" />;
  const timings = shown.status === "running" ? run?.timings : null;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <StatusDot status={shown.status} word={shown.word} className="min-w-0" />
      {timings && <span className="tabular text-faint max-[640px]:hidden">{duration(timings.total_ms)}</span>}
    </span>
  );
}

function SearchField() {
  return (
    <button
      type="button"
      onClick={() => workspace.set({ palette: "commands" })}
      className="flex h-7 w-56 shrink items-center gap-2 rounded-control border border-line bg-bg px-2 text-faint hover:border-line-strong max-[1099px]:w-auto"
    >
      <Search size={14} aria-hidden />
      <span className="flex-1 text-left max-[1099px]:sr-only">Search or run</span>
      <Kbd keys="Mod+K" className="max-[799px]:hidden" />
    </button>
  );
}

/** Where one is, how the app is, and the one thing to do. */
export function TopBar({ app }: { app: string }) {
  return (
    <header
      data-region="Top bar"
      tabIndex={-1}
      className="grid h-(--height-topbar) shrink-0 grid-cols-[minmax(0,1fr)_auto_minmax(max-content,1fr)] items-center max-[1099px]:grid-cols-[minmax(0,1fr)_auto_auto] gap-3 border-b border-line bg-raised px-2"
    >
      <h1 className="sr-only">{app}</h1>
      <div className="flex min-w-0 items-center gap-3">
        <nav aria-label="Apps" className="flex min-w-0 shrink-0 items-center">
          <Link href="/" aria-label="Podium, all apps" className="flex h-7 items-center gap-2 rounded-control px-1.5 font-semibold hover:bg-hover">
            <Mark />
            <span className="max-[799px]:hidden">Podium</span>
          </Link>
          <span aria-hidden className="text-faint">
            /
          </span>
          <AppSwitcher app={app} />
        </nav>
        <Status />
      </div>
      <SearchField />
      <div className="flex items-center justify-end gap-1.5">
        <RunButton app={app} />
        <ThemeMenu />
      </div>
    </header>
  );
}
