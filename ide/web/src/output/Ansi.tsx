import { type CSSProperties, memo } from "react";
import { type AnsiStyle, hasControls, paletteColor, parseAnsi } from "./ansi";

/** The eight colours of a terminal, from the tokens of the theme, so that they can be read on both. */
const BASE = [
  "var(--text-faint)",
  "var(--failed)",
  "var(--running)",
  "var(--starting)",
  "var(--code-function)",
  "var(--code-keyword)",
  "var(--code-type)",
  "var(--text)",
];

function css(color: number | string): string {
  if (typeof color === "string") return color;
  return color < 16 ? (BASE[color % 8] ?? "var(--text)") : paletteColor(color);
}

/** Colours that a program chose for one ground are drawn towards the theme's text, so that they can be read on both. */
const letters = (color: number | string): string => (typeof color === "number" && color < 16 ? css(color) : `color-mix(in oklab, ${css(color)} 55%, var(--text))`);

/** The theme's colours are for letters; as a ground they are thinned, so that letters of any colour stand out from it. */
const ground = (color: number | string): string => (typeof color === "number" && color < 16 ? `color-mix(in srgb, ${css(color)} 22%, transparent)` : css(color));

function look(style: AnsiStyle): CSSProperties {
  const text = style.color === null ? undefined : letters(style.color);
  const back = style.background === null ? undefined : ground(style.background);
  const color = style.inverse ? "var(--bg)" : text;
  const decoration = [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ");
  return {
    ...(color !== undefined && { color }),
    ...((style.inverse || back !== undefined) && { backgroundColor: style.inverse ? (text ?? "var(--text)") : back }),
    ...(style.bold && { fontWeight: 650 }),
    ...(style.dim && { opacity: 0.75 }),
    ...(style.italic && { fontStyle: "italic" }),
    ...(decoration !== "" && { textDecorationLine: decoration }),
  };
}

/** Text with the colours that a terminal would show. */
export const Ansi = memo(function Ansi({ text }: { text: string }) {
  if (!hasControls(text)) return text;
  return parseAnsi(text).map((piece, index) => (
    <span key={index} style={look(piece.style)}>
      {piece.text}
    </span>
  ));
});
