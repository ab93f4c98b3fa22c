/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a policy file: the parser gives a tree and well-formed messages; a file without
 * errors is formatted, and the result means the same and is stable.
 */
#include "grammar/ast_dump.h"
#include "grammar/diagnostics.h"
#include "grammar/format.h"
#include "grammar/parse.h"

#include <stdio.h>
#include <stdlib.h>

static void need(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "fuzz_parse: broken promise: %s\n", what);
	abort();
}

static struct ast_file *read_policy(struct arena *arena, struct str text, size_t *errors)
{
	struct source source = {STR("x.way"), text};
	struct diag_list diags;
	struct buf out = {0};
	diag_init(&diags, arena);
	struct ast_file *file = parse(arena, &source, 0, &diags);
	for (size_t i = 0; i < diags.n; i++) {
		const struct diag *d = &diags.at[i];
		need(d->span.off <= text.len && d->span.len <= text.len - d->span.off,
		     "a span lies in the source");
		need(str_is_utf8(d->message) && str_is_utf8(d->help), "messages are UTF-8");
	}
	diagnostics_text(&out, &diags, &source, 1, STR(""), false);
	diagnostics_json(&out, &diags, &source, 1, STR(""));
	need(str_is_utf8(buf_view(&out)), "reports are UTF-8");
	*errors = diags.errors;
	buf_release(&out);
	diag_release(&diags);
	return file;
}

static void check_format(struct arena *arena, const struct ast_file *file, struct str text)
{
	struct buf once = {0}, twice = {0}, before = {0}, after = {0};
	size_t errors;
	format(file, text, &once);
	ast_dump(&before, file);
	const struct ast_file *again = read_policy(arena, buf_view(&once), &errors);
	need(errors == 0, "what is formatted parses");
	ast_dump(&after, again);
	need(str_eq(buf_view(&before), buf_view(&after)), "formatting keeps the tree");
	format(again, buf_view(&once), &twice);
	need(str_eq(buf_view(&once), buf_view(&twice)), "formatting twice changes nothing");
	buf_release(&once);
	buf_release(&twice);
	buf_release(&before);
	buf_release(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct str text = {(const char *)data, size};
	size_t errors;
	struct ast_file *file = read_policy(&arena, text, &errors);
	if (!errors)
		check_format(&arena, file, text);
	arena_release(&arena);
	return 0;
}
