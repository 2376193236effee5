import { languages } from "monaco-editor/editor";

export const conf: languages.LanguageConfiguration = {
  comments: { lineComment: "#" },
  brackets: [
    ["{", "}"],
    ["[", "]"],
    ["(", ")"],
  ],
  autoClosingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"', notIn: ["string", "comment"] },
    { open: "'", close: "'", notIn: ["string", "comment"] },
    { open: '"""', close: '"""', notIn: ["string", "comment"] },
  ],
  surroundingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"' },
    { open: "'", close: "'" },
  ],
  onEnterRules: [
    {
      beforeText: /^\s*(?:async\s+)?(?:def|class|for|if|elif|else|while|try|with|finally|except|match|case)\b.*:\s*(?:#.*)?$/,
      action: { indentAction: languages.IndentAction.Indent },
    },
    {
      // The end of a block, unless the line is sure to go on.
      beforeText: /^\s+(?:pass|break|continue|(?:return|raise)\b(?:.*[^([{,:+\-*/%|&=<>\\\s])?)\s*$/,
      action: { indentAction: languages.IndentAction.Outdent },
    },
  ],
  indentationRules: { increaseIndentPattern: /^$a/, decreaseIndentPattern: /^\s*(?:elif|else|except|finally)\b.*:\s*$/ },
  folding: { offSide: true, markers: { start: /^\s*#\s*region\b/, end: /^\s*#\s*endregion\b/ } },
};

// Letters before a string's quotes: r"", b"", u"", rb"", …; those with an f take expressions.
const PLAIN = /(?:[rRuUbB]|[bB][rR]|[rR][bB])?/.source;
const FORMATTED = /(?:[fFtT][rR]?|[rR][fFtT])/.source;

function strings(quote: string, name: string): [RegExp, string, string][] {
  return [
    [new RegExp(`${FORMATTED}${quote}`), "string", `@format${name}`],
    [new RegExp(`${PLAIN}${quote}`), "string", `@text${name}`],
  ];
}

/** The two states of one kind of quotes: without and with expressions inside. A short string ends with its line. */
function states(quote: string, name: string, long: boolean): Record<string, languages.IMonarchLanguageRule[]> {
  const letter = quote.charAt(0);
  const end: languages.IMonarchLanguageRule[] = [[new RegExp(quote), "string", "@pop"]];
  const last: languages.IMonarchLanguageRule[] = long ? [[new RegExp(letter), "string"]] : [];
  const text = (more: string): languages.IMonarchLanguageRule[] =>
    long ? [[new RegExp(`[^\\\\${letter}${more}]+`), "string"]] : [[new RegExp(`[^\\\\${letter}${more}]+$`), "string", "@pop"], [new RegExp(`[^\\\\${letter}${more}]+`), "string"]];
  const escapes: languages.IMonarchLanguageRule[] = [
    [/\\$/, "string.escape"],
    [/\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|N\{[^}]*\}|[0-7]{1,3}|.)/, "string.escape"],
  ];
  return {
    [`text${name}`]: [...end, ...text(""), ...escapes, ...last],
    [`format${name}`]: [
      ...end,
      [/\{\{|\}\}/, "string.escape"],
      [/\{/, { token: "delimiter.bracket", next: "@expression", bracket: "@open" }],
      ...text("{}"),
      ...escapes,
      ...last,
      [/\}/, "string"],
    ],
  };
}

/** Python 3.14. Monaco's own definition knows neither names that are defined or called nor what stands in f-strings. */
export const language: languages.IMonarchLanguage = {
  keywords: "and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
  constants: ["False", "None", "True", "NotImplemented", "Ellipsis", "__debug__"],
  selfs: ["self", "cls"],
  types:
    "bool bytearray bytes complex dict float frozenset int list memoryview object property range set slice staticmethod classmethod str super tuple type BaseException Exception".split(
      " ",
    ),
  brackets: [
    { open: "{", close: "}", token: "delimiter.curly" },
    { open: "[", close: "]", token: "delimiter.square" },
    { open: "(", close: ")", token: "delimiter.parenthesis" },
  ],
  tokenizer: {
    root: [
      [/#.*$/, "comment"],
      ...strings('"""', "LongDouble"),
      ...strings("'''", "LongSingle"),
      ...strings('"', "Double"),
      ...strings("'", "Single"),
      { include: "@code" },
    ],
    code: [
      [/\s+/, "white"],
      [/(def)(\s+)([a-zA-Z_]\w*)/, ["keyword", "white", "function"]],
      [/(class)(\s+)([a-zA-Z_]\w*)/, ["keyword", "white", "type"]],
      [/^\s*(?:match|case|type)(?=\s+[\w"'({[-])(?!.*(?:^|[^=!<>])=(?!=))/, "keyword"],
      [/@[a-zA-Z_][\w.]*/, "annotation"],
      [/0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+/, "number"],
      [/(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?[jJ]?/, "number"],
      [/\.(?:[a-zA-Z_]\w*)(?=\s*\()/, "function"],
      [/\.(?:[a-zA-Z_]\w*)/, "identifier"],
      [
        /[a-zA-Z_]\w*(?=\s*\()/,
        { cases: { "@keywords": "keyword", "@types": "type", "[A-Z].*": "type", "@default": "function" } },
      ],
      [
        /[a-zA-Z_]\w*/,
        { cases: { "@keywords": "keyword", "@constants": "constant", "@selfs": "variable", "@types": "type", "@default": "identifier" } },
      ],
      [/[{}[\]()]/, "@brackets"],
      [/[,:;.]/, "delimiter"],
      [/[-+*/%@&|^~<>=!]+/, "operator"],
    ],
    // Between the braces of an f-string, up to a conversion (!r) or a format (:>8).
    expression: [
      [/\}/, { token: "delimiter.bracket", next: "@pop", bracket: "@close" }],
      [/![rsa](?=[:}])/, "keyword"],
      [/:[^}{]*(?=\})/, "string.escape"],
      [/=(?=[!:}])/, "operator"],
      [/[rbuRBU]?"[^"]*"|[rbuRBU]?'[^']*'/, "string"],
      { include: "@code" },
    ],
    ...states('"""', "LongDouble", true),
    ...states("'''", "LongSingle", true),
    ...states('"', "Double", false),
    ...states("'", "Single", false),
  },
};
