import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, Copy, ExternalLink, LayoutGrid } from "lucide-react";
import { useLocation } from "wouter";
import { appsQuery } from "@/api/queries";
import { copyText } from "@/lib/clipboard";
import { useLive } from "@/state/live";
import { Menu, type MenuItem } from "@/ui";

const SHOWN = 12;

/** The open app's name; behind it, the other apps and the app's address. */
export function AppSwitcher({ app }: { app: string }) {
  const { data: apps } = useQuery(appsQuery);
  const [, navigate] = useLocation();
  const url = useLive((state) => state.run?.url) ?? apps?.find((known) => known.name === app)?.url;
  const others: MenuItem[] = (apps ?? [])
    .filter((known) => known.name !== app)
    .slice(0, SHOWN)
    .map(({ name }) => ({ label: name, onSelect: () => navigate(`/apps/${name}`) }));
  const address: MenuItem[] =
    url === undefined
      ? []
      : [
          { label: "Open the app in a new tab", icon: ExternalLink, onSelect: () => window.open(url, "_blank", "noopener") },
          { label: "Copy the app’s URL", icon: Copy, onSelect: () => void copyText(url, "URL") },
        ];
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex h-7 max-w-48 min-w-0 items-center gap-1 rounded-control px-1.5 font-medium hover:bg-hover max-[799px]:max-w-32"
        >
          <span className="truncate">{app}</span>
          <ChevronsUpDown size={12} className="shrink-0 text-faint" aria-label="Switch app" />
        </button>
      }
      groups={[address, others, [{ label: "All apps", icon: LayoutGrid, onSelect: () => navigate("/") }]].filter((group) => group.length > 0)}
    />
  );
}
