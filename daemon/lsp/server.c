/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a connection: framing, JSON-RPC, the order of initialize, work, shutdown and exit.
 */
#include "daemon/lsp/server.h"

#include "daemon/lsp/frame.h"
#include "daemon/lsp/server_internal.h"
#include "daemon/lsp/uri.h"
#include "engine/base/limits.h"

struct lsp_server *lsp_new(const struct lsp_env *env, struct str rulebook)
{
	struct lsp_server *s = mem_alloc(sizeof(*s));
	*s = (struct lsp_server){.env = *env, .doc = json_doc_new(), .exit_status = 1};
	buf_str(&s->w.fixed, rulebook);
	return s;
}

void lsp_free(struct lsp_server *s)
{
	if (!s)
		return;
	workspace_release(&s->w);
	json_doc_free(s->doc);
	buf_release(&s->in);
	buf_release(&s->result);
	mem_free(s);
}

int lsp_exit_status(const struct lsp_server *s)
{
	return s->exit_status;
}

/* ---- what is sent ---- */

static void send(struct lsp_server *s, struct buf *body)
{
	frame_write(s->out, buf_view(body));
	buf_release(body);
}

void lsp_notify(struct lsp_server *s, const char *method, const struct buf *params)
{
	struct buf b = {0};
	buf_fmt(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":", method);
	buf_str(&b, buf_view(params));
	buf_char(&b, '}');
	send(s, &b);
}

static void echo_id(struct buf *b, const struct json *id)
{
	buf_c(b, "{\"jsonrpc\":\"2.0\",\"id\":");
	if (id && id->kind == JSON_INT)
		buf_i64(b, id->i);
	else if (id && id->kind == JSON_TEXT)
		buf_json(b, id->text);
	else
		buf_c(b, "null");
}

static void answer_error(struct lsp_server *s, const struct json *id, enum lsp_error code,
			 struct str message)
{
	struct buf b = {0};
	echo_id(&b, id);
	buf_fmt(&b, ",\"error\":{\"code\":%d,\"message\":", (int)code);
	buf_json(&b, message);
	buf_c(&b, "}}");
	send(s, &b);
}

static void answer(struct lsp_server *s, const struct json *id)
{
	struct buf b = {0};
	echo_id(&b, id);
	buf_c(&b, ",\"result\":");
	buf_str(&b, s->result.len ? buf_view(&s->result) : STR("null"));
	buf_char(&b, '}');
	send(s, &b);
}

/* ---- reading parameters ---- */

struct str lsp_uri_of(const struct json *params)
{
	const struct json *doc = params ? json_get(params, STR("textDocument")) : NULL;
	const struct json *uri = doc ? json_get(doc, STR("uri")) : NULL;
	return uri && uri->kind == JSON_TEXT ? uri->text : (struct str){0};
}

static bool read_count(const struct json *object, struct str name, uint32_t *out)
{
	const struct json *v = object ? json_get(object, name) : NULL;
	if (!v || v->kind != JSON_INT || v->i < 0)
		return false;
	*out = v->i > UINT32_MAX ? UINT32_MAX : (uint32_t)v->i;
	return true;
}

bool lsp_position(const struct json *v, struct position *out)
{
	return read_count(v, STR("line"), &out->line) &&
	       read_count(v, STR("character"), &out->character);
}

bool lsp_range(const struct lines *l, const struct json *range, enum encoding e, struct span *out)
{
	struct position from, to;
	if (!range || !lsp_position(json_get(range, STR("start")), &from) ||
	    !lsp_position(json_get(range, STR("end")), &to))
		return false;
	uint32_t a = lines_offset(l, from, e), b = lines_offset(l, to, e);
	*out = (struct span){.off = a < b ? a : b, .len = a < b ? b - a : a - b};
	return true;
}

bool lsp_spot(struct lsp_server *s, const struct json *params, struct spot *out)
{
	struct position at;
	struct lines lines;
	if (!params || !lsp_position(json_get(params, STR("position")), &at) ||
	    !workspace_find(&s->w, lsp_uri_of(params), &out->place))
		return false;
	lines_read(&lines, out->place.folder->l.sources[out->place.source].text);
	out->off = lines_offset(&lines, at, s->w.encoding);
	lines_release(&lines);
	return true;
}

/* ---- writing places ---- */

struct str lsp_text(const struct folder *f, struct span span)
{
	struct str text = f->l.sources[span.source].text;
	return (struct str){text.p + span.off, span.len};
}

void lsp_location(const struct lsp_server *s, const struct folder *f, struct span span,
		  struct buf *out)
{
	struct buf uri = {0};
	struct lines lines;
	workspace_uri(&s->w, f, span.source, &uri);
	lines_read(&lines, f->l.sources[span.source].text);
	buf_c(out, "{\"uri\":");
	buf_json(out, buf_view(&uri));
	buf_c(out, ",\"range\":");
	lines_range(out, &lines, span, s->w.encoding);
	buf_char(out, '}');
	lines_release(&lines);
	buf_release(&uri);
}

int32_t lsp_today(const struct lsp_server *s, const struct folder *f)
{
	const struct zone *zone = f->l.rb ? f->l.rb->zone : zone_utc();
	return zone_day(zone, s->env.now_us(s->env.arg));
}

/* ---- beginning ---- */

static void take_root(struct lsp_server *s, const struct json *params)
{
	const struct json *folders = json_get(params, STR("workspaceFolders"));
	const struct json *first =
	    folders && folders->kind == JSON_ARRAY ? json_first(folders) : NULL;
	const struct json *uri = first ? json_get(first, STR("uri")) : NULL;
	if (!uri)
		uri = json_get(params, STR("rootUri"));
	if (!uri || uri->kind != JSON_TEXT || !uri_path(&s->w.root, uri->text))
		buf_clear(&s->w.root);
	while (s->w.root.len > 1 && s->w.root.p[s->w.root.len - 1] == '/')
		s->w.root.len--;
}

static void take_encoding(struct lsp_server *s, const struct json *params)
{
	const struct json *v = json_get(params, STR("capabilities"));
	v = v ? json_get(v, STR("general")) : NULL;
	v = v ? json_get(v, STR("positionEncodings")) : NULL;
	if (!v || v->kind != JSON_ARRAY)
		return;
	for (const struct json *e = json_first(v); e; e = json_next(v, e))
		if (e->kind == JSON_TEXT && str_eq(e->text, STR("utf-8")))
			s->w.encoding = ENCODING_UTF8;
}

static void initialize(struct lsp_server *s, const struct json *params)
{
	if (params) {
		take_root(s, params);
		take_encoding(s, params);
	}
	s->state = LSP_RUNNING;
	buf_fmt(&s->result,
		"{\"capabilities\":{\"positionEncoding\":\"%s\","
		"\"textDocumentSync\":{\"openClose\":true,\"change\":2,\"save\":true},"
		"\"hoverProvider\":true,\"definitionProvider\":true,\"referencesProvider\":true,"
		"\"documentHighlightProvider\":true,\"documentSymbolProvider\":true,"
		"\"documentFormattingProvider\":true,"
		"\"codeActionProvider\":{\"codeActionKinds\":[\"quickfix\"]},"
		"\"completionProvider\":{\"triggerCharacters\":[\".\",\" \"]}},"
		"\"serverInfo\":{\"name\":\"waymark\",\"version\":\"%s\"}}",
		s->w.encoding == ENCODING_UTF8 ? "utf-8" : "utf-16", WAYMARK_VERSION);
}

static void shut_down(struct lsp_server *s, const struct json *params)
{
	(void)params;
	s->state = LSP_SHUT_DOWN;
}

/* ---- notifications ---- */

static void initialized(struct lsp_server *s, const struct json *params)
{
	(void)params;
	if (s->w.fixed.len)
		workspace_folder(&s->w, buf_view(&s->w.fixed));
}

static void leave(struct lsp_server *s, const struct json *params)
{
	(void)params;
	s->exit_status = s->state == LSP_SHUT_DOWN ? 0 : 1;
	s->state = LSP_OVER;
}

static int64_t version_of(const struct json *doc)
{
	const struct json *v = doc ? json_get(doc, STR("version")) : NULL;
	return v && v->kind == JSON_INT ? v->i : 0;
}

static void say(struct lsp_server *s, struct str message)
{
	struct buf b = {0};
	buf_c(&b, "{\"type\":1,\"message\":");
	buf_json(&b, message);
	buf_char(&b, '}');
	lsp_notify(s, "window/showMessage", &b);
	buf_release(&b);
}

static void did_open(struct lsp_server *s, const struct json *params)
{
	const struct json *doc = params ? json_get(params, STR("textDocument")) : NULL;
	const struct json *text = doc ? json_get(doc, STR("text")) : NULL;
	struct str uri = lsp_uri_of(params);
	if (!uri.len || !text || text->kind != JSON_TEXT)
		return;
	if (!workspace_open(&s->w, uri, text->text, version_of(doc)))
		say(s, STR("waymark: too many files are open; this one is not looked at"));
}

static void did_close(struct lsp_server *s, const struct json *params)
{
	workspace_close(&s->w, lsp_uri_of(params));
}

static void change(struct lsp_server *s, struct document *d, const struct json *c)
{
	const struct json *text = json_get(c, STR("text")), *range = json_get(c, STR("range"));
	struct span span = {.len = (uint32_t)d->text.len};
	struct lines lines;
	if (!text || text->kind != JSON_TEXT)
		return;
	lines_read(&lines, buf_view(&d->text));
	bool fine = !range || lsp_range(&lines, range, s->w.encoding, &span);
	lines_release(&lines);
	if (!fine)
		return;
	if (d->text.len - span.len + text->text.len > LIMIT_LSP_BYTES) {
		say(s, STR("waymark: this file has grown too large; it is not looked at any more"));
		span = (struct span){.len = (uint32_t)d->text.len};
		workspace_edit(&s->w, d, span, STR(""));
		return;
	}
	workspace_edit(&s->w, d, span, text->text);
}

static void did_change(struct lsp_server *s, const struct json *params)
{
	struct document *d = workspace_document(&s->w, lsp_uri_of(params));
	const struct json *changes = params ? json_get(params, STR("contentChanges")) : NULL;
	if (!d || !changes || changes->kind != JSON_ARRAY)
		return;
	d->version = version_of(json_get(params, STR("textDocument")));
	for (const struct json *c = json_first(changes); c; c = json_next(changes, c))
		change(s, d, c);
}

static void files_changed(struct lsp_server *s, const struct json *params)
{
	(void)params;
	workspace_touch(&s->w);
}

static void nothing(struct lsp_server *s, const struct json *params)
{
	(void)s, (void)params;
}

/* ---- one message ---- */

struct method {
	const char *name;
	void (*run)(struct lsp_server *s, const struct json *params);
	bool request;
};

static const struct method methods[] = {
    {"initialize", initialize, true},
    {"shutdown", shut_down, true},
    {"textDocument/hover", lsp_hover, true},
    {"textDocument/definition", lsp_definition, true},
    {"textDocument/references", lsp_references, true},
    {"textDocument/documentHighlight", lsp_highlight, true},
    {"textDocument/documentSymbol", lsp_document_symbol, true},
    {"textDocument/completion", lsp_completion, true},
    {"textDocument/formatting", lsp_formatting, true},
    {"textDocument/codeAction", lsp_code_action, true},
    {"initialized", initialized, false},
    {"exit", leave, false},
    {"textDocument/didOpen", did_open, false},
    {"textDocument/didChange", did_change, false},
    {"textDocument/didClose", did_close, false},
    {"textDocument/didSave", files_changed, false},
    {"workspace/didChangeWatchedFiles", files_changed, false},
    {"$/cancelRequest", nothing, false},
    {"$/setTrace", nothing, false},
};

static const struct method *method_named(struct str name, bool request)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (methods[i].request == request && str_eq(name, str_from(methods[i].name)))
			return &methods[i];
	return NULL;
}

static void request(struct lsp_server *s, const struct json *id, struct str name,
		    const struct json *params)
{
	const struct method *m = method_named(name, true);
	struct buf why = {0};
	bool first = m && m->run == initialize;
	buf_clear(&s->result);
	if (s->state == LSP_RUNNING)
		lsp_publish(s);
	if (s->state == LSP_NEW && !first) {
		answer_error(s, id, LSP_NOT_INITIALIZED, STR("`initialize` has to come first"));
	} else if (s->state == LSP_SHUT_DOWN || (first && s->state != LSP_NEW)) {
		answer_error(s, id, LSP_INVALID_REQUEST,
			     first ? STR("`initialize` comes once")
				   : STR("`shutdown` has been asked for"));
	} else if (!m) {
		buf_fmt(&why, "there is no method `" STR_FMT "`", STR_ARG(name));
		answer_error(s, id, LSP_METHOD_NOT_FOUND, buf_view(&why));
	} else {
		m->run(s, params);
		answer(s, id);
	}
	buf_release(&why);
}

static void notification(struct lsp_server *s, struct str name, const struct json *params)
{
	const struct method *m = method_named(name, false);
	if (m && (s->state == LSP_RUNNING || m->run == leave))
		m->run(s, params);
}

static void message(struct lsp_server *s, struct str body)
{
	const struct json *root;
	struct buf why = {0};
	if (json_parse(s->doc, body, LIMIT_LSP_BYTES, &root, &why)) {
		answer_error(s, NULL, LSP_PARSE_ERROR, buf_view(&why));
		buf_release(&why);
		return;
	}
	buf_release(&why);
	const struct json *id = json_get(root, STR("id")), *name = json_get(root, STR("method"));
	const struct json *params = json_get(root, STR("params"));
	if (root->kind != JSON_OBJECT || (name && name->kind != JSON_TEXT) ||
	    (id && id->kind != JSON_INT && id->kind != JSON_TEXT) || (!name && !id)) {
		answer_error(s, NULL, LSP_INVALID_REQUEST, STR("this is no request"));
		return;
	}
	if (name && id)
		request(s, id, name->text, params);
	else if (name)
		notification(s, name->text, params);
}

bool lsp_feed(struct lsp_server *s, struct str bytes, struct buf *out)
{
	size_t at = 0, taken = 0;
	struct str body;
	if (!bytes.len)
		return s->state != LSP_OVER;
	s->out = out;
	buf_str(&s->in, bytes);
	while (s->state != LSP_OVER && at < s->in.len) {
		struct str rest = {s->in.p + at, s->in.len - at};
		enum status status = frame_read(rest, &taken, &body);
		if (status) { /* where the next message begins is not known */
			answer_error(s, NULL,
				     status == STATUS_LIMIT ? LSP_INVALID_REQUEST : LSP_PARSE_ERROR,
				     status == STATUS_LIMIT ? STR("the message is too long")
							    : STR("the header is malformed"));
			s->state = LSP_OVER;
			break;
		}
		if (!taken)
			break;
		message(s, body);
		at += taken;
	}
	memmove(s->in.p, s->in.p + at, s->in.len - at);
	s->in.len -= at;
	if (s->state == LSP_RUNNING)
		lsp_publish(s);
	return s->state != LSP_OVER;
}
