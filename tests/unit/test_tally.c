/* SPDX-License-Identifier: Apache-2.0
 *
 * What a tally shows: nothing of fewer than eleven cases, nothing from which such a cell follows.
 * Checked on tables by chance with a second, plain count.
 */
#include "daemon/serve/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MONTHS 6
#define CASES  40
#define END    1000 /* months from here on are not over */

static void add(struct tally *t, int month, unsigned first, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char id[16];
		snprintf(id, sizeof(id), "c%u", first + i);
		tally_add(t, STR("row"), month, str_from(id), 100);
	}
}

static const struct tally_row *suppressed(struct tally *t)
{
	tally_suppress(t, END);
	assert_int_equal(t->rows.n, 1);
	return t->rows.at[0];
}

static void ten_are_withheld_eleven_are_not(void **state)
{
	(void)state;
	struct tally t = {0};
	add(&t, 1, 0, 10);
	assert_true(suppressed(&t)->cells.at[0].hidden);
	assert_true(suppressed(&t)->total_hidden);
	add(&t, 1, 5, 6); /* five were there already: eleven persons, sixteen things */
	assert_false(suppressed(&t)->cells.at[0].hidden);
	assert_false(suppressed(&t)->total_hidden);
	assert_int_equal(t.rows.at[0]->cells.at[0].n, 16);
	assert_int_equal(t.rows.at[0]->cells.at[0].cents, 1600);
	tally_release(&t);
}

static void many_things_of_few_are_withheld(void **state)
{
	(void)state;
	struct tally t = {0};
	for (int i = 0; i < 100; i++)
		add(&t, 1, 0, 10);
	assert_true(suppressed(&t)->cells.at[0].hidden);
	tally_release(&t);
}

static void one_that_is_withheld_takes_another_along(void **state)
{
	(void)state;
	struct tally t = {0};
	add(&t, 3, 0, 30);
	add(&t, 1, 0, 3);
	add(&t, 2, 0, 20);
	const struct tally_row *row = suppressed(&t);
	assert_int_equal(row->cells.at[0].month, 1);
	assert_true(row->cells.at[0].hidden);
	assert_true(row->cells.at[1].hidden); /* the smaller of the others */
	assert_false(row->cells.at[2].hidden);
	assert_false(row->total_hidden);
	tally_release(&t);
}

static void what_is_not_over_does_not_count(void **state)
{
	(void)state;
	struct tally t = {0};
	add(&t, 1, 0, 5);
	add(&t, END, 100, 50);
	assert_true(suppressed(&t)->total_hidden);
	tally_release(&t);
}

/* ---- by chance ---- */

static bool there[MONTHS][CASES];

static unsigned persons(unsigned months) /* a bit each */
{
	unsigned n = 0;
	for (unsigned c = 0; c < CASES; c++) {
		bool any = false;
		for (unsigned m = 0; m < MONTHS; m++)
			any |= (months >> m & 1) && there[m][c];
		n += any;
	}
	return n;
}

static void fill(struct tally *t)
{
	memset(there, 0, sizeof(there));
	for (int m = 0; m < MONTHS; m++) {
		unsigned n = (unsigned)rand() % (rand() % 2 ? 14 : CASES);
		for (unsigned i = 0; i < n; i++) {
			unsigned c = (unsigned)rand() % CASES;
			there[m][c] = true;
			add(t, m, c, 1);
		}
	}
}

static void nothing_small_follows(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 20000; round++) {
		struct tally t = {0};
		fill(&t);
		tally_suppress(&t, END);
		const struct tally_row *row = t.rows.n ? t.rows.at[0] : NULL;
		unsigned hidden = 0, shown = 0;
		for (size_t i = 0; row && i < row->cells.n; i++) {
			const struct tally_cell *c = &row->cells.at[i];
			assert_true(c->hidden || persons(1u << c->month) >= TALLY_LEAST);
			*(c->hidden ? &hidden : &shown) |= 1u << c->month;
		}
		/* What is left of the total is of enough, and of more than one cell. */
		if (hidden && !row->total_hidden) {
			assert_true(persons(hidden) >= TALLY_LEAST);
			assert_true(hidden & (hidden - 1));
		}
		/* No more is withheld than that: a total goes only when all cells went. */
		if (row && row->total_hidden)
			assert_int_equal(shown, 0);
		tally_release(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ten_are_withheld_eleven_are_not),
	    cmocka_unit_test(many_things_of_few_are_withheld),
	    cmocka_unit_test(one_that_is_withheld_takes_another_along),
	    cmocka_unit_test(what_is_not_over_does_not_count),
	    cmocka_unit_test(nothing_small_follows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
