/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts and sums in which nobody can be found. A row (a county, a program and a kind, say) has a
 * cell for each month. A cell of fewer than TALLY_LEAST cases is not shown. So that it cannot be
 * computed from the row's total either, further cells are withheld, those of the fewest things
 * first, until the withheld ones of the row together are of at least TALLY_LEAST cases; when they
 * cannot be, the total is withheld too. There are no totals over rows.
 *
 * Eleven is the least cell of the CMS Cell Suppression Policy (Centers for Medicare and Medicaid
 * Services, 2020) and of the California Health and Human Services Agency's Data De-Identification
 * Guidelines (2016), which also ask for the complementary suppression.
 *
 *     tally_add(&t, row, month, case_id, 1, cents);        // for each thing
 *     tally_suppress(&t);                                  // then look at t.rows
 */
#ifndef WAYMARK_SERVE_TALLY_H
#define WAYMARK_SERVE_TALLY_H

#include "engine/base/arena.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"

#define TALLY_LEAST 11u

/* Some of the cases of a cell: more are not needed to know that there are enough. */
struct tally_cases {
	uint32_t n;
	uint64_t at[TALLY_LEAST];
};

struct tally_cell {
	int32_t month; /* 12 * year + month - 1 */
	uint64_t n;    /* things */
	int64_t cents; /* their amounts */
	bool hidden;
	struct tally_cases cases;
};

struct tally_row {
	struct str name; /* the caller's */
	bool total_hidden;
	VEC(struct tally_cell) cells; /* by month, ascending */
};

struct tally {
	struct arena arena;
	struct map by_name;
	VEC(struct tally_row *) rows; /* in the order of their first things */
};

/* The name is copied. */
void tally_add(struct tally *t, struct str row, int32_t month, struct str case_id, int64_t cents);
/* Decides what is shown, of the months before `end` only: what goes on would show each change. */
void tally_suppress(struct tally *t, int32_t end);
void tally_release(struct tally *t);

#endif
