import type * as monaco from "monaco-editor/editor";
import type * as lsp from "vscode-languageserver-protocol";
import { asEnum } from "./enums";
import { toMarkdown, toRange, toTextEdit } from "./convert";

// Monaco's `CompletionItemKind` for LSP's 1 (text) to 25 (type parameter).
const KINDS = [18, 0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 17, 28, 19, 20, 21, 23, 16, 14, 6, 10, 11, 24];
const PROPERTY = 9;
const SNIPPET = 2;
const INSERT_AS_SNIPPET = asEnum<monaco.languages.CompletionItemInsertTextRule>(4);

/** An item as Monaco shows it, with the server's own, which resolving needs. */
export interface Item extends monaco.languages.CompletionItem {
  source: lsp.CompletionItem;
}

export const toKind = (kind: lsp.CompletionItemKind | undefined): monaco.languages.CompletionItemKind =>
  asEnum((kind === undefined ? undefined : KINDS[kind - 1]) ?? PROPERTY);

type Defaults = lsp.CompletionList["itemDefaults"];
type ItemRange = Item["range"];

function rangeOf(item: lsp.CompletionItem, defaults: Defaults, word: monaco.IRange): ItemRange {
  const edit = item.textEdit;
  if (edit !== undefined) {
    return "range" in edit ? toRange(edit.range) : { insert: toRange(edit.insert), replace: toRange(edit.replace) };
  }
  const range = defaults?.editRange;
  if (range === undefined) return word;
  return "start" in range ? toRange(range) : { insert: toRange(range.insert), replace: toRange(range.replace) };
}

/** What documentation a resolved item has more. */
export function details(item: lsp.CompletionItem): Partial<Item> {
  return {
    ...(item.detail !== undefined && { detail: item.detail }),
    ...(item.documentation !== undefined && { documentation: toMarkdown(item.documentation) }),
    ...(item.additionalTextEdits !== undefined && { additionalTextEdits: item.additionalTextEdits.map(toTextEdit) }),
  };
}

/** `word` is the range that is replaced where the server names none. */
export function toItem(item: lsp.CompletionItem, defaults: Defaults, word: monaco.IRange): Item {
  const isSnippet = (item.insertTextFormat ?? defaults?.insertTextFormat) === SNIPPET;
  const commit = item.commitCharacters ?? defaults?.commitCharacters;
  return {
    source: item.data === undefined && defaults?.data !== undefined ? { ...item, data: defaults.data as unknown } : item,
    label: item.labelDetails === undefined ? item.label : { label: item.label, ...item.labelDetails },
    kind: toKind(item.kind),
    insertText: item.textEdit?.newText ?? item.textEditText ?? item.insertText ?? item.label,
    range: rangeOf(item, defaults, word),
    ...(isSnippet && { insertTextRules: INSERT_AS_SNIPPET }),
    ...(item.sortText !== undefined && { sortText: item.sortText }),
    ...(item.filterText !== undefined && { filterText: item.filterText }),
    ...(item.preselect !== undefined && { preselect: item.preselect }),
    ...(commit !== undefined && { commitCharacters: commit }),
    ...(item.tags !== undefined && { tags: item.tags.map((tag) => asEnum(tag)) }),
    ...details(item),
  };
}

export function toList(
  answer: lsp.CompletionItem[] | lsp.CompletionList,
  word: monaco.IRange,
): { suggestions: Item[]; incomplete: boolean } {
  const list = Array.isArray(answer) ? { items: answer, isIncomplete: false } : answer;
  const defaults = "itemDefaults" in list ? list.itemDefaults : undefined;
  return { suggestions: list.items.map((item) => toItem(item, defaults, word)), incomplete: list.isIncomplete };
}
