// SPDX-License-Identifier: Apache-2.0
//
// Starts `waymark lsp` and carries what the editor asks and what it answers, without any library:
// the protocol's shapes are turned into the editor's here and nowhere else.
"use strict";

const { spawn } = require("child_process");
const vscode = require("vscode");

const LANGUAGE = "waymark";
const TRIES = 3; // to start the program again after it has ended by itself

// ---- the protocol's shapes and the editor's ----

const position = (p) => new vscode.Position(p.line, p.character);
const range = (r) => new vscode.Range(position(r.start), position(r.end));
const location = (l) => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));
const place = (p) => ({ line: p.line, character: p.character });
const edit = (e) => new vscode.TextEdit(range(e.range), e.newText);

function diagnostic(d) {
  const out = new vscode.Diagnostic(range(d.range), d.message, d.severity - 1);
  out.code = d.code;
  out.source = d.source;
  out.relatedInformation = (d.relatedInformation || []).map(
    (r) => new vscode.DiagnosticRelatedInformation(location(r.location), r.message));
  return out;
}

function symbol(s) {
  const out = new vscode.DocumentSymbol(
    s.name, s.detail, s.kind - 1, range(s.range), range(s.selectionRange));
  out.children = s.children.map(symbol);
  return out;
}

function completion(i) {
  const out = new vscode.CompletionItem(i.label, i.kind - 1);
  out.detail = i.detail;
  out.sortText = i.sortText;
  out.range = range(i.textEdit.range);
  out.insertText = i.textEdit.newText;
  return out;
}

function action(a) {
  const out = new vscode.CodeAction(a.title, vscode.CodeActionKind.QuickFix);
  out.edit = new vscode.WorkspaceEdit();
  for (const [uri, edits] of Object.entries(a.edit.changes))
    out.edit.set(vscode.Uri.parse(uri), edits.map(edit));
  out.diagnostics = a.diagnostics.map(diagnostic);
  out.isPreferred = a.isPreferred;
  return out;
}

// ---- the connection ----

class Connection {
  constructor(program, notified, ended) {
    this.notified = notified;
    this.waiting = new Map();
    this.id = 0;
    this.arrived = Buffer.alloc(0);
    this.process = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "ignore"] });
    this.process.stdout.on("data", (bytes) => this.take(bytes));
    this.process.stdin.on("error", () => {});
    this.process.on("error", (error) => this.end(ended, error.message));
    this.process.on("exit", () => this.end(ended, "it has ended"));
  }

  end(ended, why) {
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    if (!this.over) ended(why);
    this.over = true;
  }

  send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    if (!this.over) this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  }

  notify(method, params) {
    this.send({ method, params });
  }

  request(method, params) {
    const id = ++this.id;
    return new Promise((resolve, reject) => {
      if (this.over) return reject(new Error("it has ended"));
      this.waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }

  take(bytes) {
    this.arrived = Buffer.concat([this.arrived, bytes]);
    for (;;) {
      const head = this.arrived.indexOf("\r\n\r\n");
      if (head < 0) return;
      const from = head + 4;
      const to = from + Number(/Content-Length: (\d+)/.exec(this.arrived.toString("ascii", 0, head))[1]);
      if (this.arrived.length < to) return;
      const message = JSON.parse(this.arrived.toString("utf8", from, to));
      this.arrived = this.arrived.subarray(to);
      this.dispatch(message);
    }
  }

  dispatch(message) {
    const waiting = this.waiting.get(message.id);
    if (message.method) return this.notified(message.method, message.params);
    if (!waiting) return undefined;
    this.waiting.delete(message.id);
    if (message.error) return waiting.reject(new Error(message.error.message));
    return waiting.resolve(message.result);
  }
}

// ---- the extension ----

let connection;
let stopping = false;

function notified(problems, method, params) {
  if (method === "textDocument/publishDiagnostics")
    problems.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnostic));
  else if (method === "window/showMessage") vscode.window.showWarningMessage(params.message);
}

function opened(document) {
  if (document.languageId === LANGUAGE)
    connection.notify("textDocument/didOpen", {
      textDocument: {
        uri: document.uri.toString(), languageId: LANGUAGE,
        version: document.version, text: document.getText(),
      },
    });
}

function changed(event) {
  if (event.document.languageId !== LANGUAGE || event.contentChanges.length === 0) return;
  connection.notify("textDocument/didChange", {
    textDocument: { uri: event.document.uri.toString(), version: event.document.version },
    contentChanges: event.contentChanges.map((c) => ({
      range: { start: place(c.range.start), end: place(c.range.end) }, text: c.text,
    })),
  });
}

function told(method) {
  return (document) => {
    if (document.languageId === LANGUAGE)
      connection.notify(method, { textDocument: { uri: document.uri.toString() } });
  };
}

async function start(problems, tries) {
  const program = vscode.workspace.getConfiguration("waymark").get("program") || "waymark";
  const folder = (vscode.workspace.workspaceFolders || [])[0];
  connection = new Connection(program, (m, p) => notified(problems, m, p), (why) => {
    problems.clear();
    if (stopping) return;
    if (tries > 1) start(problems, tries - 1);
    else vscode.window.showErrorMessage(
      `Waymark: \`${program} lsp\` does not run (${why}). Is waymark installed? The setting waymark.program names it.`);
  });
  try {
    await connection.request("initialize", {
      processId: process.pid, rootUri: folder ? folder.uri.toString() : null, capabilities: {},
    });
  } catch {
    return; // told already
  }
  connection.notify("initialized", {});
  vscode.workspace.textDocuments.forEach(opened);
}

// A request about a place; what cannot be answered any more is no answer.
function ask(method, document, at, more) {
  const params = { textDocument: { uri: document.uri.toString() }, ...more };
  if (at) params.position = place(at);
  return connection.request("textDocument/" + method, params).catch(() => null);
}

async function list(method, make, document, at, more) {
  return ((await ask(method, document, at, more)) || []).map(make);
}

function providers() {
  const l = vscode.languages;
  return [
    l.registerHoverProvider(LANGUAGE, {
      async provideHover(d, p) {
        const h = await ask("hover", d, p);
        return h && new vscode.Hover(new vscode.MarkdownString(h.contents.value), range(h.range));
      },
    }),
    l.registerDefinitionProvider(LANGUAGE, {
      async provideDefinition(d, p) {
        const at = await ask("definition", d, p);
        return at && location(at);
      },
    }),
    l.registerReferenceProvider(LANGUAGE, {
      provideReferences: (d, p, context) => list("references", location, d, p, { context }),
    }),
    l.registerDocumentHighlightProvider(LANGUAGE, {
      provideDocumentHighlights: (d, p) =>
        list("documentHighlight", (h) => new vscode.DocumentHighlight(range(h.range)), d, p),
    }),
    l.registerDocumentSymbolProvider(LANGUAGE, {
      provideDocumentSymbols: (d) => list("documentSymbol", symbol, d),
    }),
    l.registerDocumentFormattingEditProvider(LANGUAGE, {
      provideDocumentFormattingEdits: (d, options) => list("formatting", edit, d, null, { options }),
    }),
    l.registerCompletionItemProvider(LANGUAGE, {
      provideCompletionItems: (d, p) => list("completion", completion, d, p),
    }, ".", " "),
    l.registerCodeActionsProvider(LANGUAGE, {
      provideCodeActions: (d, r) => list("codeAction", action, d, null, {
        range: { start: place(r.start), end: place(r.end) }, context: { diagnostics: [] },
      }),
    }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
  ];
}

exports.activate = async function activate(context) {
  const problems = vscode.languages.createDiagnosticCollection(LANGUAGE);
  const w = vscode.workspace;
  stopping = false;
  const started = start(problems, TRIES);
  context.subscriptions.push(
    problems, ...providers(), w.onDidOpenTextDocument(opened), w.onDidChangeTextDocument(changed),
    w.onDidCloseTextDocument(told("textDocument/didClose")),
    w.onDidSaveTextDocument(told("textDocument/didSave")));
  await started;
};

exports.deactivate = async function deactivate() {
  stopping = true;
  if (!connection || connection.over) return;
  await connection.request("shutdown").catch(() => {});
  connection.notify("exit");
};
