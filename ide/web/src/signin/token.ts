/** The token out of what was pasted: the token itself, or the whole link that `podium up` printed. */
export function tokenOf(pasted: string): string {
  const text = pasted.trim();
  return URL.canParse(text) ? (new URL(text).searchParams.get("token") ?? text) : text;
}
