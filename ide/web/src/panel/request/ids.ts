/** The id of the field of a path parameter, so that Send can move the focus to one that is empty. */
export const paramFieldId = (name: string): string => `path-parameter-${name}`;

/** The id of the panel's path field. */
export const PATH_FIELD = "request-path";
