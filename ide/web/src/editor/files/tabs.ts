import { recall, remember } from "@/lib/storage";

export interface TabState {
  tabs: readonly string[];
  active: string | null;
}

/** Shows a tab, which is added behind the active one where it is not open yet. */
export function showTab({ tabs, active }: TabState, tab: string): TabState {
  if (tabs.includes(tab)) return { tabs, active: tab };
  const at = active === null ? tabs.length : tabs.indexOf(active) + 1;
  return { tabs: tabs.toSpliced(at, 0, tab), active: tab };
}

/** Closes a tab; its right neighbour follows as the active one, or the left one at the end. */
export function closeTab({ tabs, active }: TabState, tab: string): TabState {
  const at = tabs.indexOf(tab);
  if (at < 0) return { tabs, active };
  const rest = tabs.toSpliced(at, 1);
  return { tabs: rest, active: active === tab ? (rest[at] ?? rest.at(-1) ?? null) : active };
}

export function renameTab({ tabs, active }: TabState, from: string, to: string): TabState {
  return { tabs: tabs.map((tab) => (tab === from ? to : tab)), active: active === from ? to : active };
}

/** The tab that is `step` places to the right of the active one, round the ends. */
export function neighbour({ tabs, active }: TabState, step: 1 | -1): string | null {
  if (active === null || tabs.length === 0) return null;
  return tabs.at((tabs.indexOf(active) + step) % tabs.length) ?? null;
}

function isTabState(value: unknown): value is TabState {
  if (typeof value !== "object" || value === null) return false;
  const { tabs, active } = value as Record<string, unknown>;
  return Array.isArray(tabs) && tabs.every((tab) => typeof tab === "string") && (active === null || typeof active === "string");
}

const NO_TABS: TabState = { tabs: [], active: null };

/** The tabs that this browser had open in an app, without those whose file is gone. */
export function recallTabs(app: string, exists: (tab: string) => boolean): TabState {
  const { tabs, active } = recall(`tabs.${app}`, isTabState, NO_TABS);
  const kept = tabs.filter(exists);
  return { tabs: kept, active: active !== null && kept.includes(active) ? active : (kept[0] ?? null) };
}

export function rememberTabs(app: string, { tabs, active }: TabState): void {
  remember(`tabs.${app}`, { tabs, active });
}
