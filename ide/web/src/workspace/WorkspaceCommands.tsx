import { useMemo } from "react";
import { api } from "@/api/client";
import { type Command, useRegisterCommands } from "@/state/commands";
import { useLive } from "@/state/live";
import { runApp, stopApp } from "@/state/run";
import { type BottomTab, type NarrowTab, useWorkspace, workspace } from "@/state/workspace";
import { toast } from "@/ui";
import { focusNextRegion } from "./regions";

const isNarrow = (): boolean => window.matchMedia("(max-width: 799px)").matches;

/** Opens or closes a column; where there is room for one only, goes there and back to the code. */
function toggle(part: "sidebar" | "bottom" | "panel", tab: NarrowTab): void {
  if (!isNarrow()) workspace.toggle(part);
  else workspace.set({ narrowTab: useWorkspace.getState().narrowTab === tab ? "code" : tab });
}

const hasKernel = (): boolean => (useLive.getState().run?.session ?? null) !== null;

function runCommands(app: string): Command[] {
  const params = { params: { path: { app } } };
  return [
    { id: "run.start", title: "Run the app", group: "Run", keys: "Mod+Enter", keywords: ["start", "reload"], run: () => void runApp(app) },
    { id: "run.stop", title: "Stop the app", group: "Run", enabled: hasKernel, run: () => void stopApp(app) },
    {
      id: "run.interrupt",
      title: "Interrupt the kernel",
      group: "Run",
      keywords: ["console", "cancel"],
      enabled: hasKernel,
      run: () => void api.POST("/api/v1/apps/{app}/run/interrupt", params).catch(toast.error),
    },
    {
      id: "run.restart",
      title: "Restart the kernel",
      group: "Run",
      enabled: hasKernel,
      run: () => void api.POST("/api/v1/apps/{app}/run/restart", params).catch(toast.error),
    },
  ];
}

const BOTTOM: readonly { tab: BottomTab; title: string }[] = [
  { tab: "problems", title: "Show problems" },
  { tab: "logs", title: "Show logs" },
  { tab: "console", title: "Show the console" },
  { tab: "requests", title: "Show requests" },
];

const VIEW_COMMANDS: readonly Command[] = [
  { id: "view.sidebar", title: "Toggle the sidebar", group: "View", keys: "Mod+B", run: () => toggle("sidebar", "files") },
  { id: "view.bottom", title: "Toggle the output", group: "View", keys: "Mod+J", run: () => toggle("bottom", "output") },
  { id: "view.panel", title: "Toggle the request panel", group: "View", keys: "Mod+Alt+B", run: () => toggle("panel", "request") },
  ...BOTTOM.map(({ tab, title }): Command => ({ id: `view.${tab}`, title, group: "View", run: () => workspace.showBottom(tab) })),
  { id: "palette.files", title: "Go to a file", group: "Go to", keys: "Mod+P", run: () => workspace.set({ palette: "files" }) },
  { id: "region.next", title: "Next region", group: "Go to", keys: "F6", run: () => focusNextRegion(1) },
  { id: "region.previous", title: "Previous region", group: "Go to", keys: "Shift+F6", run: () => focusNextRegion(-1) },
];

/** The commands of the workspace itself. */
export function WorkspaceCommands({ app }: { app: string }) {
  const commands = useMemo(() => [...runCommands(app), ...VIEW_COMMANDS], [app]);
  useRegisterCommands(commands);
  return null;
}
