/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a policy file: the parser gives a tree and well-formed messages.
 */
#include "grammar/diagnostics.h"
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

static void read_policy(struct arena *arena, struct str text)
{
	struct source source = {STR("x.way"), text};
	struct diag_list diags;
	struct buf out = {0};
	diag_init(&diags, arena);
	parse(arena, &source, 0, &diags);
	for (size_t i = 0; i < diags.n; i++) {
		const struct diag *d = &diags.at[i];
		need(d->span.off <= text.len && d->span.len <= text.len - d->span.off,
		     "a span lies in the source");
		need(str_is_utf8(d->message) && str_is_utf8(d->help), "messages are UTF-8");
	}
	diagnostics_text(&out, &diags, &source, 1, STR(""), false);
	diagnostics_json(&out, &diags, &source, 1, STR(""));
	need(str_is_utf8(buf_view(&out)), "reports are UTF-8");
	buf_release(&out);
	diag_release(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct str text = {(const char *)data, size};
	read_policy(&arena, text);
	arena_release(&arena);
	return 0;
}
