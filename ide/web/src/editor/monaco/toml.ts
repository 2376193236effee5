import type { languages } from "monaco-editor/editor";

export const conf: languages.LanguageConfiguration = {
  comments: { lineComment: "#" },
  brackets: [
    ["{", "}"],
    ["[", "]"],
  ],
  autoClosingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: '"', close: '"', notIn: ["string", "comment"] },
    { open: "'", close: "'", notIn: ["string", "comment"] },
  ],
};

/** TOML 1.0; Monaco has no definition of its own. */
export const language: languages.IMonarchLanguage = {
  tokenizer: {
    root: [
      [/^\s*\[\[?[^\]]*\]\]?/, "tag"],
      [/#.*$/, "comment"],
      [/[\w-]+(?:\s*\.\s*[\w-]+)*(?=\s*=)/, "type"],
      { include: "@values" },
    ],
    values: [
      [/"""/, "string", "@text"],
      [/'''/, "string", "@literal"],
      [/"(?:[^"\\]|\\.)*"/, "string"],
      [/'[^']*'/, "string"],
      [/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?/, "number"],
      [/[+-]?(?:0x[\da-fA-F_]+|0o[0-7_]+|0b[01_]+|(?:inf|nan)\b|\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?)/, "number"],
      [/\b(?:true|false)\b/, "keyword"],
      [/[{}[\]]/, "@brackets"],
      [/[=,.]/, "delimiter"],
    ],
    text: [
      [/"""/, "string", "@pop"],
      [/\\./, "string.escape"],
      [/[^"\\]+|"/, "string"],
    ],
    literal: [
      [/'''/, "string", "@pop"],
      [/[^']+|'/, "string"],
    ],
  },
};
