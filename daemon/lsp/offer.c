/* SPDX-License-Identifier: Apache-2.0
 *
 * Completion: what can stand at the cursor.
 */
#include "daemon/lsp/server_internal.h"

#include "grammar/complete.h"

/* The protocol's kinds of item, which choose an icon. */
enum item {
	ITEM_FUNCTION = 3,
	ITEM_FIELD = 5,
	ITEM_CLASS = 7,
	ITEM_MODULE = 9,
	ITEM_VALUE = 12,
	ITEM_KEYWORD = 14,
	ITEM_REFERENCE = 18,
	ITEM_MEMBER = 20,
	ITEM_CONSTANT = 21,
	ITEM_EVENT = 23,
};

static enum item kind_of_decl(const struct ast_decl *d)
{
	return d->kind == AST_EVENT                              ? ITEM_EVENT
	       : d->kind == AST_CASE                             ? ITEM_CLASS
	       : d->kind == AST_PARAM                            ? ITEM_CONSTANT
	       : d->kind == AST_BLOCK || d->kind == AST_NEVER    ? ITEM_FUNCTION
	       : d->kind == AST_PROGRAM || d->kind == AST_COUNTY ? ITEM_MODULE
								 : ITEM_REFERENCE;
}

static enum item kind_of(const struct candidate *c)
{
	if (c->keyword)
		return ITEM_KEYWORD;
	if (!c->decl)
		return ITEM_VALUE;
	switch (c->decl->role) {
	case NAME_DECL:
		return kind_of_decl(c->decl->decl);
	case NAME_SLOT:
		return ITEM_FIELD;
	case NAME_CHOICE:
	case NAME_SECTION:
		return ITEM_MEMBER;
	case NAME_COLUMN:
	case NAME_LINE:
	case NAME_GIVEN:
		break;
	}
	return ITEM_REFERENCE;
}

/* `fact: years from 0 to 120`, `event: A survivor attended a session` */
static void detail(struct buf *out, const struct name_decl *d, const struct names *names)
{
	struct str more = d->role == NAME_DECL ? d->decl->title.s : (struct str){0};
	if (d->role == NAME_SLOT) {
		struct span type = d->slot->type.span, all = d->slot->span;
		more = (struct str){names->rb->sources[type.source].text.p + type.off,
				    all.off + all.len - type.off};
	}
	buf_c(out, names_sort(d));
	if (more.len) {
		buf_c(out, ": ");
		buf_str(out, more);
	}
}

static void item(struct lsp_server *s, const struct lines *lines, const struct candidate *c,
		 const struct names *names, size_t rank)
{
	struct buf *out = &s->result, words = {0};
	buf_c(out, rank ? ",{\"label\":" : "{\"label\":");
	buf_json(out, c->text);
	buf_fmt(out, ",\"kind\":%d,\"sortText\":\"%05zu\"", (int)kind_of(c), rank);
	if (c->decl) {
		detail(&words, c->decl, names);
		buf_c(out, ",\"detail\":");
		buf_json(out, buf_view(&words));
	}
	buf_c(out, ",\"textEdit\":{\"range\":");
	lines_range(out, lines, c->replaced, s->w.encoding);
	buf_c(out, ",\"newText\":");
	buf_json(out, c->text);
	buf_c(out, "}}");
	buf_release(&words);
}

void lsp_completion(struct lsp_server *s, const struct json *params)
{
	struct spot at;
	struct lines lines;
	struct completion c = {0};
	if (!lsp_spot(s, params, &at))
		return;
	struct loaded *l = &at.place.folder->l;
	struct compile_env env = load_env(l);
	complete(l->sources, l->n, &env, at.place.source, at.off, &c);
	lines_read(&lines, l->sources[at.place.source].text);
	buf_char(&s->result, '[');
	for (size_t i = 0; i < c.list.n; i++)
		item(s, &lines, &c.list.at[i], &c.names[0], i);
	buf_char(&s->result, ']');
	lines_release(&lines);
	completion_release(&c);
}
