/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics, and what to do about them with one click.
 */
#include "daemon/lsp/server_internal.h"

static void related(const struct lsp_server *s, const struct folder *f, const struct diag *d,
		    struct buf *out)
{
	if (!d->also.len || d->also.source >= f->l.n)
		return;
	buf_c(out, ",\"relatedInformation\":[{\"location\":");
	lsp_location(s, f, d->also, out);
	buf_c(out, ",\"message\":");
	buf_json(out, d->also_note);
	buf_c(out, "}]");
}

static void one(const struct lsp_server *s, const struct folder *f, const struct lines *lines,
		const struct diag *d, struct buf *out)
{
	struct buf message = {0};
	buf_str(&message, d->message);
	if (d->help.len) {
		buf_c(&message, "\nhelp: ");
		buf_str(&message, d->help);
	}
	buf_c(out, "{\"range\":");
	lines_range(out, lines, d->span, s->w.encoding);
	buf_fmt(out, ",\"severity\":%d,\"code\":\"W%04d\",\"source\":\"waymark\",\"message\":",
		d->severity == SEVERITY_ERROR ? 1 : 2, d->code);
	buf_json(out, buf_view(&message));
	related(s, f, d, out);
	buf_char(out, '}');
	buf_release(&message);
}

/* Appends those of one file, as a list without brackets; false: there are none. */
static bool list(const struct lsp_server *s, const struct folder *f, uint32_t source,
		 struct buf *out)
{
	struct lines lines;
	bool any = false;
	lines_read(&lines, f->l.sources[source].text);
	for (size_t i = 0; i < f->l.diags.n; i++) {
		const struct diag *d = &f->l.diags.at[i];
		if (d->span.source != source)
			continue;
		buf_c(out, any ? "," : "");
		one(s, f, &lines, d, out);
		any = true;
	}
	lines_release(&lines);
	return any;
}

static void tell(struct lsp_server *s, struct str uri, const struct document *d, struct str items)
{
	struct buf b = {0};
	buf_c(&b, "{\"uri\":");
	buf_json(&b, uri);
	if (d)
		buf_fmt(&b, ",\"version\":%lld", (long long)d->version);
	buf_c(&b, ",\"diagnostics\":[");
	buf_str(&b, items);
	buf_c(&b, "]}");
	lsp_notify(s, "textDocument/publishDiagnostics", &b);
	buf_release(&b);
}

static bool take_out(struct folder *f, struct str uri)
{
	for (size_t i = 0; i < f->told.n; i++) {
		if (!str_eq(buf_view(&f->told.at[i]), uri))
			continue;
		buf_release(&f->told.at[i]);
		vec_remove(&f->told, i);
		return true;
	}
	return false;
}

/* Each file that has diagnostics, had some, or is open; then the files that are gone. */
static void tell_all(struct lsp_server *s, struct folder *f)
{
	struct folder now = {0}; /* only its `told` is used */
	for (uint32_t i = 0; i < f->l.n; i++) {
		struct buf items = {0}, uri = {0};
		const struct document *d = workspace_source_document(&s->w, f, i);
		workspace_uri(&s->w, f, i, &uri);
		bool any = list(s, f, i, &items), had = take_out(f, buf_view(&uri));
		if (any || had || d)
			tell(s, buf_view(&uri), d, buf_view(&items));
		if (any)
			*vec_push(&now.told) = uri;
		else
			buf_release(&uri);
		buf_release(&items);
	}
	for (size_t i = 0; i < f->told.n; i++) {
		tell(s, buf_view(&f->told.at[i]), NULL, STR(""));
		buf_release(&f->told.at[i]);
	}
	vec_release(&f->told);
	memcpy(&f->told, &now.told, sizeof(f->told));
}

static void tell_trouble(struct lsp_server *s, struct folder *f, struct str why)
{
	struct buf b = {0};
	if (str_eq(buf_view(&f->trouble), why))
		return;
	buf_clear(&f->trouble);
	buf_str(&f->trouble, why);
	if (!why.len)
		return;
	buf_c(&b, "{\"type\":1,\"message\":");
	buf_json(&b, why);
	buf_char(&b, '}');
	lsp_notify(s, "window/showMessage", &b);
	buf_release(&b);
}

void lsp_publish(struct lsp_server *s)
{
	for (size_t i = 0; i < s->w.folders.n; i++) {
		struct folder *f = &s->w.folders.at[i];
		struct buf why = {0};
		if (!f->dirty)
			continue;
		bool read = workspace_refresh(&s->w, f, &why);
		tell_trouble(s, f, read ? STR("") : buf_view(&why));
		tell_all(s, f);
		buf_release(&why);
	}
}

/* ---- did you mean ---- */

/* The word that a help line proposes for what its diagnostic marks. */
static struct str proposed(const struct diag *d)
{
	struct str lead = STR("did you mean `"), rest = d->help;
	if (!str_starts(rest, lead))
		return (struct str){0};
	rest = (struct str){rest.p + lead.len, rest.len - lead.len};
	const char *end = memchr(rest.p, '`', rest.len);
	return end ? (struct str){rest.p, (size_t)(end - rest.p)} : (struct str){0};
}

static void action(struct lsp_server *s, const struct place *p, const struct lines *lines,
		   const struct diag *d, struct str uri)
{
	struct buf *out = &s->result, title = {0};
	buf_fmt(&title, "Write `" STR_FMT "`", STR_ARG(proposed(d)));
	buf_c(out, out->len > 1 ? "," : "");
	buf_c(out, "{\"title\":");
	buf_json(out, buf_view(&title));
	buf_c(out, ",\"kind\":\"quickfix\",\"diagnostics\":[");
	one(s, p->folder, lines, d, out);
	buf_c(out, "],\"isPreferred\":true,\"edit\":{\"changes\":{");
	buf_json(out, uri);
	buf_c(out, ":[{\"range\":");
	lines_range(out, lines, d->span, s->w.encoding);
	buf_c(out, ",\"newText\":");
	buf_json(out, proposed(d));
	buf_c(out, "}]}}}");
	buf_release(&title);
}

void lsp_code_action(struct lsp_server *s, const struct json *params)
{
	struct place p;
	struct lines lines;
	struct span asked;
	struct str uri = lsp_uri_of(params);
	if (!params || !workspace_find(&s->w, uri, &p))
		return;
	lines_read(&lines, p.folder->l.sources[p.source].text);
	if (lsp_range(&lines, json_get(params, STR("range")), s->w.encoding, &asked)) {
		buf_char(&s->result, '[');
		for (size_t i = 0; i < p.folder->l.diags.n; i++) {
			const struct diag *d = &p.folder->l.diags.at[i];
			if (d->span.source == p.source && proposed(d).len &&
			    d->span.off <= asked.off + asked.len &&
			    asked.off <= d->span.off + d->span.len)
				action(s, &p, &lines, d, uri);
		}
		buf_char(&s->result, ']');
	}
	lines_release(&lines);
}
