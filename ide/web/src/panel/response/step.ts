/** The next or the previous of some places in rising order, seen from one that need not be among them; goes round. */
export function step(places: readonly number[], from: number | null, direction: 1 | -1): number | null {
  if (places.length === 0) return null;
  const start = from ?? (direction === 1 ? -1 : Infinity);
  const next = direction === 1 ? places.find((place) => place > start) : places.findLast((place) => place < start);
  return next ?? places.at(direction === 1 ? 0 : -1) ?? null;
}
