/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a policy file, together with a fixed vocabulary: when it can be read, its canonical
 * layout keeps what `waymark fmt` promises, and means the same to the compiler, mistakes included.
 */
#include "tests/support/layout.h"
#include "tests/support/vocabulary.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "fuzz_format: broken promise: %s\n", what);
	abort();
}

/* What it means, or how many mistakes there are in it. */
static size_t meaning(struct str text, struct buf *out)
{
	static const struct compile_env env = {.zone_bytes = vocabulary_zone};
	struct arena arena = {0};
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, &arena);
	vocabulary_compile(text, &env, &diags, &rb);
	if (rb)
		layout_rules(out, rb);
	size_t errors = diags.errors;
	rulebook_unref(rb);
	diag_release(&diags);
	arena_release(&arena);
	return errors;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct layout l = {0};
	const char *broken = layout_check(&l, text);
	need(!broken, broken);
	if (!l.errors) {
		layout_clear(&l);
		size_t before = meaning(text, &l.expected);
		size_t after = meaning(buf_view(&l.once), &l.found);
		need(before == after, "the same number of mistakes");
		need(layout_same(&l), "the same rules");
	}
	layout_release(&l);
	return 0;
}
