import { PanelBottom, PanelLeft, PanelRight } from "lucide-react";
import { useWorkspace, workspace } from "@/state/workspace";
import { IconButton } from "@/ui";

const TOGGLES = {
  sidebar: { icon: PanelLeft, label: "Sidebar", keys: "Mod+B" },
  bottom: { icon: PanelBottom, label: "Output", keys: "Mod+J" },
  panel: { icon: PanelRight, label: "Request panel", keys: "Mod+Alt+B" },
} as const;

/** Shows whether a column is open; a press opens or closes it. */
export function ColumnToggle({ part }: { part: keyof typeof TOGGLES }) {
  const isOpen = useWorkspace((state) => state[part]);
  return (
    <IconButton
      {...TOGGLES[part]}
      aria-pressed={isOpen}
      onClick={() => workspace.toggle(part)}
      className="size-5 text-faint max-[799px]:hidden"
    />
  );
}
