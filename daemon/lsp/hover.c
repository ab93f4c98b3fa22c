/* SPDX-License-Identifier: Apache-2.0
 *
 * What a name is: its title and citation, where it is declared, the value of a parameter today and
 * what counties change about it.
 */
#include "daemon/lsp/server_internal.h"

struct told {
	const struct lsp_server *s;
	const struct folder *f;
	struct buf *out;
	int32_t today;
};

/* Text of a policy in Markdown: its signs mean themselves. */
static void plain(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\`*_[]<>#|", text.p[i]) && text.p[i])
			buf_char(out, '\\');
		buf_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
	}
}

static void heading(struct told *t, const struct name_decl *d)
{
	struct str title = d->role == NAME_SECTION ? d->section->title.s
			   : d->role == NAME_DECL  ? d->decl->title.s
						   : (struct str){0};
	buf_fmt(t->out, "**%s** `" STR_FMT "`", names_sort(d), STR_ARG(lsp_text(t->f, d->name)));
	if (d->role != NAME_DECL && d->decl->name.s.len)
		buf_fmt(t->out, " of `" STR_FMT "`", STR_ARG(d->decl->name.s));
	else if (d->in)
		buf_fmt(t->out, " of `" STR_FMT "`", STR_ARG(d->in->name.s));
	if (d->role == NAME_DECL && d->decl->locked)
		buf_c(t->out, ", locked");
	if (title.len) {
		buf_c(t->out, "  \n");
		plain(t->out, title);
	}
}

static void quote(struct told *t, struct str cite)
{
	if (!cite.len)
		return;
	buf_c(t->out, "\n\n> ");
	plain(t->out, cite);
}

/* ---- parameters ---- */

static void reason(struct told *t, const struct ast_dated *v)
{
	if (!v->placeholder.span.len)
		return;
	buf_c(t->out, "; placeholder, no document gives it: ");
	plain(t->out, v->placeholder.s);
}

static void dated(struct told *t, const struct ast_dated *v)
{
	buf_fmt(t->out, "\n- `" STR_FMT "`", STR_ARG(lsp_text(t->f, v->value->span)));
	if (v->from != DAY_MIN) {
		buf_c(t->out, " from ");
		day_text(t->out, v->from);
	}
	if (v->cite.s.len) {
		buf_c(t->out, ": ");
		plain(t->out, v->cite.s);
	}
	reason(t, v);
}

/* The last value that has begun on the day; NULL: none has. */
static const struct ast_dated *in_force(const struct ast_dated *v, int32_t day)
{
	const struct ast_dated *found = NULL;
	for (; v; v = v->next)
		if (v->value && v->from <= day && (!found || v->from >= found->from))
			found = v;
	return found;
}

static void today(struct told *t, const struct ast_dated *v)
{
	if (!v)
		return;
	buf_fmt(t->out, "**`" STR_FMT "`** today, ", STR_ARG(lsp_text(t->f, v->value->span)));
	day_text(t->out, t->today);
	reason(t, v);
}

static void values(struct told *t, const struct ast_dated *v, const struct ast_dated *now)
{
	today(t, now);
	if (v && v->next)
		buf_char(t->out, '\n');
	for (; v && (v->next || v != now); v = v->next)
		if (v->value)
			dated(t, v);
}

static bool changes(const struct told *t, const struct ast_decl *change, struct span param)
{
	const struct span *at = &change->name.span;
	const struct name_use *u = names_at(&t->f->names, at->source, at->off);
	return change->kind == AST_CHANGE && u && u->at.off == at->off &&
	       u->decl.source == param.source && u->decl.off == param.off;
}

static void county_values(struct told *t, const struct name_decl *p)
{
	for (const struct ast_file *f = t->f->names.files; f; f = f->next) {
		const struct ast_decl *county = NULL;
		for (const struct ast_decl *d = f->decls; d; d = d->next) {
			county = d->kind == AST_COUNTY ? d : county;
			if (!county || !d->values || !changes(t, d, p->name))
				continue;
			const struct ast_dated *now = in_force(d->values, t->today);
			buf_c(t->out, "\n\n");
			plain(t->out, county->title.s.len ? county->title.s : county->name.s);
			buf_c(t->out, ": ");
			for (const struct ast_dated *v = d->values; v; v = v->next)
				dated(t, v);
			if (now) {
				buf_c(t->out, "\n\n");
				today(t, now);
			}
			quote(t, d->cite.s);
		}
	}
}

/* ---- the rest ---- */

static void written(struct told *t, struct span span)
{
	buf_c(t->out, "\n\n```waymark\n");
	buf_str(t->out, lsp_text(t->f, span));
	buf_c(t->out, "\n```");
}

static void details(struct told *t, const struct name_decl *d)
{
	switch (d->role) {
	case NAME_SLOT:
	case NAME_CHOICE:
		written(t, d->slot->span);
		return;
	case NAME_SECTION:
		quote(t, d->section->cite.s);
		return;
	case NAME_GIVEN:
		written(t, d->given->span);
		return;
	case NAME_COLUMN:
	case NAME_LINE:
		return;
	case NAME_DECL:
		break;
	}
	if (d->decl->kind == AST_PARAM) {
		buf_c(t->out, "\n\n");
		values(t, d->decl->values, in_force(d->decl->values, t->today));
	}
	for (const struct ast_slot *x = d->decl->slots; x; x = x->next)
		buf_fmt(t->out, "%s`" STR_FMT "`", x == d->decl->slots ? "\n\n" : "  \n",
			STR_ARG(lsp_text(t->f, x->span)));
	quote(t, d->decl->cite.s);
	if (d->decl->kind == AST_PARAM)
		county_values(t, d);
}

static void declared(struct told *t, struct span at)
{
	struct lines lines;
	lines_read(&lines, t->f->l.sources[at.source].text);
	buf_fmt(t->out, "\n\n" STR_FMT ":%u", STR_ARG(t->f->l.sources[at.source].name),
		lines_position(&lines, at.off, ENCODING_UTF8).line + 1);
	lines_release(&lines);
}

void lsp_describe(const struct lsp_server *s, const struct folder *f, const struct name_decl *d,
		  struct buf *out)
{
	struct told t = {.s = s, .f = f, .out = out, .today = lsp_today(s, f)};
	heading(&t, d);
	details(&t, d);
	declared(&t, d->name);
}

void lsp_hover(struct lsp_server *s, const struct json *params)
{
	struct spot at;
	struct lines lines;
	struct buf text = {0};
	if (!lsp_spot(s, params, &at))
		return;
	struct folder *f = at.place.folder;
	const struct name_use *u = names_at(&f->names, at.place.source, at.off);
	const struct name_decl *d = u ? names_decl(&f->names, u->decl) : NULL;
	if (!d)
		return;
	lsp_describe(s, f, d, &text);
	lines_read(&lines, f->l.sources[at.place.source].text);
	buf_c(&s->result, "{\"contents\":{\"kind\":\"markdown\",\"value\":");
	buf_json(&s->result, buf_view(&text));
	buf_c(&s->result, "},\"range\":");
	lines_range(&s->result, &lines, u->at, s->w.encoding);
	buf_char(&s->result, '}');
	lines_release(&lines);
	buf_release(&text);
}
