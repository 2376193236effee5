import type { editor } from "monaco-editor/editor";

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const LINE = 20;

/** How code looks, in the editor and where two texts are compared. */
export function codeOptions(): editor.IEditorOptions {
  return {
    automaticLayout: true,
    fontFamily: token("--font-code"),
    fontSize: Number.parseFloat(token("--size-code")),
    lineHeight: LINE,
    fontLigatures: false,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    padding: { top: 8, bottom: 8 },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    lineNumbersMinChars: 4,
    lineDecorationsWidth: 14,
    renderLineHighlight: "line",
    renderLineHighlightOnlyWhenFocus: true,
    renderWhitespace: "selection",
    guides: { indentation: true },
    matchBrackets: "near",
    fixedOverflowWidgets: true,
    unusualLineTerminators: "auto",
    stickyScroll: { enabled: false },
  };
}

export function editorOptions(): editor.IStandaloneEditorConstructionOptions {
  return {
    ...codeOptions(),
    model: null,
    theme: "podium",
    tabSize: 4,
    codeLensFontFamily: token("--font-ui"),
    codeLensFontSize: 12,
    acceptSuggestionOnEnter: "smart",
    wordBasedSuggestions: "off",
    quickSuggestions: { other: true, comments: false, strings: false },
    suggest: { showWords: false, localityBonus: true },
    parameterHints: { enabled: true, cycle: true },
    hover: { delay: 300 },
    occurrencesHighlight: "singleFile",
    foldingImportsByDefault: false,
    showFoldingControls: "mouseover",
    linkedEditing: false,
    readOnlyMessage: { value: "This is a library’s source. It can be read here, but not changed." },
  };
}
