import { Code, Files, ScrollText, Send } from "lucide-react";
import { cx } from "@/lib/cx";
import { type NarrowTab, useWorkspace, workspace } from "@/state/workspace";

const TABS: readonly { tab: NarrowTab; label: string; icon: typeof Code }[] = [
  { tab: "files", label: "Files", icon: Files },
  { tab: "code", label: "Code", icon: Code },
  { tab: "request", label: "Request", icon: Send },
  { tab: "output", label: "Output", icon: ScrollText },
];

/** Chooses the column, where there is room for one only. */
export function NarrowTabs() {
  const current = useWorkspace((state) => state.narrowTab);
  return (
    <nav aria-label="Columns" className="flex h-11 shrink-0 border-t border-line bg-raised min-[800px]:hidden">
      {TABS.map(({ tab, label, icon: Icon }) => (
        <button
          key={tab}
          type="button"
          aria-current={tab === current ? "page" : undefined}
          onClick={() => workspace.set({ narrowTab: tab })}
          className={cx(
            "flex flex-1 items-center justify-center gap-1.5 border-t-2",
            tab === current ? "border-accent text-text" : "border-transparent text-muted",
          )}
        >
          <Icon size={16} strokeWidth={1.75} aria-hidden />
          {label}
        </button>
      ))}
    </nav>
  );
}
