import type * as monaco from "monaco-editor/editor";
import type * as lsp from "vscode-languageserver-protocol";
import { asEnum } from "./enums";

/** Monaco counts lines and columns from 1, LSP from 0; both count UTF-16 units. */
export const toRange = ({ start, end }: lsp.Range): monaco.IRange => ({
  startLineNumber: start.line + 1,
  startColumn: start.character + 1,
  endLineNumber: end.line + 1,
  endColumn: end.character + 1,
});

export const fromRange = (range: monaco.IRange): lsp.Range => ({
  start: { line: range.startLineNumber - 1, character: range.startColumn - 1 },
  end: { line: range.endLineNumber - 1, character: range.endColumn - 1 },
});

export const fromPosition = ({ lineNumber, column }: monaco.IPosition): lsp.Position => ({
  line: lineNumber - 1,
  character: column - 1,
});

/** Changes as LSP wants them: Monaco lists them so that each is right after those before it. */
export function contentChanges(changes: readonly monaco.editor.IModelContentChange[]): lsp.TextDocumentContentChangeEvent[] {
  return changes.map(({ range, text }) => ({ range: fromRange(range), text }));
}

const escapeMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!<>|~]/g, String.raw`\$&`).replaceAll("\n", "  \n");

function isMarkup(value: unknown): value is lsp.MarkupContent {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** The older form of documentation. */
interface CodeBlock {
  language: string;
  value: string;
}

/** Documentation as Markdown. It is not trusted: no commands, no HTML. */
export function toMarkdown(content: string | lsp.MarkupContent | CodeBlock): monaco.IMarkdownString {
  if (typeof content === "string") return { value: content };
  if (isMarkup(content)) return { value: content.kind === "markdown" ? content.value : escapeMarkdown(content.value) };
  return { value: `\`\`\`${content.language}\n${content.value}\n\`\`\`` };
}

export function toHover({ contents, range }: lsp.Hover): monaco.languages.Hover {
  const parts = Array.isArray(contents) ? contents : [contents];
  return { contents: parts.map(toMarkdown), ...(range !== undefined && { range: toRange(range) }) };
}

export function toSignatureHelp(help: lsp.SignatureHelp): monaco.languages.SignatureHelp {
  return {
    activeSignature: help.activeSignature ?? 0,
    activeParameter: help.activeParameter ?? 0,
    signatures: help.signatures.map((signature) => ({
      label: signature.label,
      ...(signature.documentation !== undefined && { documentation: toMarkdown(signature.documentation) }),
      ...(typeof signature.activeParameter === "number" && { activeParameter: signature.activeParameter }),
      parameters: (signature.parameters ?? []).map((parameter) => ({
        label: parameter.label,
        ...(parameter.documentation !== undefined && { documentation: toMarkdown(parameter.documentation) }),
      })),
    })),
  };
}

export const toTextEdit = ({ range, newText }: lsp.TextEdit): monaco.languages.TextEdit => ({ range: toRange(range), text: newText });

type UriParser = (uri: string) => monaco.Uri;

/** A definition's answer in any of its three forms. */
export function toLocations(
  answer: lsp.Location | lsp.Location[] | lsp.LocationLink[] | null,
  parse: UriParser,
): (monaco.languages.Location | monaco.languages.LocationLink)[] {
  if (answer === null) return [];
  return (Array.isArray(answer) ? answer : [answer]).map((location) =>
    "targetUri" in location
      ? {
          uri: parse(location.targetUri),
          range: toRange(location.targetRange),
          targetSelectionRange: toRange(location.targetSelectionRange),
          ...(location.originSelectionRange !== undefined && { originSelectionRange: toRange(location.originSelectionRange) }),
        }
      : { uri: parse(location.uri), range: toRange(location.range) },
  );
}

/** Edits of texts; files that a server would create, rename or delete are not its business here. */
export function toWorkspaceEdit(edit: lsp.WorkspaceEdit, parse: UriParser): monaco.languages.WorkspaceEdit {
  const changed = Object.entries(edit.changes ?? {});
  for (const change of edit.documentChanges ?? []) {
    if ("textDocument" in change) changed.push([change.textDocument.uri, change.edits.filter((one) => "newText" in one)]);
  }
  const edits = changed.flatMap(([uri, texts]) =>
    texts.map((text) => ({ resource: parse(uri), textEdit: toTextEdit(text), versionId: undefined })),
  );
  return { edits };
}

/** Monaco's symbol kinds are LSP's, counted from 0. */
const toSymbolKind = (kind: lsp.SymbolKind): monaco.languages.SymbolKind => asEnum(kind - 1);

const isNested = (symbol: lsp.DocumentSymbol | lsp.SymbolInformation): symbol is lsp.DocumentSymbol => "selectionRange" in symbol;

export function toSymbol(symbol: lsp.DocumentSymbol | lsp.SymbolInformation): monaco.languages.DocumentSymbol {
  const range = toRange(isNested(symbol) ? symbol.range : symbol.location.range);
  return {
    name: symbol.name,
    detail: isNested(symbol) ? (symbol.detail ?? "") : "",
    kind: toSymbolKind(symbol.kind),
    tags: (symbol.tags ?? []).map((tag) => asEnum(tag)),
    range,
    selectionRange: isNested(symbol) ? toRange(symbol.selectionRange) : range,
    ...(isNested(symbol) && { children: (symbol.children ?? []).map(toSymbol) }),
    ...(!isNested(symbol) && symbol.containerName !== undefined && { containerName: symbol.containerName }),
  };
}

export const toFoldingRange = ({ startLine, endLine }: lsp.FoldingRange): { start: number; end: number } => ({
  start: startLine + 1,
  end: endLine + 1,
});
