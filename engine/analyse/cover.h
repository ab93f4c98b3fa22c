/* SPDX-License-Identifier: Apache-2.0
 *
 * Do the rows of a table cover everything, once? A row is a box: for each column a set of values.
 * All questions are answered exactly, over all columns together, for 64-bit ranges.
 *
 * The values of a column are cut at every end of a range, so that inside of a *slot* all values
 * are alike; what may be unknown has one slot more. Two rows overlap where their sets meet in
 * every column. Rows that do not overlap cover everything exactly when the sizes of their boxes,
 * counted in slots, add up to the size of the whole, which takes one addition for each row.
 *
 *     struct cover c;
 *     cover_make(&c, &space, rows, nrows, &arena);
 *     n = cover_overlaps(&c, pairs, MOST);            // rows that meet
 *     n = cover_gaps(&c, gaps, MOST);                 // only when no rows overlap
 */
#ifndef WAYMARK_ANALYSE_COVER_H
#define WAYMARK_ANALYSE_COVER_H

#include "engine/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* From lo to hi, both included; lo > hi is empty. */
struct interval {
	int64_t lo, hi;
};

/* Some of the values of a column: intervals in any order, and whether `unknown` is among them. */
struct cover_set {
	const struct interval *at;
	uint32_t n;
	bool unknown;
};

/* All values that a column can have. */
struct cover_column {
	int64_t lo, hi;
	bool unknown;
};

/* A set by its slots: ascending, apart from each other. */
struct slot_set {
	const struct interval *at; /* of slot numbers */
	uint32_t n;
};

struct cover_axis {
	struct cover_column of;
	const int64_t *cuts; /* the first value of each slot of known values */
	uint32_t ncuts;
	uint32_t slots; /* with the one of `unknown`, which is the last */
};

struct cover {
	uint32_t ncolumns, nrows;
	struct cover_axis *axes;
	struct slot_set *cells; /* by row, then column */
	struct arena *arena;    /* whatever is answered lives in it */
};

struct cover_pair {
	uint32_t a, b; /* rows; a < b */
};

/* The most values, that is slots, that the columns together may have: the product of the slots of
 * all columns stays within 128 bits. */
#define COVER_BITS 128u

/* sets: by row, then column. What lies outside of a column's values is left out. False when the
 * space has more than 2 to the COVER_BITS slots. */
bool cover_make(struct cover *c, const struct cover_column *columns, uint32_t ncolumns,
		const struct cover_set *sets, uint32_t nrows, struct arena *arena);

/* Can the row apply at all? */
bool cover_is_empty(const struct cover *c, uint32_t row);

/* The first `most` pairs of rows that meet, in order; returns how many there are in all, counted
 * up to `most` and one. */
uint32_t cover_overlaps(const struct cover *c, struct cover_pair *out, uint32_t most);

/* Where two rows that meet do so: a set for each column. */
void cover_meet(const struct cover *c, struct cover_pair pair, struct cover_set *out);

/* Boxes that no row covers, widened as far as they go, a set for each column of each; at most
 * `most`, none of which overlaps another. No rows may overlap. Returns how many; less than `most`
 * are all there is. */
uint32_t cover_gaps(const struct cover *c, struct cover_set *out, uint32_t most);

/* Is the set all that the column can be? */
bool cover_is_all(const struct cover *c, uint32_t column, const struct cover_set *set);

#endif
