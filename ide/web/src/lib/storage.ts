/** What this browser remembers. Storage that is full or forbidden counts as empty: nothing here is worth an error. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(`podium.${key}`, JSON.stringify(value));
  } catch {
    // Private windows and full disks refuse to write; the value then lives as long as the page.
  }
}

/** A remembered value, or `fallback` when there is none that `accept` takes. */
export function recall<T>(key: string, accept: (value: unknown) => value is T, fallback: T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`podium.${key}`) ?? "null");
    return accept(value) ? value : fallback;
  } catch {
    return fallback;
  }
}
