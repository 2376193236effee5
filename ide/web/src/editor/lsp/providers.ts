import { languages, type editor, type IDisposable, type IRange, type Position, Uri } from "monaco-editor/editor";
import type * as lsp from "vscode-languageserver-protocol";
import type { LanguageClient } from "./client";
import { details, type Item, toList } from "./completion";
import { fromPosition, fromRange, toFoldingRange, toHover, toLocations, toRange, toSignatureHelp, toSymbol, toTextEdit, toWorkspaceEdit } from "./convert";
import { ConnectionLost, RpcError } from "./rpc";

type Model = editor.ITextModel;

const parse = (uri: string): Uri => Uri.parse(uri);
const at = (model: Model, position: Position) => ({
  textDocument: { uri: model.uri.toString() },
  position: fromPosition(position),
});

/** Only the app's own files have help; sources of libraries are for reading. */
const SELECTOR: languages.LanguageFilter = { language: "python", scheme: "file" };

function completion(client: LanguageClient, options: lsp.CompletionOptions): languages.CompletionItemProvider {
  return {
    triggerCharacters: options.triggerCharacters ?? [],
    async provideCompletionItems(model, position, context, token) {
      const params = { ...at(model, position), context: { ...context, triggerKind: context.triggerKind + 1 } };
      const answer = await client.request<lsp.CompletionItem[] | lsp.CompletionList>("textDocument/completion", params, token);
      if (answer === null) return null;
      const word = model.getWordUntilPosition(position);
      const { lineNumber } = position;
      const range: IRange = { startLineNumber: lineNumber, endLineNumber: lineNumber, startColumn: word.startColumn, endColumn: word.endColumn };
      return toList(answer, range);
    },
    async resolveCompletionItem(item, token) {
      const { source } = item as Item;
      const resolved = await client.request<lsp.CompletionItem>("completionItem/resolve", source, token);
      return resolved === null ? item : { ...item, ...details(resolved) };
    },
  };
}

function signatures(client: LanguageClient, options: lsp.SignatureHelpOptions): languages.SignatureHelpProvider {
  return {
    signatureHelpTriggerCharacters: options.triggerCharacters ?? [],
    signatureHelpRetriggerCharacters: options.retriggerCharacters ?? [],
    async provideSignatureHelp(model, position, token, { triggerKind, triggerCharacter, isRetrigger }) {
      const context = { triggerKind, isRetrigger, ...(triggerCharacter !== undefined && { triggerCharacter }) };
      const help = await client.request<lsp.SignatureHelp>("textDocument/signatureHelp", { ...at(model, position), context }, token);
      return help === null ? null : { value: toSignatureHelp(help), dispose: () => undefined };
    },
  };
}

function hover(client: LanguageClient): languages.HoverProvider {
  return {
    async provideHover(model, position, token) {
      const answer = await client.request<lsp.Hover>("textDocument/hover", at(model, position), token);
      return answer === null ? null : toHover(answer);
    },
  };
}

type DefinitionAnswer = lsp.Location | lsp.Location[] | lsp.LocationLink[];
/** Makes sure that the text of a place can be shown; Monaco reads it before it asks anybody to open it. */
export type Prepare = (uri: Uri) => Promise<boolean>;

async function reachable<T extends { uri: Uri }>(locations: T[], prepare: Prepare): Promise<T[]> {
  const there = await Promise.all(locations.map(({ uri }) => prepare(uri)));
  return locations.filter((_, index) => there[index]);
}

function definition(client: LanguageClient, prepare: Prepare): languages.DefinitionProvider {
  return {
    async provideDefinition(model, position, token) {
      const answer = await client.request<DefinitionAnswer>("textDocument/definition", at(model, position), token);
      return reachable(toLocations(answer, parse), prepare);
    },
  };
}

function references(client: LanguageClient, prepare: Prepare): languages.ReferenceProvider {
  return {
    async provideReferences(model, position, context, token) {
      const answer = await client.request<lsp.Location[]>("textDocument/references", { ...at(model, position), context }, token);
      return reachable(toLocations(answer, parse), prepare);
    },
  };
}

function highlights(client: LanguageClient): languages.DocumentHighlightProvider {
  return {
    async provideDocumentHighlights(model, position, token) {
      const answer = await client.request<lsp.DocumentHighlight[]>("textDocument/documentHighlight", at(model, position), token);
      return answer?.map(({ range, kind }) => ({ range: toRange(range), ...(kind !== undefined && { kind: kind - 1 }) })) ?? null;
    },
  };
}

type PrepareAnswer = lsp.Range | { range: lsp.Range; placeholder: string } | { defaultBehavior: boolean };

/** Why a name cannot be changed, as a sentence. */
function reason(error: unknown): string {
  if (error instanceof RpcError || error instanceof ConnectionLost) return error.message;
  throw error;
}

function rename(client: LanguageClient): languages.RenameProvider {
  return {
    async resolveRenameLocation(model, position, token) {
      const word = model.getWordAtPosition(position);
      const { lineNumber } = position;
      const around = { startLineNumber: lineNumber, endLineNumber: lineNumber, startColumn: word?.startColumn ?? position.column, endColumn: word?.endColumn ?? position.column };
      const refused = (rejectReason: string) => ({ range: around, text: word?.word ?? "", rejectReason });
      try {
        const answer = await client.demand<PrepareAnswer>("textDocument/prepareRename", at(model, position), token);
        if (answer === null) return refused("This cannot be renamed.");
        if ("defaultBehavior" in answer) return { range: around, text: word?.word ?? "" };
        const range = toRange("range" in answer ? answer.range : answer);
        return { range, text: "placeholder" in answer ? answer.placeholder : model.getValueInRange(range) };
      } catch (error) {
        return refused(reason(error));
      }
    },
    async provideRenameEdits(model, position, newName, token) {
      try {
        const edit = await client.demand<lsp.WorkspaceEdit>("textDocument/rename", { ...at(model, position), newName }, token);
        return edit === null ? { edits: [], rejectReason: "This cannot be renamed." } : toWorkspaceEdit(edit, parse);
      } catch (error) {
        return { edits: [], rejectReason: reason(error) };
      }
    },
  };
}

function symbols(client: LanguageClient): languages.DocumentSymbolProvider {
  return {
    async provideDocumentSymbols(model, token) {
      const params = { textDocument: { uri: model.uri.toString() } };
      const answer = await client.request<(lsp.DocumentSymbol | lsp.SymbolInformation)[]>("textDocument/documentSymbol", params, token);
      return answer?.map(toSymbol) ?? null;
    },
  };
}

function folding(client: LanguageClient): languages.FoldingRangeProvider {
  return {
    async provideFoldingRanges(model, _context, token) {
      const params = { textDocument: { uri: model.uri.toString() } };
      const answer = await client.request<lsp.FoldingRange[]>("textDocument/foldingRange", params, token);
      return answer?.map((range) => ({ ...toFoldingRange(range), ...kindOf(range) })) ?? null;
    },
  };
}

function kindOf({ kind }: lsp.FoldingRange): { kind?: languages.FoldingRangeKind } {
  return kind === undefined ? {} : { kind: languages.FoldingRangeKind.fromValue(kind) };
}

function formatting(client: LanguageClient): languages.DocumentFormattingEditProvider {
  return {
    displayName: "Podium",
    async provideDocumentFormattingEdits(model, options, token) {
      const params = { textDocument: { uri: model.uri.toString() }, options };
      const answer = await client.request<lsp.TextEdit[]>("textDocument/formatting", params, token);
      return answer?.map(toTextEdit) ?? null;
    },
  };
}

/** The diagnostics of a document as the server published them, which it wants back with a request for actions. */
export type PublishedFor = (uri: string) => readonly lsp.Diagnostic[];

const isTouching = (a: lsp.Range, b: lsp.Range): boolean => a.start.line <= b.end.line && b.start.line <= a.end.line;

interface Action extends languages.CodeAction {
  source: lsp.CodeAction;
}

function codeActions(client: LanguageClient, published: PublishedFor): languages.CodeActionProvider {
  const toAction = (source: lsp.CodeAction): Action => ({
    source,
    title: source.title,
    ...(source.kind !== undefined && { kind: source.kind }),
    ...(source.isPreferred !== undefined && { isPreferred: source.isPreferred }),
    ...(source.edit !== undefined && { edit: toWorkspaceEdit(source.edit, parse) }),
    ...(source.disabled !== undefined && { disabled: source.disabled.reason }),
  });
  return {
    async provideCodeActions(model, monacoRange, context, token) {
      const uri = model.uri.toString();
      const range = fromRange(monacoRange);
      const diagnostics = published(uri).filter((diagnostic) => isTouching(diagnostic.range, range));
      const params = { textDocument: { uri }, range, context: { diagnostics, ...(context.only !== undefined && { only: [context.only] }) } };
      const answer = await client.request<(lsp.CodeAction | lsp.Command)[]>("textDocument/codeAction", params, token);
      if (answer === null) return null;
      const actions = answer.filter((one): one is lsp.CodeAction => typeof one.command !== "string");
      return { actions: actions.map(toAction), dispose: () => undefined };
    },
    async resolveCodeAction(action, token) {
      if (action.edit !== undefined) return action;
      const resolved = await client.request<lsp.CodeAction>("codeAction/resolve", (action as Action).source, token);
      return resolved === null ? action : toAction(resolved);
    },
  };
}

export interface Needs {
  client: LanguageClient;
  prepare: Prepare;
  published: PublishedFor;
}

/** Registers with Monaco what the server says it can do; gives what takes it back. */
export function registerProviders({ client, prepare, published }: Needs, can: lsp.ServerCapabilities): IDisposable[] {
  const made: IDisposable[] = [];
  if (can.completionProvider !== undefined) made.push(languages.registerCompletionItemProvider(SELECTOR, completion(client, can.completionProvider)));
  if (can.signatureHelpProvider !== undefined) made.push(languages.registerSignatureHelpProvider(SELECTOR, signatures(client, can.signatureHelpProvider)));
  if (can.hoverProvider) made.push(languages.registerHoverProvider(SELECTOR, hover(client)));
  if (can.definitionProvider) made.push(languages.registerDefinitionProvider(SELECTOR, definition(client, prepare)));
  if (can.referencesProvider) made.push(languages.registerReferenceProvider(SELECTOR, references(client, prepare)));
  if (can.documentHighlightProvider) made.push(languages.registerDocumentHighlightProvider(SELECTOR, highlights(client)));
  if (can.renameProvider) made.push(languages.registerRenameProvider(SELECTOR, rename(client)));
  if (can.documentSymbolProvider) made.push(languages.registerDocumentSymbolProvider(SELECTOR, symbols(client)));
  if (can.foldingRangeProvider) made.push(languages.registerFoldingRangeProvider(SELECTOR, folding(client)));
  if (can.documentFormattingProvider) made.push(languages.registerDocumentFormattingEditProvider(SELECTOR, formatting(client)));
  if (can.codeActionProvider) made.push(languages.registerCodeActionProvider(SELECTOR, codeActions(client, published)));
  return made;
}
