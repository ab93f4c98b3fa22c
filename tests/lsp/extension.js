// SPDX-License-Identifier: Apache-2.0
//
// Runs the extension of grammar/editors/vscode in an editor that is not there: as much of its
// interface as the extension uses.
//
//     node extension.js EXTENSION-FOLDER WAYMARK FOLDER-WITH-policies
"use strict";

const assert = require("assert");
const fs = require("fs");
const Module = require("module");
const path = require("path");

const [extensionFolder, program, folder] = process.argv.slice(2);
const listeners = {}, providers = {}, told = new Map(), shown = [];
let heard = () => {};

class Position { constructor(line, character) { Object.assign(this, { line, character }); } }
class Range { constructor(start, end) { Object.assign(this, { start, end }); } }
const holder = (...names) => class { constructor(...args) { names.forEach((n, i) => (this[n] = args[i])); } };
class WorkspaceEdit { constructor() { this.files = new Map(); } set(uri, edits) { this.files.set(uri.toString(), edits); } }
const uri = (text) => ({ text, toString: () => text });
const register = (name) => (language, provider) => {
  assert.strictEqual(language, "waymark");
  providers[name] = provider;
  return { dispose() {} };
};
const on = (name) => (listener) => { listeners[name] = listener; return { dispose() {} }; };

const vscode = {
  Position, Range, WorkspaceEdit,
  Location: holder("uri", "range"), TextEdit: holder("range", "newText"),
  Diagnostic: holder("range", "message", "severity"),
  DiagnosticRelatedInformation: holder("location", "message"),
  DocumentSymbol: holder("name", "detail", "kind", "range", "selectionRange"),
  CompletionItem: holder("label", "kind"), CodeAction: holder("title", "kind"),
  CodeActionKind: { QuickFix: "quickfix" }, Hover: holder("contents", "range"),
  MarkdownString: holder("value"), DocumentHighlight: holder("range"), Uri: { parse: uri },
  window: { showWarningMessage: (m) => shown.push(m), showErrorMessage: (m) => shown.push(m) },
  workspace: {
    textDocuments: [], workspaceFolders: [{ uri: uri("file://" + folder) }],
    getConfiguration: () => ({ get: () => program }),
    onDidOpenTextDocument: on("open"), onDidChangeTextDocument: on("change"),
    onDidCloseTextDocument: on("close"), onDidSaveTextDocument: on("save"),
  },
  languages: {
    createDiagnosticCollection: () => ({
      set: (u, list) => { told.set(u.toString(), list); heard(); }, clear: () => told.clear(), dispose() {},
    }),
    registerHoverProvider: register("hover"), registerDefinitionProvider: register("definition"),
    registerReferenceProvider: register("references"),
    registerDocumentHighlightProvider: register("highlight"),
    registerDocumentSymbolProvider: register("symbols"),
    registerDocumentFormattingEditProvider: register("formatting"),
    registerCompletionItemProvider: register("completion"), registerCodeActionsProvider: register("actions"),
  },
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

const file = path.join(folder, "policies/programs/pathway_to_safety.way");
const document = {
  languageId: "waymark", version: 1, uri: uri("file://" + file),
  text: fs.readFileSync(file, "utf8"), getText() { return this.text; },
};

function at(text) {
  const before = document.text.slice(0, document.text.indexOf(text));
  return new Position(before.split("\n").length - 1, before.length - before.lastIndexOf("\n") - 1);
}

function replace(old, anew) {
  const start = at(old), end = new Position(start.line, start.character + old.length);
  document.text = document.text.replace(old, anew);
  document.version++;
  listeners.change({ document, contentChanges: [{ range: new Range(start, end), text: anew }] });
}

const diagnostics = (count) => new Promise((resolve) => {
  heard = () => {
    const list = told.get(document.uri.toString());
    if (list && list.length === count) resolve(list);
  };
  heard();
});

(async () => {
  const extension = require(path.join(extensionFolder, "extension.js"));
  await extension.activate({ subscriptions: [] });
  listeners.open(document);
  await diagnostics(0);
  const use = at("session_attended");
  const hover = await providers.hover.provideHover(document, use);
  assert.match(hover.contents.value, /^\*\*event\*\* `session_attended`/);
  const definition = await providers.definition.provideDefinition(document, use);
  assert.match(definition.uri.toString(), /vocabulary\.way$/);
  assert((await providers.references.provideReferences(document, use, { includeDeclaration: true })).length > 2);
  assert((await providers.highlight.provideDocumentHighlights(document, use)).length > 1);
  const symbols = await providers.symbols.provideDocumentSymbols(document);
  assert.strictEqual(symbols[0].name, "program pathway_to_safety");
  assert(symbols[0].children.length > 5);
  const items = await providers.completion.provideCompletionItems(document, use);
  assert(items.some((i) => i.label === "intake" && i.insertText === "intake"));
  assert.deepStrictEqual(await providers.formatting.provideDocumentFormattingEdits(document, {}), []);

  replace("on session_attended", "on session_atended");
  const [wrong] = await diagnostics(1);
  assert.strictEqual(wrong.code, "W0201");
  assert.strictEqual(wrong.severity, 0);
  const [fix] = await providers.actions.provideCodeActions(document, wrong.range);
  assert.strictEqual(fix.title, "Write `session_attended`");
  assert.strictEqual(fix.edit.files.get(document.uri.toString())[0].newText, "session_attended");
  replace("on session_atended", "on session_attended");
  await diagnostics(0);
  listeners.save(document);
  listeners.close(document);
  await extension.deactivate();
  assert.deepStrictEqual(shown, []);
  console.log("fine");
})().catch((error) => { console.error(error); process.exit(1); });
