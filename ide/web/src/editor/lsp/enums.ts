/** A number as one of Monaco's enumerations, for modules that take only types from Monaco, which is large. */
export const asEnum = <T extends number>(value: number): T => value as T;
