/* SPDX-License-Identifier: Apache-2.0
 *
 * The exact check of tables against brute force: small random tables whose every point is tried.
 */
#include "engine/analyse/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COLUMNS 3u
#define VALUES  6 /* 0..5, and 6 stands for unknown */
#define ROWS    7u
#define MANY    400u

struct chance {
	uint64_t state;
};

static unsigned below(struct chance *g, unsigned n)
{
	g->state ^= g->state << 13;
	g->state ^= g->state >> 7;
	g->state ^= g->state << 17;
	return (unsigned)(g->state >> 33) % n;
}

struct table {
	uint32_t ncolumns, nrows;
	struct cover_column columns[COLUMNS];
	struct interval at[ROWS][COLUMNS][2];
	struct cover_set sets[ROWS * COLUMNS];
};

/* Cells of one or two ranges, some of them empty, or beyond what the column can be. */
static void random_cell(struct chance *g, struct interval *at, struct cover_set *out, bool wide)
{
	*out = (struct cover_set){.at = at, .n = 1 + (below(g, 4) == 0)};
	for (uint32_t i = 0; i < out->n; i++) {
		at[i].lo = (int64_t)below(g, VALUES + 2) - 1;
		at[i].hi = at[i].lo + below(g, wide ? 7 : 3) - (below(g, 12) == 0 ? 2 : 0);
		if (below(g, 10) == 0)
			at[i].lo = INT64_MIN;
		if (below(g, 10) == 0)
			at[i].hi = INT64_MAX;
	}
	out->unknown = below(g, 3) == 0;
}

static void random_table(struct chance *g, struct table *t)
{
	bool wide = below(g, 2) == 0;
	t->ncolumns = 1 + below(g, COLUMNS);
	t->nrows = below(g, ROWS + 1);
	for (uint32_t i = 0; i < t->ncolumns; i++)
		t->columns[i] = (struct cover_column){0, VALUES - 1, below(g, 2) == 0};
	for (uint32_t r = 0; r < t->nrows; r++)
		for (uint32_t i = 0; i < t->ncolumns; i++)
			random_cell(g, t->at[r][i], &t->sets[r * t->ncolumns + i], wide);
}

static bool set_has(const struct cover_set *s, int value)
{
	if (value == VALUES)
		return s->unknown;
	for (uint32_t i = 0; i < s->n; i++)
		if (s->at[i].lo <= value && value <= s->at[i].hi)
			return true;
	return false;
}

static bool box_has(const struct table *t, const struct cover_set *box, const int *point)
{
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (!set_has(&box[i], point[i]))
			return false;
	return true;
}

/* The next point of the space; false after the last. Unknown only where it can be. */
static bool next_point(const struct table *t, int *point)
{
	for (uint32_t i = 0; i < t->ncolumns; i++) {
		if (++point[i] < VALUES + t->columns[i].unknown)
			return true;
		point[i] = 0;
	}
	return false;
}

struct seen {
	bool applies[ROWS], meet[ROWS][ROWS];
	unsigned holes;
};

static void try_all(const struct table *t, struct seen *out)
{
	int point[COLUMNS] = {0};
	*out = (struct seen){0};
	do {
		unsigned hits = 0;
		for (uint32_t a = 0; a < t->nrows; a++) {
			if (!box_has(t, &t->sets[a * t->ncolumns], point))
				continue;
			hits++;
			out->applies[a] = true;
			for (uint32_t b = a + 1; b < t->nrows; b++)
				if (box_has(t, &t->sets[b * t->ncolumns], point))
					out->meet[a][b] = true;
		}
		out->holes += hits == 0;
	} while (next_point(t, point));
}

/* What two rows share is exactly what both have. */
static void check_meet(const struct cover *c, const struct table *t, struct cover_pair pair)
{
	struct cover_set both[COLUMNS];
	int point[COLUMNS] = {0};
	cover_meet(c, pair, both);
	do {
		bool a = box_has(t, &t->sets[pair.a * t->ncolumns], point);
		bool b = box_has(t, &t->sets[pair.b * t->ncolumns], point);
		assert_int_equal(box_has(t, both, point), a && b);
	} while (next_point(t, point));
}

static uint32_t check_overlaps(const struct cover *c, const struct table *t,
			       const struct seen *seen)
{
	struct cover_pair pairs[ROWS * ROWS];
	uint32_t n = cover_overlaps(c, pairs, ROWS * ROWS), k = 0;
	for (uint32_t a = 0; a < t->nrows; a++)
		for (uint32_t b = a + 1; b < t->nrows; b++) {
			if (!seen->meet[a][b])
				continue;
			assert_true(k < n);
			assert_int_equal(pairs[k].a, a);
			assert_int_equal(pairs[k].b, b);
			check_meet(c, t, pairs[k++]);
		}
	assert_int_equal(k, n);
	if (n > 1)
		assert_int_equal(cover_overlaps(c, pairs, n - 1), n);
	return n;
}

/* The gaps are apart, and together they are all that no row covers. */
static void check_gaps(const struct cover *c, const struct table *t, const struct seen *seen)
{
	static struct cover_set gaps[MANY * COLUMNS];
	int point[COLUMNS] = {0};
	uint32_t n = cover_gaps(c, gaps, MANY);
	assert_true(n < MANY);
	assert_int_equal(n > 0, seen->holes > 0);
	do {
		unsigned rows = 0, holes = 0;
		for (uint32_t r = 0; r < t->nrows; r++)
			rows += box_has(t, &t->sets[r * t->ncolumns], point);
		for (uint32_t k = 0; k < n; k++)
			holes += box_has(t, &gaps[k * t->ncolumns], point);
		assert_int_equal(rows + holes, 1);
	} while (next_point(t, point));
	if (n > 1)
		assert_int_equal(cover_gaps(c, gaps, 1), 1);
}

static void against_brute_force(void **state)
{
	(void)state;
	struct chance g = {0x9e3779b97f4a7c15u};
	unsigned clean = 0, full = 0;
	for (int i = 0; i < 20000; i++) {
		struct arena arena = {0};
		static struct table t;
		struct cover c;
		struct seen seen;
		random_table(&g, &t);
		try_all(&t, &seen);
		assert_true(cover_make(&c, t.columns, t.ncolumns, t.sets, t.nrows, &arena));
		for (uint32_t r = 0; r < t.nrows; r++)
			assert_int_equal(cover_is_empty(&c, r), !seen.applies[r]);
		if (!check_overlaps(&c, &t, &seen)) {
			check_gaps(&c, &t, &seen);
			clean++;
			full += t.nrows > 1 && !seen.holes;
		}
		arena_release(&arena);
	}
	assert_true(clean > 1000 && full > 20); /* else nothing was tested */
}

/* The whole is cut in two again and again: its parts cover it, and without one of them do not. */
struct cut {
	struct chance g;
	uint32_t n;
	struct interval at[512][COLUMNS];
};

static void cut_up(struct cut *p, const struct interval *box, unsigned depth)
{
	unsigned column = below(&p->g, COLUMNS);
	uint64_t width = (uint64_t)box[column].hi - (uint64_t)box[column].lo;
	if (!depth || !width) {
		memcpy(p->at[p->n++], box, sizeof(p->at[0]));
		return;
	}
	struct interval half[COLUMNS];
	int64_t at = (int64_t)((uint64_t)box[column].lo + p->g.state % width);
	memcpy(half, box, sizeof(half));
	half[column].hi = at;
	cut_up(p, half, depth - 1);
	half[column].hi = box[column].hi;
	half[column].lo = at + 1;
	cut_up(p, half, depth - 1);
}

static void large_ranges(void **state)
{
	(void)state;
	static struct cut p;
	static struct cover_set sets[512 * COLUMNS];
	struct interval whole[COLUMNS] = {{INT64_MIN, INT64_MAX}, {-5, INT64_MAX}, {0, 3}};
	struct cover_column columns[COLUMNS];
	for (unsigned i = 0; i < COLUMNS; i++)
		columns[i] = (struct cover_column){whole[i].lo, whole[i].hi, false};
	for (unsigned round = 1; round < 60; round++) {
		struct arena arena = {0};
		struct cover c;
		struct cover_set gap[COLUMNS];
		struct cover_pair pair;
		p.g.state = round * 0x9e3779b97f4a7c15u;
		p.n = 0;
		cut_up(&p, whole, 9);
		for (uint32_t i = 0; i < p.n * COLUMNS; i++)
			sets[i] = (struct cover_set){&p.at[i / COLUMNS][i % COLUMNS], 1, false};
		assert_true(cover_make(&c, columns, COLUMNS, sets, p.n, &arena));
		assert_int_equal(cover_overlaps(&c, &pair, 1), 0);
		assert_int_equal(cover_gaps(&c, gap, 1), 0);
		/* without its last part, exactly that part is missing */
		assert_true(cover_make(&c, columns, COLUMNS, sets, p.n - 1, &arena));
		assert_int_equal(cover_gaps(&c, gap, 1), 1);
		for (unsigned i = 0; i < COLUMNS; i++) {
			assert_int_equal(gap[i].n, 1);
			assert_true(gap[i].at->lo == p.at[p.n - 1][i].lo);
			assert_true(gap[i].at->hi == p.at[p.n - 1][i].hi);
		}
		arena_release(&arena);
	}
}

/* 128 columns of two slots are 2 to the 128 slots: one too many for a volume to say. */
static void too_large(void **state)
{
	(void)state;
	static struct cover_column columns[COVER_BITS];
	static struct cover_set sets[COVER_BITS];
	static struct interval one = {1, 1};
	struct arena arena = {0};
	struct cover c;
	for (unsigned i = 0; i < COVER_BITS; i++) {
		columns[i] = (struct cover_column){0, 1, false};
		sets[i] = (struct cover_set){&one, 1, false};
	}
	assert_true(cover_make(&c, columns, COVER_BITS - 1, sets, 1, &arena));
	assert_false(cover_make(&c, columns, COVER_BITS, sets, 1, &arena));
	arena_release(&arena);
}

/* Nothing is known and nothing can be: there is nothing to cover. */
static void empty_column(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct cover c;
	struct cover_set gap;
	struct cover_column none = {1, 0, false}, unknown = {1, 0, true};
	assert_true(cover_make(&c, &none, 1, NULL, 0, &arena));
	assert_int_equal(cover_gaps(&c, &gap, 1), 0);
	assert_true(cover_make(&c, &unknown, 1, NULL, 0, &arena));
	assert_int_equal(cover_gaps(&c, &gap, 1), 1);
	assert_true(gap.unknown && gap.n == 0 && cover_is_all(&c, 0, &gap));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(against_brute_force),
	    cmocka_unit_test(large_ranges),
	    cmocka_unit_test(too_large),
	    cmocka_unit_test(empty_column),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
