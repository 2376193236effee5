/** A number as one of Monaco's enumerations, for modules that take only types from Monaco, which is large. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the enumeration
export const asEnum = <T extends number>(value: number): T => value as T;
