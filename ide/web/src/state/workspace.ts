import { create } from "zustand";
import { recall, remember } from "@/lib/storage";

export type BottomTab = "problems" | "logs" | "console" | "requests";
export type NarrowTab = "files" | "code" | "request" | "output";

interface Layout {
  sidebar: boolean;
  bottom: boolean;
  panel: boolean;
  bottomTab: BottomTab;
}

interface Workspace extends Layout {
  /** Which column is shown when there is room for one only. */
  narrowTab: NarrowTab;
  palette: "commands" | "files" | null;
  keysOpen: boolean;
}

/** A low and narrow window has no room for code, request and output over one another. */
const FIRST: Layout = {
  sidebar: true,
  bottom: window.innerWidth >= 1100 || window.innerHeight >= 900,
  panel: true,
  bottomTab: "problems",
};

function isLayout(value: unknown): value is Layout {
  if (typeof value !== "object" || value === null) return false;
  const layout = value as Record<string, unknown>;
  return (
    ["sidebar", "bottom", "panel"].every((key) => typeof layout[key] === "boolean") &&
    ["problems", "logs", "console", "requests"].includes(layout["bottomTab"] as string)
  );
}

export const useWorkspace = create<Workspace>(() => ({
  ...recall("layout", isLayout, FIRST),
  narrowTab: "code",
  palette: null,
  keysOpen: false,
}));

useWorkspace.subscribe(({ sidebar, bottom, panel, bottomTab }) => remember("layout", { sidebar, bottom, panel, bottomTab }));

export const workspace = {
  set: useWorkspace.setState,
  toggle: (part: "sidebar" | "bottom" | "panel"): void => useWorkspace.setState((state) => ({ [part]: !state[part] })),
  /** Shows a tab of the bottom panel, opening the panel where it is closed. */
  showBottom: (bottomTab: BottomTab): void => useWorkspace.setState({ bottom: true, bottomTab, narrowTab: "output" }),
};
