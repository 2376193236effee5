const links = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-row-link]")];

/** Moves the focus to a row of the table of apps; before the first one is the search. */
export function focusRow(index: number): void {
  if (index < 0) document.querySelector<HTMLElement>("input[type=search]")?.focus();
  else links().at(Math.min(index, links().length - 1))?.focus();
}

/** Which row an element stands in, or -1. */
export function rowOf(element: Element | null): number {
  return links().findIndex((link) => link.closest("tr") === element?.closest("tr"));
}

/** The row that has the focus, or -1. */
export function focusedRow(): number {
  return links().findIndex((link) => link === document.activeElement);
}
