/* SPDX-License-Identifier: Apache-2.0
 *
 * From a name to its declaration, and to everywhere that it is used.
 */
#include "daemon/lsp/server_internal.h"

#include "engine/base/limits.h"

static const struct name_use *use_at(const struct spot *at)
{
	return names_at(&at->place.folder->names, at->place.source, at->off);
}

void lsp_definition(struct lsp_server *s, const struct json *params)
{
	struct spot at;
	const struct name_use *u = lsp_spot(s, params, &at) ? use_at(&at) : NULL;
	if (u)
		lsp_location(s, at.place.folder, u->decl, &s->result);
}

static bool same_place(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off;
}

/* The next use of what `of` names, from *i on; in one file only, unless source is UINT32_MAX. */
static const struct name_use *next_use(const struct names *n, const struct name_use *of,
				       uint32_t source, bool declaration, size_t *i)
{
	while (*i < n->uses.n) {
		const struct name_use *u = &n->uses.at[(*i)++];
		if (same_place(u->decl, of->decl) &&
		    (source == UINT32_MAX || u->at.source == source) &&
		    (declaration || !same_place(u->at, u->decl)))
			return u;
	}
	return NULL;
}

void lsp_references(struct lsp_server *s, const struct json *params)
{
	struct spot at;
	const struct name_use *of = lsp_spot(s, params, &at) ? use_at(&at) : NULL, *u;
	if (!of)
		return;
	const struct json *context = json_get(params, STR("context"));
	const struct json *with = context ? json_get(context, STR("includeDeclaration")) : NULL;
	bool declaration = !with || with->kind != JSON_BOOL || with->yes;
	size_t i = 0, told = 0;
	buf_char(&s->result, '[');
	while (told < LIMIT_LSP_LOCATIONS &&
	       (u = next_use(&at.place.folder->names, of, UINT32_MAX, declaration, &i))) {
		buf_c(&s->result, told++ ? "," : "");
		lsp_location(s, at.place.folder, u->at, &s->result);
	}
	buf_char(&s->result, ']');
}

void lsp_highlight(struct lsp_server *s, const struct json *params)
{
	struct spot at;
	struct lines lines;
	const struct name_use *of = lsp_spot(s, params, &at) ? use_at(&at) : NULL, *u;
	if (!of)
		return;
	size_t i = 0, told = 0;
	lines_read(&lines, at.place.folder->l.sources[at.place.source].text);
	buf_char(&s->result, '[');
	while (told < LIMIT_LSP_LOCATIONS &&
	       (u = next_use(&at.place.folder->names, of, at.place.source, true, &i))) {
		buf_c(&s->result, told++ ? ",{\"range\":" : "{\"range\":");
		lines_range(&s->result, &lines, u->at, s->w.encoding);
		buf_char(&s->result, '}');
	}
	buf_char(&s->result, ']');
	lines_release(&lines);
}
