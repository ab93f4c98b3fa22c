/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/cover.h"

#include "engine/base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 volume;

/* ---- values to slots ---- */

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static uint32_t add_cut(const struct cover_column *c, int64_t *cuts, uint32_t n, int64_t at)
{
	if (at > c->lo && at <= c->hi)
		cuts[n++] = at;
	return n;
}

/* Cuts where a range begins, and behind where one ends. */
static void make_axis(struct cover *c, uint32_t column, const struct cover_set *sets)
{
	struct cover_axis *x = &c->axes[column];
	size_t most = 1;
	for (uint32_t r = 0; r < c->nrows; r++)
		most += 2u * sets[r * c->ncolumns + column].n;
	int64_t *cuts = arena_array(c->arena, most, sizeof(*cuts));
	uint32_t n = 0, kept = 0;
	if (x->of.lo <= x->of.hi)
		cuts[n++] = x->of.lo;
	for (uint32_t r = 0; r < c->nrows && n; r++) {
		const struct cover_set *s = &sets[r * c->ncolumns + column];
		for (uint32_t i = 0; i < s->n; i++) {
			if (s->at[i].lo > s->at[i].hi)
				continue;
			n = add_cut(&x->of, cuts, n, s->at[i].lo);
			if (s->at[i].hi < INT64_MAX)
				n = add_cut(&x->of, cuts, n, s->at[i].hi + 1);
		}
	}
	qsort(cuts, n, sizeof(*cuts), by_value);
	for (uint32_t i = 0; i < n; i++)
		if (!kept || cuts[i] != cuts[kept - 1])
			cuts[kept++] = cuts[i];
	x->cuts = cuts;
	x->ncuts = kept;
	x->slots = kept + x->of.unknown;
}

/* The slot that holds a value of the column. */
static uint32_t slot_of(const struct cover_axis *x, int64_t value)
{
	uint32_t lo = 0, hi = x->ncuts;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (x->cuts[mid] <= value)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static int by_slot(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* Sorts and joins what meets or touches. */
static uint32_t tidy(struct interval *at, uint32_t n)
{
	uint32_t kept = 0;
	qsort(at, n, sizeof(*at), by_slot);
	for (uint32_t i = 0; i < n; i++) {
		if (kept && at[i].lo <= at[kept - 1].hi + 1) {
			if (at[i].hi > at[kept - 1].hi)
				at[kept - 1].hi = at[i].hi;
		} else {
			at[kept++] = at[i];
		}
	}
	return kept;
}

static struct slot_set slots_of(struct cover *c, const struct cover_axis *x,
				const struct cover_set *s)
{
	struct interval *at = arena_array(c->arena, s->n + 1u, sizeof(*at));
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n; i++) {
		struct interval v = s->at[i];
		if (v.lo < x->of.lo)
			v.lo = x->of.lo;
		if (v.hi > x->of.hi)
			v.hi = x->of.hi;
		if (v.lo <= v.hi)
			at[n++] = (struct interval){slot_of(x, v.lo), slot_of(x, v.hi)};
	}
	if (s->unknown && x->of.unknown)
		at[n++] = (struct interval){x->ncuts, x->ncuts};
	return (struct slot_set){at, tidy(at, n)};
}

/* Do the slots of all columns multiply within the bits of a volume? */
static bool space_fits(const struct cover *c)
{
	volume most = ~(volume)0, all = 1;
	for (uint32_t i = 0; i < c->ncolumns; i++) {
		if (c->axes[i].slots && all > most / c->axes[i].slots)
			return false;
		all *= c->axes[i].slots;
	}
	return true;
}

bool cover_make(struct cover *c, const struct cover_column *columns, uint32_t ncolumns,
		const struct cover_set *sets, uint32_t nrows, struct arena *arena)
{
	*c = (struct cover){.ncolumns = ncolumns, .nrows = nrows, .arena = arena};
	c->axes = arena_array(arena, ncolumns, sizeof(*c->axes));
	c->cells = arena_array(arena, (size_t)nrows * ncolumns, sizeof(*c->cells));
	for (uint32_t i = 0; i < ncolumns; i++) {
		c->axes[i].of = columns[i];
		make_axis(c, i, sets);
	}
	for (uint32_t r = 0; r < nrows; r++)
		for (uint32_t i = 0; i < ncolumns; i++)
			c->cells[r * ncolumns + i] =
			    slots_of(c, &c->axes[i], &sets[r * ncolumns + i]);
	return space_fits(c);
}

/* ---- slots to values ---- */

static struct cover_set values_of(const struct cover *c, uint32_t column, struct slot_set s)
{
	const struct cover_axis *x = &c->axes[column];
	struct interval *at = arena_array(c->arena, s.n, sizeof(*at));
	struct cover_set out = {.at = at};
	for (uint32_t i = 0; i < s.n; i++) {
		int64_t lo = s.at[i].lo, hi = s.at[i].hi;
		if (hi == x->ncuts) { /* the slot behind the last one of known values */
			out.unknown = true;
			hi--;
		}
		if (lo <= hi)
			at[out.n++] = (struct interval){
			    x->cuts[lo], hi + 1 < x->ncuts ? x->cuts[hi + 1] - 1 : x->of.hi};
	}
	return out;
}

bool cover_is_all(const struct cover *c, uint32_t column, const struct cover_set *set)
{
	const struct cover_column *of = &c->axes[column].of;
	bool known =
	    of->lo > of->hi || (set->n == 1 && set->at[0].lo == of->lo && set->at[0].hi == of->hi);
	return known && (set->unknown || !of->unknown);
}

/* ---- overlaps ---- */

static const struct slot_set *cell(const struct cover *c, uint32_t row, uint32_t column)
{
	return &c->cells[row * c->ncolumns + column];
}

/* What two sets have in common; out may be NULL. Returns how many intervals that is. */
static uint32_t common(const struct slot_set *a, const struct slot_set *b, struct interval *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0, k = 0; i < a->n && k < b->n;) {
		struct interval both = {
		    a->at[i].lo > b->at[k].lo ? a->at[i].lo : b->at[k].lo,
		    a->at[i].hi < b->at[k].hi ? a->at[i].hi : b->at[k].hi,
		};
		if (both.lo <= both.hi && out)
			out[n] = both;
		n += both.lo <= both.hi;
		if (a->at[i].hi < b->at[k].hi)
			i++;
		else
			k++;
	}
	return n;
}

static bool meets(const struct slot_set *a, const struct slot_set *b)
{
	if (a->n == 1 && b->n == 1)
		return a->at->lo <= b->at->hi && b->at->lo <= a->at->hi;
	return common(a, b, NULL) > 0;
}

static bool rows_meet(const struct cover *c, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < c->ncolumns; i++)
		if (!meets(cell(c, a, i), cell(c, b, i)))
			return false;
	return true;
}

bool cover_is_empty(const struct cover *c, uint32_t row)
{
	for (uint32_t i = 0; i < c->ncolumns; i++)
		if (!cell(c, row, i)->n)
			return true;
	return false;
}

uint32_t cover_overlaps(const struct cover *c, struct cover_pair *out, uint32_t most)
{
	uint32_t n = 0;
	for (uint32_t a = 0; a < c->nrows; a++)
		for (uint32_t b = a + 1; b < c->nrows; b++) {
			if (!rows_meet(c, a, b))
				continue;
			if (n == most)
				return most + 1;
			out[n++] = (struct cover_pair){a, b};
		}
	return n;
}

void cover_meet(const struct cover *c, struct cover_pair pair, struct cover_set *out)
{
	for (uint32_t i = 0; i < c->ncolumns; i++) {
		const struct slot_set *a = cell(c, pair.a, i), *b = cell(c, pair.b, i);
		struct interval *at = arena_array(c->arena, a->n + b->n, sizeof(*at));
		struct slot_set both = {at, common(a, b, at)};
		out[i] = values_of(c, i, both);
	}
}

/* ---- gaps ---- */

/* What the search works with: the rows, and the gaps found so far, as rows behind them. */
struct search {
	const struct cover *c;
	const struct slot_set *gaps; /* by gap, then column */
	uint32_t nrows;              /* with the gaps */
	volume *size;                /* by row, then column: of that column and those after it */
	volume *rest;                /* by column: slots of that column and those after it */
	volume *change;              /* by slot */
	uint32_t *alive;             /* rows that hold the slots chosen so far */
	uint32_t nalive;
};

static const struct slot_set *row_cell(const struct search *s, uint32_t row, uint32_t column)
{
	if (row < s->c->nrows)
		return cell(s->c, row, column);
	return &s->gaps[(row - s->c->nrows) * s->c->ncolumns + column];
}

static uint32_t slots_in(const struct slot_set *s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n; i++)
		n += (uint32_t)(s->at[i].hi - s->at[i].lo + 1);
	return n;
}

static void measure_row(struct search *s, uint32_t row)
{
	uint32_t n = s->c->ncolumns;
	volume *size = s->size + (size_t)row * (n + 1);
	size[n] = 1;
	for (uint32_t i = n; i-- > 0;)
		size[i] = size[i + 1] * slots_in(row_cell(s, row, i));
}

static bool holds(const struct slot_set *s, uint32_t slot)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->at[i].lo <= slot && slot <= s->at[i].hi)
			return true;
	return false;
}

/* The first slot of a column in which the rows that are left do not add up to all that there is
 * behind it; the number of slots when there is none. */
static uint32_t short_slot(struct search *s, uint32_t column)
{
	uint32_t slots = s->c->axes[column].slots, n = s->c->ncolumns;
	volume sum = 0;
	memset(s->change, 0, (slots + 1u) * sizeof(*s->change));
	for (uint32_t i = 0; i < s->nalive; i++) {
		const struct slot_set *set = row_cell(s, s->alive[i], column);
		volume size = s->size[(size_t)s->alive[i] * (n + 1) + column + 1];
		for (uint32_t k = 0; k < set->n; k++) {
			s->change[set->at[k].lo] += size;
			s->change[set->at[k].hi + 1] -= size;
		}
	}
	for (uint32_t slot = 0; slot < slots; slot++) {
		sum += s->change[slot];
		assert(sum <= s->rest[column + 1]);
		if (sum != s->rest[column + 1])
			return slot;
	}
	return slots;
}

/* A point that no row covers, as one slot for each column; false: there is none. */
static bool find_point(struct search *s, struct interval *point)
{
	s->nalive = s->nrows;
	for (uint32_t i = 0; i < s->nrows; i++)
		s->alive[i] = i;
	for (uint32_t column = 0; column < s->c->ncolumns; column++) {
		uint32_t slot = short_slot(s, column), kept = 0;
		if (slot == s->c->axes[column].slots)
			return false;
		point[column] = (struct interval){slot, slot};
		for (uint32_t i = 0; i < s->nalive; i++)
			if (holds(row_cell(s, s->alive[i], column), slot))
				s->alive[kept++] = s->alive[i];
		s->nalive = kept;
	}
	return true;
}

/* All slots of a column that no row blocks which meets the gap in every other column. */
static struct slot_set widen(struct search *s, const struct slot_set *gap, uint32_t column)
{
	uint32_t slots = s->c->axes[column].slots, n = 0;
	volume blocked = 0;
	struct interval *at = arena_array(s->c->arena, (slots + 1u) / 2u + 1u, sizeof(*at));
	memset(s->change, 0, (slots + 1u) * sizeof(*s->change));
	for (uint32_t row = 0; row < s->nrows; row++) {
		bool meet = true;
		for (uint32_t i = 0; i < s->c->ncolumns && meet; i++)
			meet = i == column || meets(row_cell(s, row, i), &gap[i]);
		const struct slot_set *set = row_cell(s, row, column);
		for (uint32_t k = 0; meet && k < set->n; k++) {
			s->change[set->at[k].lo]++;
			s->change[set->at[k].hi + 1]--;
		}
	}
	for (uint32_t slot = 0; slot < slots; slot++) {
		blocked += s->change[slot];
		if (blocked)
			continue;
		if (n && at[n - 1].hi + 1 == slot)
			at[n - 1].hi = slot;
		else
			at[n++] = (struct interval){slot, slot};
	}
	return (struct slot_set){at, n};
}

static void search_begin(struct search *s, const struct cover *c, uint32_t most)
{
	size_t rows = (size_t)c->nrows + most, columns = c->ncolumns + 1u;
	uint32_t slots = 0;
	*s = (struct search){.c = c, .nrows = c->nrows};
	s->size = mem_alloc(rows * columns * sizeof(*s->size));
	s->rest = mem_alloc(columns * sizeof(*s->rest));
	s->alive = mem_alloc((rows + 1) * sizeof(*s->alive));
	s->rest[c->ncolumns] = 1;
	for (uint32_t i = c->ncolumns; i-- > 0;) {
		s->rest[i] = s->rest[i + 1] * c->axes[i].slots;
		if (c->axes[i].slots > slots)
			slots = c->axes[i].slots;
	}
	s->change = mem_alloc((slots + 1u) * sizeof(*s->change));
	for (uint32_t row = 0; row < c->nrows; row++)
		measure_row(s, row);
}

static void search_end(struct search *s)
{
	mem_free(s->size);
	mem_free(s->rest);
	mem_free(s->alive);
	mem_free(s->change);
}

uint32_t cover_gaps(const struct cover *c, struct cover_set *out, uint32_t most)
{
	struct search s;
	uint32_t n = 0;
	struct slot_set *gaps = arena_array(c->arena, (size_t)most * c->ncolumns, sizeof(*gaps));
	struct interval *point = arena_array(c->arena, c->ncolumns, sizeof(*point));
	search_begin(&s, c, most);
	s.gaps = gaps;
	for (; n < most && find_point(&s, point); n++) {
		struct slot_set *gap = gaps + (size_t)n * c->ncolumns;
		for (uint32_t i = 0; i < c->ncolumns; i++) {
			struct interval *one = arena_alloc(c->arena, sizeof(*one));
			*one = point[i];
			gap[i] = (struct slot_set){one, 1};
		}
		for (uint32_t i = c->ncolumns; i-- > 0;)
			gap[i] = widen(&s, gap, i);
		s.nrows++;
		measure_row(&s, c->nrows + n);
		for (uint32_t i = 0; i < c->ncolumns; i++)
			out[(size_t)n * c->ncolumns + i] = values_of(c, i, gap[i]);
	}
	search_end(&s);
	return n;
}
