import type { Uri } from "monaco-editor/editor";
import { describe, expect, it } from "vitest";
import { toItem, toList } from "@/editor/lsp/completion";
import { contentChanges, fromRange, toHover, toLocations, toMarkdown, toRange, toSignatureHelp, toSymbol, toWorkspaceEdit } from "@/editor/lsp/convert";

const parse = (uri: string): Uri => ({ path: uri }) as unknown as Uri;
const RANGE = { start: { line: 0, character: 4 }, end: { line: 2, character: 0 } };
const MONACO = { startLineNumber: 1, startColumn: 5, endLineNumber: 3, endColumn: 1 };

describe("places", () => {
  it("count from 1 in Monaco and from 0 in LSP", () => {
    expect(toRange(RANGE)).toEqual(MONACO);
    expect(fromRange(MONACO)).toEqual(RANGE);
  });

  it("of changes go out in Monaco's order", () => {
    const change = (text: string) => ({ range: MONACO, text, rangeOffset: 0, rangeLength: 0 });
    expect(contentChanges([change("b"), change("a")] as never)).toEqual([
      { range: RANGE, text: "b" },
      { range: RANGE, text: "a" },
    ]);
  });

  it("of definitions come in three forms", () => {
    const location = { uri: "file:///app/a.py", range: RANGE };
    expect(toLocations(null, parse)).toEqual([]);
    expect(toLocations(location, parse)).toEqual(toLocations([location], parse));
    const link = { targetUri: "library:///x.py", targetRange: RANGE, targetSelectionRange: RANGE };
    expect(toLocations([link], parse)).toEqual([{ uri: { path: "library:///x.py" }, range: MONACO, targetSelectionRange: MONACO }]);
  });
});

describe("documentation", () => {
  it("in plain text stays plain", () => {
    expect(toMarkdown({ kind: "plaintext", value: "a_b *c*\nd" }).value).toBe("a\\_b \\*c\\*  \nd");
    expect(toMarkdown({ kind: "markdown", value: "*c*" })).toEqual({ value: "*c*" });
    expect(toMarkdown({ language: "python", value: "x" }).value).toBe("```python\nx\n```");
  });

  it("of a hover may have several parts", () => {
    expect(toHover({ contents: ["a", { language: "py", value: "b" }], range: RANGE })).toEqual({
      contents: [{ value: "a" }, { value: "```py\nb\n```" }],
      range: MONACO,
    });
  });

  it("of a signature marks the parameter", () => {
    const help = toSignatureHelp({ signatures: [{ label: "f(a, b)", parameters: [{ label: [2, 3] }, { label: "b" }] }], activeParameter: 1 });
    expect(help).toMatchObject({ activeSignature: 0, activeParameter: 1, signatures: [{ parameters: [{ label: [2, 3] }, { label: "b" }] }] });
  });
});

describe("completions", () => {
  const word = { startLineNumber: 1, startColumn: 1, endLineNumber: 1, endColumn: 3 };

  it("replace the word where the server names no range", () => {
    expect(toItem({ label: "print", kind: 3 }, undefined, word)).toMatchObject({ insertText: "print", range: word, kind: 1 });
  });

  it("take the server's range, text, snippet and order", () => {
    const item = toItem(
      { label: "f", kind: 2, insertTextFormat: 2, sortText: "1", filterText: "ff", textEdit: { range: RANGE, newText: "f($0)" }, tags: [1] },
      undefined,
      word,
    );
    expect(item).toMatchObject({ insertText: "f($0)", range: MONACO, insertTextRules: 4, kind: 0, sortText: "1", filterText: "ff", tags: [1] });
  });

  it("share what the list says for all", () => {
    const list = toList({ isIncomplete: true, itemDefaults: { editRange: RANGE, data: 7, insertTextFormat: 2 }, items: [{ label: "a" }, { label: "b", data: 8 }] }, word);
    expect(list.incomplete).toBe(true);
    expect(list.suggestions.map(({ range, source, insertTextRules }) => [range, source.data as unknown, insertTextRules])).toEqual([
      [MONACO, 7, 4],
      [MONACO, 8, 4],
    ]);
  });

  it("have a kind of Monaco's for each of LSP's", () => {
    const kinds = Array.from({ length: 25 }, (_, index) => toItem({ label: "x", kind: (index + 1) as 1 }, undefined, word).kind);
    expect(new Set(kinds).size).toBe(25);
    expect([kinds[5], kinds[6], kinds[8], kinds[13]]).toEqual([4, 5, 8, 17]); // variable, class, module, keyword
  });
});

it("edits of several files come flat, without those of folders", () => {
  const edit = toWorkspaceEdit(
    {
      changes: { a: [{ range: RANGE, newText: "x" }] },
      documentChanges: [
        { textDocument: { uri: "b", version: 1 }, edits: [{ range: RANGE, newText: "y" }] },
        { kind: "delete", uri: "c" },
      ],
    },
    parse,
  );
  expect(edit.edits).toEqual([
    { resource: { path: "a" }, textEdit: { range: MONACO, text: "x" }, versionId: undefined },
    { resource: { path: "b" }, textEdit: { range: MONACO, text: "y" }, versionId: undefined },
  ]);
});

it("symbols come nested, or flat with a container", () => {
  const nested = toSymbol({ name: "C", kind: 5, range: RANGE, selectionRange: RANGE, children: [{ name: "m", kind: 6, range: RANGE, selectionRange: RANGE }] });
  expect(nested).toMatchObject({ name: "C", kind: 4, children: [{ name: "m", kind: 5 }] });
  const flat = toSymbol({ name: "m", kind: 6, location: { uri: "a", range: RANGE }, containerName: "C" });
  expect(flat).toMatchObject({ name: "m", containerName: "C", range: MONACO });
});
