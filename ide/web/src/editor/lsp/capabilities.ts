import type { InitializeParams } from "vscode-languageserver-protocol";

const CODE_ACTION_KINDS = ["", "quickfix", "refactor", "refactor.extract", "refactor.inline", "refactor.rewrite", "source", "source.organizeImports"];

/** What this editor can do with a language server's answers. */
export const INITIALIZE: Omit<InitializeParams, "rootUri"> = {
  processId: null,
  clientInfo: { name: "Podium" },
  workspaceFolders: [{ uri: "file:///app", name: "app" }],
  capabilities: {
    general: { positionEncodings: ["utf-16"] },
    workspace: { workspaceEdit: { documentChanges: true } },
    textDocument: {
      synchronization: { didSave: false },
      publishDiagnostics: { tagSupport: { valueSet: [1, 2] }, versionSupport: true },
      completion: {
        contextSupport: true,
        insertTextMode: 1,
        completionItem: {
          snippetSupport: true,
          commitCharactersSupport: true,
          documentationFormat: ["markdown", "plaintext"],
          deprecatedSupport: true,
          preselectSupport: true,
          insertReplaceSupport: true,
          labelDetailsSupport: true,
          tagSupport: { valueSet: [1] },
          resolveSupport: { properties: ["documentation", "detail", "additionalTextEdits"] },
        },
        completionList: { itemDefaults: ["editRange", "commitCharacters", "insertTextFormat", "data"] },
      },
      hover: { contentFormat: ["markdown", "plaintext"] },
      signatureHelp: {
        contextSupport: true,
        signatureInformation: {
          documentationFormat: ["markdown", "plaintext"],
          activeParameterSupport: true,
          parameterInformation: { labelOffsetSupport: true },
        },
      },
      definition: { linkSupport: true },
      references: {},
      documentHighlight: {},
      documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      codeAction: {
        codeActionLiteralSupport: { codeActionKind: { valueSet: CODE_ACTION_KINDS } },
        isPreferredSupport: true,
        dataSupport: true,
        resolveSupport: { properties: ["edit"] },
      },
      formatting: {},
      rangeFormatting: {},
      foldingRange: { lineFoldingOnly: true },
      rename: { prepareSupport: true },
    },
  },
};
