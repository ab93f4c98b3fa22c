/* SPDX-License-Identifier: Apache-2.0
 *
 * As a tracefile, for genhtml and whatever else reads LCOV (its format: geninfo(1), FILES):
 *
 *     FN, FNDA   provisions, and how often they applied
 *     BRDA       whatever can go one way or the other; what belongs together is one block
 *     MCDC       comparisons, for lcov from 2.2 on; those of a line are one group
 *     DA         every line on which there is something to see
 *
 * A count is that of decisions.
 */
#include "engine/trial/coverage_internal.h"
#include "engine/explain/wording.h"

struct tracefile {
	struct buf *b;
	const struct coverage *c;
	const struct coverage_line *at; /* of the source, by line */
	size_t n;
};

static bool is_function(const struct coverage_point *p)
{
	return p->kind == COVER_APPLIED || p->kind == COVER_CHECKED || p->kind == COVER_SHARED;
}

static bool is_branch(const struct coverage_point *p)
{
	return p->kind != COVER_REACHED && p->kind != COVER_APPLIED && p->kind != COVER_CHECKED;
}

static const struct coverage_point *point_at(const struct tracefile *t, size_t i)
{
	return &t->c->points.at[t->at[i].point];
}

static void totals(const struct tracefile *t, const char *kind, size_t found, size_t hit)
{
	buf_fmt(t->b, "%sF:%zu\n%sH:%zu\n", kind, found, kind, hit);
}

/* ---- provisions ---- */

/* No two of a file have the same: they are told apart by their lines. */
static void function_name(const struct tracefile *t, size_t i)
{
	struct buf words = {0};
	coverage_subject_words(&words, t->c, t->at[i].point);
	for (size_t k = 0; k < words.len; k++) /* a comma ends a field */
		if (words.p[k] == ',' || words.p[k] == '\n')
			words.p[k] = ';';
	buf_str(t->b, buf_view(&words));
	buf_fmt(t->b, ":%u", t->at[i].line);
	buf_release(&words);
}

static void functions(const struct tracefile *t)
{
	size_t found = 0, hit = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (!is_function(point_at(t, i)))
			continue;
		buf_fmt(t->b, "FN:%u,", t->at[i].line);
		function_name(t, i);
		buf_char(t->b, '\n');
		found++;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (!is_function(point_at(t, i)))
			continue;
		uint64_t n = t->c->seen[t->at[i].point];
		buf_fmt(t->b, "FNDA:%llu,", (unsigned long long)n);
		function_name(t, i);
		buf_char(t->b, '\n');
		hit += n > 0;
	}
	totals(t, "FN", found, hit);
}

/* ---- branches ---- */

static bool is_same_block(const struct coverage_point *a, const struct coverage_point *b)
{
	return a->of == b->of && a->index == b->index && a->number == b->number &&
	       a->condition == b->condition;
}

/* `-` where it was never asked. */
static void taken(const struct tracefile *t, size_t i, bool asked)
{
	if (asked)
		buf_fmt(t->b, "%llu\n", (unsigned long long)t->c->seen[t->at[i].point]);
	else
		buf_c(t->b, "-\n");
}

static size_t block_end(const struct tracefile *t, size_t from)
{
	size_t to = from + 1;
	while (to < t->n && t->at[to].line == t->at[from].line && is_branch(point_at(t, to)) &&
	       is_same_block(point_at(t, from), point_at(t, to)))
		to++;
	return to;
}

static void branches(const struct tracefile *t)
{
	size_t found = 0, hit = 0, to;
	unsigned block = 0;
	for (size_t from = 0; from < t->n; from = to) {
		bool asked = false;
		to = from + 1;
		if (from && t->at[from].line != t->at[from - 1].line)
			block = 0;
		if (!is_branch(point_at(t, from)))
			continue;
		to = block_end(t, from);
		for (size_t i = from; i < to; i++)
			asked |= t->c->came[t->at[i].point] > 0;
		for (size_t i = from; i < to; i++) {
			buf_fmt(t->b, "BRDA:%u,%u,%zu,", t->at[i].line, block, i - from);
			taken(t, i, asked);
			hit += t->c->seen[t->at[i].point] > 0;
		}
		found += to - from;
		block++;
	}
	totals(t, "BR", found, hit);
}

/* ---- comparisons ---- */

/* Both answers stand side by side; where only one is asked for, the format has no place for it. */
static bool has_both(const struct tracefile *t, size_t i)
{
	return i + 1 < t->n && point_at(t, i)->kind == COVER_YES &&
	       point_at(t, i + 1)->kind == COVER_NO &&
	       is_same_block(point_at(t, i), point_at(t, i + 1));
}

static void sense(const struct tracefile *t, size_t i, size_t size, char which, size_t index)
{
	const struct coverage_point *p = point_at(t, i);
	buf_fmt(t->b, "MCDC:%u,%zu,%c,%llu,%zu,", t->at[i].line, size, which,
		(unsigned long long)t->c->seen[t->at[i].point], index);
	source_words(t->b, t->c->rb, p->span);
	buf_char(t->b, '\n');
}

static void conditions(const struct tracefile *t)
{
	size_t found = 0, hit = 0, to;
	for (size_t from = 0; from < t->n; from = to) {
		size_t size = 0, index = 0;
		for (to = from; to < t->n && t->at[to].line == t->at[from].line; to++)
			size += has_both(t, to);
		for (size_t i = from; i < to; i++) {
			if (!has_both(t, i))
				continue;
			sense(t, i, size, 't', index);
			sense(t, i + 1, size, 'f', index++);
			hit += t->c->seen[t->at[i].point] > 0;
			hit += t->c->seen[t->at[i + 1].point] > 0;
		}
		found += 2 * size;
	}
	if (found)
		totals(t, "MC", found, hit);
}

/* ---- lines ---- */

static void lines(const struct tracefile *t)
{
	size_t found = 0, hit = 0, to;
	for (size_t from = 0; from < t->n; from = to) {
		uint64_t most = 0;
		for (to = from; to < t->n && t->at[to].line == t->at[from].line; to++)
			if (t->c->came[t->at[to].point] > most)
				most = t->c->came[t->at[to].point];
		buf_fmt(t->b, "DA:%u,%llu\n", t->at[from].line, (unsigned long long)most);
		found++;
		hit += most > 0;
	}
	totals(t, "L", found, hit);
}

void coverage_lcov(struct buf *b, const struct coverage *c, struct str root)
{
	for (uint32_t i = 0; i < c->rb->nsources; i++) {
		struct arena a = {0};
		struct tracefile t = {.b = b, .c = c};
		t.n = coverage_lines(c, &a, (uint16_t)i, &t.at);
		if (t.n) {
			buf_c(b, "TN:waymark\nSF:");
			buf_str(b, root);
			buf_str(b, c->rb->sources[i].name);
			buf_char(b, '\n');
			functions(&t);
			branches(&t);
			conditions(&t);
			lines(&t);
			buf_c(b, "end_of_record\n");
		}
		arena_release(&a);
	}
}
