/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking a row up. Rows exclude each other (the compiler has checked that), so the first that fits
 * is the only one; `otherwise` is the last.
 */
#include "engine/policy/policy.h"

static bool bound_on(const struct rulebook *rb, uint16_t county, struct table_bound b, int32_t day,
		     int64_t *out)
{
	*out = b.n;
	return b.param == NONE ||
	       !__builtin_add_overflow(param_on(rb, county, b.param, day)->value.i, b.n, out);
}

bool table_range_on(const struct rulebook *rb, uint16_t county, const struct table_range *r,
		    int32_t day, int64_t *lo, int64_t *hi)
{
	return bound_on(rb, county, r->lo, day, lo) && bound_on(rb, county, r->hi, day, hi) &&
	       *lo <= *hi;
}

static bool cell_fits(const struct rulebook *rb, uint16_t county, const struct table_cell *c,
		      int32_t day, struct value v)
{
	int64_t lo, hi;
	if (c->any || !v.known)
		return c->any || c->unknown;
	for (uint16_t i = 0; i < c->n; i++)
		if (table_range_on(rb, county, &c->at[i], day, &lo, &hi) && lo <= v.i && v.i <= hi)
			return true;
	return false;
}

static bool row_fits(const struct rulebook *rb, uint16_t county, const struct table *t,
		     const struct table_row *row, int32_t day, const struct value *inputs)
{
	for (uint16_t i = 0; row->cells && i < t->ninputs; i++)
		if (!cell_fits(rb, county, &row->cells[i], day, inputs[i]))
			return false;
	return true;
}

const struct table_row *table_find(const struct rulebook *rb, uint16_t county,
				   const struct table *t, int32_t day, const struct value *inputs)
{
	for (uint16_t i = 0; i < t->nrows; i++)
		if (row_fits(rb, county, t, &t->rows[i], day, inputs))
			return &t->rows[i];
	return NULL;
}
