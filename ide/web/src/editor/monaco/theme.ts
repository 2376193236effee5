import { editor } from "monaco-editor/editor";
import { type Theme, tokenColor, useTheme } from "@/state/theme";

type Token = `--${string}`;

/** Which colour token each kind of code has. */
const CODE: Readonly<Record<string, Token>> = {
  "": "--text",
  keyword: "--code-keyword",
  constant: "--code-number",
  number: "--code-number",
  string: "--code-string",
  "string.escape": "--code-number",
  "string.invalid": "--failed",
  comment: "--code-comment",
  function: "--code-function",
  annotation: "--code-function",
  type: "--code-type",
  variable: "--code-tag",
  tag: "--code-tag",
  metatag: "--code-comment",
  "attribute.name": "--code-function",
  "attribute.value": "--code-string",
  "attribute.value.number": "--code-number",
  "attribute.value.unit": "--code-number",
  regexp: "--code-tag",
  delimiter: "--text-muted",
  operator: "--text-muted",
};

const NONE = "#00000000";

/** Monaco's own colours, as far as they differ from what it would choose. */
const SURFACES: Readonly<Record<string, Token | typeof NONE>> = {
  focusBorder: "--accent",
  foreground: "--text",
  "editor.background": "--bg",
  "editor.foreground": "--text",
  "editor.lineHighlightBackground": "--bg-raised",
  "editor.lineHighlightBorder": NONE,
  "editor.selectionBackground": "--selection",
  "editor.inactiveSelectionBackground": "--bg-active",
  "editor.selectionHighlightBackground": "--bg-active",
  "editor.wordHighlightBackground": "--bg-active",
  "editor.wordHighlightStrongBackground": "--bg-active",
  "editor.findMatchBackground": "--selection",
  "editor.findMatchBorder": "--accent",
  "editor.findMatchHighlightBackground": "--starting-bg",
  "editorBracketMatch.background": "--bg-active",
  "editorBracketMatch.border": NONE,
  "editorCodeLens.foreground": "--text-faint",
  "editorCursor.foreground": "--accent",
  "editorError.foreground": "--failed",
  "editorWarning.foreground": "--starting",
  "editorInfo.foreground": "--accent",
  "editorHint.foreground": "--text-faint",
  "editorGutter.foldingControlForeground": "--text-faint",
  "editorIndentGuide.background1": "--border",
  "editorIndentGuide.activeBackground1": "--border-strong",
  "editorLineNumber.foreground": "--text-faint",
  "editorLineNumber.activeForeground": "--text",
  "editorLink.activeForeground": "--accent",
  "editorOverviewRuler.border": NONE,
  "editorOverviewRuler.rangeHighlightForeground": "--border-strong",
  "editor.rangeHighlightBackground": "--bg-raised",
  "editorStickyScroll.background": "--bg",
  "editorStickyScroll.border": "--border",
  "editorStickyScrollHover.background": "--bg-hover",
  "editorStickyScroll.shadow": NONE,
  "editorWhitespace.foreground": "--border-strong",
  "editorWidget.background": "--bg-overlay",
  "editorWidget.foreground": "--text",
  "editorWidget.border": "--border",
  "editorHoverWidget.background": "--bg-overlay",
  "editorHoverWidget.border": "--border",
  "editorHoverWidget.statusBarBackground": "--bg-raised",
  "editorSuggestWidget.background": "--bg-overlay",
  "editorSuggestWidget.border": "--border",
  "editorSuggestWidget.foreground": "--text",
  "editorSuggestWidget.highlightForeground": "--accent",
  "editorSuggestWidget.focusHighlightForeground": "--accent",
  "editorSuggestWidget.selectedBackground": "--bg-active",
  "editorSuggestWidget.selectedForeground": "--text",
  "editorSuggestWidget.selectedIconForeground": "--text-muted",
  "inputValidation.infoBackground": "--bg-overlay",
  "inputValidation.infoForeground": "--text",
  "inputValidation.infoBorder": "--border-strong",
  "inputValidation.errorBackground": "--bg-overlay",
  "inputValidation.errorBorder": "--failed",
  "input.background": "--bg",
  "input.foreground": "--text",
  "input.border": "--border-strong",
  "inputOption.activeBackground": "--selection",
  "inputOption.activeBorder": "--accent",
  "list.activeSelectionBackground": "--bg-active",
  "list.activeSelectionForeground": "--text",
  "list.focusBackground": "--bg-active",
  "list.focusForeground": "--text",
  "list.hoverBackground": "--bg-hover",
  "list.highlightForeground": "--accent",
  "list.focusHighlightForeground": "--accent",
  "list.inactiveSelectionBackground": "--bg-active",
  "menu.background": "--bg-overlay",
  "menu.foreground": "--text",
  "menu.border": "--border",
  "menu.selectionBackground": "--bg-active",
  "menu.selectionForeground": "--text",
  "menu.separatorBackground": "--border",
  "quickInput.background": "--bg-overlay",
  "quickInput.foreground": "--text",
  "quickInputList.focusBackground": "--bg-active",
  "quickInputList.focusForeground": "--text",
  "pickerGroup.border": "--border",
  "pickerGroup.foreground": "--text-faint",
  "peekView.border": "--accent",
  "peekViewEditor.background": "--bg-raised",
  "peekViewEditorGutter.background": "--bg-raised",
  "peekViewEditor.matchHighlightBackground": "--selection",
  "peekViewResult.background": "--bg-raised",
  "peekViewResult.fileForeground": "--text",
  "peekViewResult.lineForeground": "--text-muted",
  "peekViewResult.matchHighlightBackground": "--selection",
  "peekViewResult.selectionBackground": "--bg-active",
  "peekViewResult.selectionForeground": "--text",
  "peekViewTitle.background": "--bg-raised",
  "peekViewTitleLabel.foreground": "--text",
  "peekViewTitleDescription.foreground": "--text-muted",
  "scrollbar.shadow": NONE,
  "scrollbarSlider.background": "--bg-active",
  "scrollbarSlider.hoverBackground": "--border-strong",
  "scrollbarSlider.activeBackground": "--border-strong",
  "textLink.foreground": "--accent",
  "textLink.activeForeground": "--accent",
  "toolbar.hoverBackground": "--bg-hover",
  "widget.border": "--border",
  "widget.shadow": NONE,
  "diffEditor.diagonalFill": "--border",
  "diffEditor.unchangedRegionBackground": "--bg-raised",
  "diffEditor.unchangedRegionForeground": "--text-muted",
};

const alpha = (color: string, hexAlpha: string): string => color.slice(0, 7) + hexAlpha;

function define(theme: Theme): void {
  const colors: Record<string, string> = {};
  for (const [name, token] of Object.entries(SURFACES)) colors[name] = token === NONE ? NONE : tokenColor(token);
  const added = tokenColor("--running");
  const removed = tokenColor("--failed");
  colors["diffEditor.insertedTextBackground"] = alpha(added, "22");
  colors["diffEditor.insertedLineBackground"] = alpha(added, "14");
  colors["diffEditor.removedTextBackground"] = alpha(removed, "22");
  colors["diffEditor.removedLineBackground"] = alpha(removed, "14");
  colors["editorOverviewRuler.errorForeground"] = removed;
  colors["editorUnnecessaryCode.opacity"] = "#000000aa";
  const rules = Object.entries(CODE).map(([token, color]) => ({ token, foreground: tokenColor(color).slice(1) }));
  editor.defineTheme("podium", { base: theme === "dark" ? "vs-dark" : "vs", inherit: true, rules, colors });
  editor.setTheme("podium");
}

/** Makes Monaco's theme of the interface's own colours, now and whenever they change. */
export function followTheme(): void {
  define(useTheme.getState().theme);
  useTheme.subscribe(({ theme }, before) => {
    if (theme !== before.theme) define(theme);
  });
}
