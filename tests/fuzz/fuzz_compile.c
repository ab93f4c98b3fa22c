/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to the compiler, together with a fixed vocabulary. Whatever the bytes are, the compiler
 * returns, says why when there is no rulebook, says the same thing twice, and what it makes can be
 * drawn as a graph.
 */
#include "engine/policy/graph.h"
#include "tests/support/vocabulary.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct compile_env env = {.zone_bytes = vocabulary_zone};

static void need(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "fuzz_compile: broken promise: %s\n", what);
	abort();
}

struct run {
	struct arena arena;
	struct diag_list diags;
	struct rulebook *rb;
};

static void start(struct run *r, struct str text)
{
	*r = (struct run){0};
	diag_init(&r->diags, &r->arena);
	enum status status = vocabulary_compile(text, &env, &r->diags, &r->rb);
	need((status == STATUS_OK) == (r->rb != NULL), "a rulebook comes with STATUS_OK");
	need((r->rb == NULL) == (r->diags.errors > 0), "no rulebook, but an error");
	for (size_t i = 0; i < r->diags.n; i++)
		need(str_is_utf8(r->diags.at[i].message) || !str_is_utf8(text),
		     "messages are UTF-8");
}

static void finish(struct run *r)
{
	rulebook_unref(r->rb);
	diag_release(&r->diags);
	arena_release(&r->arena);
}

static void same(const struct run *x, const struct run *y)
{
	need(x->diags.n == y->diags.n, "the same number of messages");
	for (size_t i = 0; i < x->diags.n; i++)
		need(x->diags.at[i].code == y->diags.at[i].code &&
			 str_eq(x->diags.at[i].message, y->diags.at[i].message),
		     "the same messages");
}

static void draw(const struct run *x, const struct run *y)
{
	struct buf a = {0}, b = {0};
	for (uint16_t c = 0; c <= x->rb->ncounties; c++) {
		struct graph_view v = {NONE, c < x->rb->ncounties ? c : NONE};
		graph_json(&a, x->rb, &v);
		graph_dot(&a, x->rb, &v);
		graph_json(&b, y->rb, &v);
		graph_dot(&b, y->rb, &v);
	}
	need(str_eq(buf_view(&a), buf_view(&b)), "the same graph");
	buf_release(&a);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct run x, y;
	start(&x, text);
	if (x.rb || size % 8 == 0) { /* saying why not twice takes most of the time */
		start(&y, text);
		same(&x, &y);
		if (x.rb)
			draw(&x, &y);
		finish(&y);
	}
	finish(&x);
	return 0;
}
