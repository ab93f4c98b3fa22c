/* SPDX-License-Identifier: Apache-2.0
 *
 * The outline of a file: what it declares, with programs and counties around what belongs to them,
 * and blocks around their steps and tiers.
 */
#include "daemon/lsp/server_internal.h"

/* The protocol's kinds of symbol, which choose an icon. */
enum symbol {
	SYMBOL_MODULE = 2,
	SYMBOL_NAMESPACE = 3,
	SYMBOL_CLASS = 5,
	SYMBOL_METHOD = 6,
	SYMBOL_FIELD = 8,
	SYMBOL_FUNCTION = 12,
	SYMBOL_CONSTANT = 14,
	SYMBOL_OBJECT = 19,
	SYMBOL_MEMBER = 22,
	SYMBOL_EVENT = 24,
};

struct outline {
	const struct lsp_server *s;
	const struct folder *f;
	struct lines lines;
	struct buf *out;
	bool first; /* nothing stands in the open list yet */
};

static enum symbol symbol_of(const struct ast_decl *d)
{
	switch (d->kind) {
	case AST_CASE:
		return SYMBOL_CLASS;
	case AST_EVENT:
		return SYMBOL_EVENT;
	case AST_PROGRAM:
		return SYMBOL_MODULE;
	case AST_COUNTY:
		return SYMBOL_NAMESPACE;
	case AST_PARAM:
	case AST_CHANGE:
		return SYMBOL_CONSTANT;
	case AST_BLOCK:
	case AST_NEVER:
	case AST_REPLACE:
	case AST_DROP:
		return SYMBOL_FUNCTION;
	case AST_SCENARIO:
	case AST_PROJECTION:
		return SYMBOL_METHOD;
	case AST_TIMEZONE:
	case AST_CALENDAR:
	case AST_ACTION_NAME:
	case AST_PARTY:
	case AST_REQUIREMENT:
	case AST_FUND:
	case AST_DOCKET:
	case AST_CAPACITY:
		break;
	}
	return SYMBOL_OBJECT;
}

/* Opens a symbol, whose list of children is left open. */
static void open(struct outline *o, struct str name, struct str detail, enum symbol kind,
		 struct span whole, struct span head)
{
	buf_c(o->out, o->first ? "" : ",");
	buf_c(o->out, "{\"name\":");
	buf_json(o->out, name.len ? name : STR("…"));
	buf_c(o->out, ",\"detail\":");
	buf_json(o->out, detail);
	buf_fmt(o->out, ",\"kind\":%d,\"range\":", (int)kind);
	lines_range(o->out, &o->lines, whole, o->s->w.encoding);
	buf_c(o->out, ",\"selectionRange\":");
	lines_range(o->out, &o->lines, head, o->s->w.encoding);
	buf_c(o->out, ",\"children\":[");
	o->first = true;
}

static void close(struct outline *o)
{
	buf_c(o->out, "]}");
	o->first = false;
}

/* From where something begins to the end of the last line before `end`. */
static struct span up_to(const struct outline *o, struct span head, uint32_t end)
{
	while (end > head.off + head.len && strchr(" \t\r\n", o->lines.text.p[end - 1]))
		end--;
	return (struct span){head.source, head.off, end - head.off};
}

static struct span inside(struct span whole, struct span part)
{
	bool fits = part.len && part.source == whole.source && part.off >= whole.off &&
		    part.off + part.len <= whole.off + whole.len;
	return fits ? part : (struct span){whole.source, whole.off, 0};
}

static void leaf(struct outline *o, struct str name, struct str detail, enum symbol kind,
		 struct span whole, struct span head)
{
	open(o, name, detail, kind, whole, inside(whole, head));
	close(o);
}

static void sections(struct outline *o, const struct ast_decl *d, struct span whole)
{
	for (const struct ast_section *x = d->sections; x; x = x->next) {
		struct buf name = {0};
		uint32_t end = x->next ? x->next->span.off : whole.off + whole.len;
		buf_c(&name, d->block == BLOCK_FINE     ? "tier "
			     : d->block == BLOCK_STAGES ? "stage "
							: "step ");
		buf_str(&name, x->name.s);
		if (end >= x->span.off + x->span.len)
			leaf(o, buf_view(&name), x->title.s, SYMBOL_MEMBER, up_to(o, x->span, end),
			     x->name.span);
		buf_release(&name);
	}
}

/* `change amount fee`: the words of the head up to the name. */
static struct str name_of(const struct outline *o, const struct ast_decl *d)
{
	const struct ast_word *name = d->replacement ? &d->replacement->name : &d->name;
	if (d->kind == AST_SCENARIO || d->kind == AST_TIMEZONE)
		return d->title.s;
	if (!name->s.len || name->span.off < d->span.off)
		return lsp_text(o->f, d->span);
	return lsp_text(o->f, (struct span){d->span.source, d->span.off,
					    name->span.off + name->span.len - d->span.off});
}

static void decl(struct outline *o, const struct ast_decl *d, uint32_t end)
{
	const struct ast_decl *body = d->replacement ? d->replacement : d;
	struct span whole = up_to(o, d->span, end);
	open(o, name_of(o, d), d->kind == AST_SCENARIO ? d->county.s : body->title.s, symbol_of(d),
	     whole, inside(whole, body->name.span));
	for (const struct ast_slot *x = d->slots; x; x = x->next)
		leaf(o, x->name.s, lsp_text(o->f, x->type.span), SYMBOL_FIELD, x->span,
		     x->name.span);
	sections(o, body, whole);
	if (d->kind != AST_PROGRAM && d->kind != AST_COUNTY)
		close(o);
}

static bool holds_others(const struct ast_decl *d)
{
	return d->kind == AST_PROGRAM || d->kind == AST_COUNTY;
}

static const struct ast_decl *next_holder(const struct ast_decl *d)
{
	for (d = d->next; d && !holds_others(d);)
		d = d->next;
	return d;
}

static void file(struct outline *o, const struct ast_decl *d)
{
	bool inner = false;
	uint32_t size = (uint32_t)o->lines.text.len;
	for (; d; d = d->next) {
		const struct ast_decl *until = holds_others(d) ? next_holder(d) : d->next;
		if (inner && holds_others(d)) {
			close(o);
			inner = false;
		}
		decl(o, d, until ? until->span.off : size);
		inner = inner || holds_others(d);
	}
	if (inner)
		close(o);
}

void lsp_document_symbol(struct lsp_server *s, const struct json *params)
{
	struct place p;
	if (!workspace_find(&s->w, lsp_uri_of(params), &p))
		return;
	struct outline o = {.s = s, .f = p.folder, .out = &s->result, .first = true};
	const struct ast_file *f = p.folder->names.files;
	while (f && f->source != p.source)
		f = f->next;
	lines_read(&o.lines, p.folder->l.sources[p.source].text);
	buf_char(&s->result, '[');
	if (f)
		file(&o, f->decls);
	buf_char(&s->result, ']');
	lines_release(&o.lines);
}
