export type TokenKind = "key" | "string" | "number" | "literal" | "plain";

export interface Token {
  kind: TokenKind;
  text: string;
}

const TOKEN = /("(?:\\.|[^"\\\n])*"?)(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** A JSON text, also one that is still being written, cut into pieces that are coloured alike. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) found.push({ kind: "plain", text: text.slice(end, match.index) });
    const [whole, string, colon] = match;
    if (string === undefined) found.push({ kind: match[3] === undefined ? "literal" : "number", text: whole });
    else {
      found.push({ kind: colon === undefined ? "string" : "key", text: string });
      if (colon !== undefined) found.push({ kind: "plain", text: colon });
    }
    end = match.index + whole.length;
  }
  if (end < text.length) found.push({ kind: "plain", text: text.slice(end) });
  return found;
}

/** The colour of each kind, from the tokens that the editor's themes are made of. */
export const TOKEN_COLOR: Readonly<Record<TokenKind, string>> = {
  key: "text-(--code-function)",
  string: "text-(--code-string)",
  number: "text-(--code-number)",
  literal: "text-(--code-keyword)",
  plain: "text-muted",
};
