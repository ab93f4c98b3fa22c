/* SPDX-License-Identifier: Apache-2.0
 *
 * Formatting: as `waymark fmt` would, and only the lines that differ, so that the cursor stays.
 */
#include "daemon/lsp/server_internal.h"

#include "grammar/format.h"

static void edit(struct lsp_server *s, struct str old, struct str new)
{
	size_t from = 0, keep = 0;
	struct lines lines;
	for (size_t i = 0; i < old.len && i < new.len &&old.p[i] == new.p[i]; i++)
		if (old.p[i] == '\n')
			from = i + 1;
	for (size_t i = 0; i < old.len - from &&
			   i < new.len - from &&old.p[old.len - 1 - i] == new.p[new.len - 1 - i];
	     i++)
		if (i + 1 == old.len - from || old.p[old.len - 2 - i] == '\n')
			keep = i + 1;
	if (keep > new.len - from || (keep < new.len - from &&new.p[new.len - keep - 1] != '\n'))
		keep = 0;
	lines_read(&lines, old);
	buf_c(&s->result, "{\"range\":");
	lines_range(&s->result, &lines,
		    (struct span){0, (uint32_t)from, (uint32_t)(old.len - keep - from)},
		    s->w.encoding);
	buf_c(&s->result, ",\"newText\":");
	buf_json(&s->result, (struct str){new.p + from, new.len - keep - from});
	buf_char(&s->result, '}');
	lines_release(&lines);
}

void lsp_formatting(struct lsp_server *s, const struct json *params)
{
	struct place p;
	struct arena arena = {0};
	struct diag_list diags;
	struct buf text = {0};
	if (!workspace_find(&s->w, lsp_uri_of(params), &p))
		return;
	const struct source *source = &p.folder->l.sources[p.source];
	diag_init(&diags, &arena);
	if (format_source(&arena, source, p.source, &diags, &text) == STATUS_OK) {
		buf_char(&s->result, '[');
		if (!str_eq(source->text, buf_view(&text)))
			edit(s, source->text, buf_view(&text));
		buf_char(&s->result, ']');
	}
	buf_release(&text);
	diag_release(&diags);
	arena_release(&arena);
}
