/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/ast_dump.h"
#include "grammar/format.h"
#include "grammar/parse.h"

static bool same_tree(const struct ast_file *before, struct str formatted, struct str name)
{
	struct arena arena = {0};
	struct diag_list diags;
	struct source source = {name, formatted};
	struct buf a = {0}, b = {0};
	diag_init(&diags, &arena);
	ast_dump(&a, before);
	ast_dump(&b, parse(&arena, &source, 0, &diags));
	bool same = !diags.errors && str_eq(buf_view(&a), buf_view(&b));
	buf_release(&a);
	buf_release(&b);
	diag_release(&diags);
	arena_release(&arena);
	return same;
}

enum status format_source(struct arena *arena, const struct source *source, uint32_t index,
			  struct diag_list *diags, struct buf *out)
{
	size_t errors = diags->errors;
	const struct ast_file *file = parse(arena, source, index, diags);
	if (diags->errors > errors)
		return STATUS_INVALID;
	format(file, source->text, out);
	return same_tree(file, buf_view(out), source->name) ? STATUS_OK : STATUS_CONFLICT;
}
