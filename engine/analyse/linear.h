/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole numbers under linear inequalities: is there a solution, and one that can be shown. Each
 * unknown is eliminated in turn (Fourier and Motzkin), then the values are found backwards. What
 * has no solution in fractions has none; where there is one in fractions, but no whole one is
 * found on the way back, the answer stays open.
 */
#ifndef WAYMARK_ANALYSE_LINEAR_H
#define WAYMARK_ANALYSE_LINEAR_H

#include "engine/base/arena.h"
#include "engine/base/limits.h"

/* The sum of coef[i] times unknown i is at most `most`. */
struct linear_row {
	int64_t coef[LIMIT_UNKNOWNS];
	int64_t most;
};

enum linear_answer { LINEAR_NONE, LINEAR_FOUND, LINEAR_OPEN };

/* `n` rows over `unknowns` unknowns; `values` gets a solution when one is found. */
enum linear_answer linear_solve(struct arena *arena, size_t unknowns, const struct linear_row *rows,
				size_t n, int64_t *values);

/* Towards minus infinity, and towards plus infinity; `by` is above zero. */
int64_t floor_div(int64_t x, int64_t by);
int64_t ceil_div(int64_t x, int64_t by);

#endif
