const FOCUSABLE = [
  // Monaco's text first, so that the editor's region leads to the text and not to its tabs.
  ".monaco-editor .native-edit-context",
  ".monaco-editor textarea",
  "[data-region-start]",
  "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex='0']",
] as const;

const lastFocused = new WeakMap<Element, HTMLElement>();

const isShown = (element: Element): boolean => element.getClientRects().length > 0 && element.closest("[inert]") === null;

function firstFocusable(region: HTMLElement): HTMLElement {
  for (const selector of FOCUSABLE) {
    const found = [...region.querySelectorAll<HTMLElement>(selector)].find(isShown);
    if (found !== undefined) return found;
  }
  return region;
}

/** Moves the focus to the region after (1) or before (-1) the one that has it, to where it was there last. */
export function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(isShown);
  const active = document.activeElement;
  const index = regions.findIndex((region) => region.contains(active));
  const current = regions[index];
  if (current !== undefined && active instanceof HTMLElement) lastFocused.set(current, active);
  const next = regions.at(index < 0 ? 0 : (index + step) % regions.length);
  if (next === undefined) return;
  const last = lastFocused.get(next);
  (last?.isConnected === true && isShown(last) ? last : firstFocusable(next)).focus();
}
