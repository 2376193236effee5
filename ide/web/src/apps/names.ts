const PATTERN = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Makes a name of what was typed: lower case, hyphens for spaces. */
export function suggestName(typed: string): string {
  return typed.toLowerCase().replaceAll(/[\s_]+/g, "-");
}

/** What is wrong with a name, as a sentence, or null. */
export function nameProblem(name: string): string | null {
  if (name === "" || PATTERN.test(name)) return null;
  if (name.length > 40) return "A name has at most 40 characters.";
  if (/[^a-z0-9-]/.test(name)) return "Use lower-case letters, digits and hyphens: the name becomes part of a URL.";
  return "A name starts and ends with a letter or a digit.";
}
