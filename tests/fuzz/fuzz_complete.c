/* SPDX-License-Identifier: Apache-2.0
 *
 * A policy that is being typed, with the cursor at several places of it. Whatever stands there, the
 * question what can stand at the cursor is answered, twice in the same way, with words that begin
 * where the word at the cursor or its phrase begins; and every name that is found leads somewhere.
 */
#include "grammar/complete.h"
#include "tests/support/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PLACES 4 /* to ask about in one text */

static const struct compile_env env = {.zone_bytes = vocabulary_zone};

static void need(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "fuzz_complete: broken promise: %s\n", what);
	abort();
}

static void ask(const struct source *sources, size_t n, uint32_t off)
{
	struct completion x = {0}, y = {0};
	complete(sources, n, &env, 0, off, &x);
	complete(sources, n, &env, 0, off, &y);
	need(x.list.n == y.list.n, "as many answers");
	for (size_t i = 0; i < x.list.n; i++) {
		const struct candidate *c = &x.list.at[i];
		need(str_eq(c->text, y.list.at[i].text), "the same answers");
		need(c->text.len > 0, "no empty answers");
		need(c->replaced.off <= off && off <= c->replaced.off + c->replaced.len,
		     "the cursor is in what is replaced");
		need(!str_eq(c->text, ASKED_WORD), "the question is no answer");
	}
	completion_release(&x);
	completion_release(&y);
}

static void look_up(const struct source *sources, size_t n)
{
	struct arena arena = {0};
	struct diag_list diags;
	struct names names = {0};
	struct rulebook *rb = NULL;
	struct compile_env with = {.zone_bytes = vocabulary_zone, .names = &names};
	diag_init(&diags, &arena);
	compile(sources, n, &with, &diags, &rb);
	for (size_t i = 0; i < names.uses.n; i++) {
		const struct name_use *u = &names.uses.at[i];
		const struct name_use *found = names_at(&names, u->at.source, u->at.off);
		need(found && found->at.off >= u->at.off, "a use is found at its place");
		need(u->decl.source < n &&
			 u->decl.off + u->decl.len <= sources[u->decl.source].text.len,
		     "a declaration lies in a file");
	}
	rulebook_unref(rb);
	names_release(&names);
	diag_release(&diags);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	const struct source sources[] = {
	    {STR("snippet.way"), text},
	    {STR("vocabulary.way"), {vocabulary_text, sizeof(vocabulary_text) - 1}},
	};
	size_t n = str_contains(text, STR("timezone")) ? 1 : 2;
	look_up(sources, n);
	for (uint32_t i = 0; i <= PLACES; i++)
		ask(sources, n, (uint32_t)(size * i / PLACES));
	return 0;
}
