/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of the passes. All sources are copied into the rulebook first, so that every name in it
 * can point into them and the digest speaks of what was compiled.
 */
#include "grammar/compile.h"

#include "engine/base/limits.h"
#include "grammar/lower.h"
#include "grammar/parse.h"

#include <assert.h>
#include <stdlib.h>

static bool sources_fit(struct book *b, const struct source *sources, size_t n)
{
	struct span start = {0};
	size_t total = 0;
	if (n > LIMIT_SOURCES) {
		fault(b, W_TOO_MANY, start, "a rulebook has at most %u files", LIMIT_SOURCES);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		start.source = (uint32_t)i;
		if (sources[i].text.len > LIMIT_SOURCE_BYTES) {
			fault(b, W_TOO_MANY, start, "a policy file has at most %u bytes",
			      LIMIT_SOURCE_BYTES);
			return false;
		}
		total += sources[i].text.len;
		if (total > LIMIT_RULEBOOK_BYTES) {
			fault(b, W_TOO_MANY, start, "a rulebook has at most %u bytes in all",
			      LIMIT_RULEBOOK_BYTES);
			return false;
		}
	}
	return true;
}

static void copy_sources(struct rulebook *rb, const struct source *sources, size_t n)
{
	rb->sources = arena_array(&rb->arena, n, sizeof(*rb->sources));
	rb->nsources = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		rb->sources[i].name = arena_str(&rb->arena, sources[i].name);
		rb->sources[i].text = arena_str(&rb->arena, sources[i].text);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct source *const *x = a, *const *y = b;
	int c = str_cmp((*x)->name, (*y)->name);
	return c ? c : str_cmp((*x)->text, (*y)->text);
}

/* Name, a zero byte, the length in decimal, the text: for each source in order of name. */
static void digest_sources(struct rulebook *rb)
{
	const struct source **order = mem_alloc((rb->nsources + 1u) * sizeof(struct source *));
	struct buf all = {0};
	for (uint32_t i = 0; i < rb->nsources; i++)
		order[i] = &rb->sources[i];
	qsort(order, rb->nsources, sizeof(struct source *), by_name);
	for (uint32_t i = 0; i < rb->nsources; i++) {
		buf_str(&all, order[i]->name);
		buf_char(&all, '\0');
		buf_i64(&all, (int64_t)order[i]->text.len);
		buf_str(&all, order[i]->text);
	}
	rb->digest = hash_sha256(all.p, all.len);
	hash_hex(rb->digest.b, 8, rb->version);
	rb->version[16] = '\0';
	buf_release(&all);
	mem_free(order);
}

static void parse_all(struct book *b)
{
	struct ast_file **last = &b->files;
	for (uint32_t i = 0; i < b->rb->nsources; i++) {
		struct asked *asked = b->names ? b->names->asked : NULL;
		const struct source *s = &b->rb->sources[i];
		*last = asked && asked->source == i ? parse_asked(&b->arena, s, i, b->diags, asked)
						    : parse(&b->arena, s, i, b->diags);
		last = &(*last)->next;
	}
}

static void take_choices(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->nchoices = (uint16_t)b->choices.n;
	rb->choices = arena_array(&rb->arena, b->choices.n, sizeof(*rb->choices));
	if (b->choices.n)
		memcpy(rb->choices, b->choices.at, b->choices.n * sizeof(*rb->choices));
}

static void lower_all(struct book *b)
{
	resolve_declarations(b);
	lower_named(b);
	lower_vocabulary(b);
	take_choices(b);
	lower_params(b);
	resolve_counties(b);
	lower_changes(b);
	resolve_overrides(b);
	lower_budgets(b);
	lower_dockets(b);
	lower_capacities(b);
	lower_heads(b);
	lower_table_heads(b);
	lower_bodies(b);
	lower_overrides(b);
	lower_tables(b);
	lower_counties(b);
	check_nevers(b);
	lower_scenarios(b);
	lower_projections(b);
}

/* Over all cases and days; only where nothing is wrong with the rulebook otherwise. */
static void check_all(struct book *b)
{
	check_flow(b);
	check_cases(b);
	check_unused(b);
	check_unfunded(b);
}

static void verify(const struct book *b)
{
	for (size_t i = 0; i < b->codes.n; i++)
		assert(code_verify(b->rb, &b->codes.at[i]));
}

static enum status compile_with(const struct source *sources, size_t n,
				const struct compile_env *env, bool checked,
				struct diag_list *diags, struct rulebook **out)
{
	struct book b = {.rb = rulebook_new(), .diags = diags, .env = env, .names = env->names};
	size_t before = diags->errors;
	if (sources_fit(&b, sources, n)) {
		copy_sources(b.rb, sources, n);
		digest_sources(b.rb);
		parse_all(&b);
		lower_all(&b);
		if (checked)
			check_all(&b);
	}
	diag_sort(diags);
	bool fine = diags->errors == before;
	if (fine) {
		verify(&b);
		rulebook_seal(b.rb);
		*out = b.rb;
	}
	if (b.names)
		names_finish(b.names, b.rb, &b.arena, b.files);
	if (!fine)
		rulebook_unref(b.rb);
	resolve_release(&b);
	return fine ? STATUS_OK : STATUS_INVALID;
}

enum status compile(const struct source *sources, size_t n, const struct compile_env *env,
		    struct diag_list *diags, struct rulebook **out)
{
	return compile_with(sources, n, env, true, diags, out);
}

enum status compile_unchecked(const struct source *sources, size_t n, const struct compile_env *env,
			      struct diag_list *diags, struct rulebook **out)
{
	return compile_with(sources, n, env, false, diags, out);
}
