/* SPDX-License-Identifier: Apache-2.0
 *
 * The exact check of tables: over all columns together, for each reading of the columns, and for
 * the parameters as they stand in each county from each day on. Places where nothing differs are
 * checked once.
 */
#include "grammar/lower_table.h"

#include "engine/analyse/cover.h"
#include "engine/base/limits.h"

#include <assert.h>
#include <stdlib.h>

#define OVERLAPS_TOLD 5u
#define GAPS_TOLD     3u

/* What differs between the places in which a table holds: a county (NONE: as the program says), a
 * day, a reading. */
struct setting {
	uint16_t county;
	int32_t day;
	const struct reading_plan *reading;
	bool first; /* the day is the first one on which the table holds there */
};

struct table_check {
	struct book *b;
	uint16_t table;
	const struct table *t;
	VEC(uint16_t) params; /* that the rows and columns name */
	VEC(int32_t) days;
	struct map seen; /* of settings, by what they make of the table */
	struct arena keys;
	uint32_t settings;
	bool *applies;               /* by row: in some setting */
	VEC(struct cover_pair) told; /* overlaps, each in the first setting that shows it */
	uint32_t gaps;
	bool gap_for_otherwise; /* some setting leaves something to `otherwise` */
	bool stop;
};

/* ---- the settings ---- */

static void need_param(struct table_check *c, uint16_t param)
{
	for (size_t i = 0; i < c->params.n; i++)
		if (c->params.at[i] == param)
			return;
	*vec_push(&c->params) = param;
}

static void need_bound(struct table_check *c, struct table_bound bound)
{
	if (bound.param != NONE)
		need_param(c, bound.param);
}

/* Of the rows only what decides which of them fits. */
static void gather_params(struct table_check *c)
{
	for (uint16_t r = 0; r < c->t->nrows; r++)
		for (uint16_t i = 0; c->t->rows[r].cells && i < c->t->ninputs; i++) {
			const struct table_cell *cell = &c->t->rows[r].cells[i];
			for (uint16_t k = 0; k < cell->n; k++) {
				need_bound(c, cell->at[k].lo);
				need_bound(c, cell->at[k].hi);
			}
		}
	for (const struct reading_plan *r = c->b->tables[c->table].readings; r; r = r->next)
		for (uint16_t i = 0; i < c->t->ninputs; i++)
			if (r->domains[i].param != NONE)
				need_param(c, r->domains[i].param);
}

static int64_t param_value(const struct table_check *c, const struct setting *s, uint16_t param)
{
	return param_on(c->b->rb, s->county, param, s->day)->value.i;
}

/* What the setting makes of the table; two settings with the same key need one check. */
static struct str setting_key(struct table_check *c, const struct setting *s)
{
	struct buf key = {0};
	for (size_t i = 0; i < c->params.n; i++) {
		buf_i64(&key, param_value(c, s, c->params.at[i]));
		buf_char(&key, ',');
	}
	for (uint16_t i = 0; i < c->t->ninputs; i++) {
		const struct table_domain *d = &s->reading->domains[i];
		buf_fmt(&key, "%lld:%lld:%d:%u;", (long long)d->lo, (long long)d->hi, d->unknown,
			d->param);
	}
	struct str kept = arena_str(&c->keys, buf_view(&key));
	buf_release(&key);
	return kept;
}

static void check_setting(struct table_check *c, const struct setting *s);

static void visit(struct table_check *c, const struct setting *s)
{
	if (c->stop || !map_put(&c->seen, setting_key(c, s), 0))
		return;
	if (!resolve_room(c->b, c->settings++, LIMIT_TABLE_SETTINGS,
			  c->b->rb->blocks[c->t->block].span,
			  "counties and days with figures of their own for this table"))
		c->stop = true;
	else
		check_setting(c, s);
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

/* The table holds in a county from a day until before another: each day on which something of it
 * changes is a setting of its own. */
static void visit_days(struct table_check *c, uint16_t county, int32_t from, int32_t until)
{
	const struct rulebook *rb = c->b->rb;
	if (from >= until)
		return;
	c->days.n = 0;
	*vec_push(&c->days) = from;
	for (size_t i = 0; i < c->params.n; i++) {
		const struct dated_list *l = county == NONE
						 ? &rb->params[c->params.at[i]].values
						 : &rb->counties[county].values[c->params.at[i]];
		for (uint16_t k = 0; k < l->n; k++)
			if (l->at[k].from > from && l->at[k].from < until)
				*vec_push(&c->days) = l->at[k].from;
	}
	qsort(c->days.at, c->days.n, sizeof(*c->days.at), by_day);
	for (size_t i = 0; i < c->days.n; i++)
		for (const struct reading_plan *r = c->b->tables[c->table].readings; r; r = r->next)
			visit(c, &(struct setting){county, c->days.at[i], r, i == 0});
}

/* From when until when a county goes by this table. */
static void visit_county(struct table_check *c, uint16_t county, int32_t adopted)
{
	const struct variants *v = &c->b->rb->tables[c->t->first].variants;
	uint16_t now = c->t->first;
	int32_t from = adopted;
	for (uint16_t i = 0; i < v->n; i++) {
		if (v->at[i].county != county)
			continue;
		int32_t day = v->at[i].from > from ? v->at[i].from : from;
		if (now == c->table)
			visit_days(c, county, from, day);
		now = v->at[i].by;
		from = day;
	}
	if (now == c->table)
		visit_days(c, county, from, INT32_MAX);
}

static void visit_all(struct table_check *c)
{
	const struct rulebook *rb = c->b->rb;
	uint16_t program = rb->blocks[c->t->block].program;
	for (uint16_t i = 0; i < rb->ncounties; i++)
		for (uint16_t k = 0; k < rb->counties[i].nadopts; k++)
			if (rb->counties[i].adopts[k].program == program)
				visit_county(c, i, rb->counties[i].adopts[k].from);
	if (c->t->first == c->table) /* also where no county has adopted it yet */
		visit_days(c, NONE, rb->programs[program].effective, INT32_MAX);
}

/* ---- one setting ---- */

/* ` in alameda from 2027-01-01`, where the figures of the county and day matter. */
static void setting_words(struct buf *out, const struct table_check *c, const struct setting *s)
{
	if (!c->params.n)
		return;
	if (s->county != NONE)
		buf_fmt(out, " in " STR_FMT, STR_ARG(c->b->rb->counties[s->county].name));
	if (!s->first) {
		buf_c(out, " from ");
		day_text(out, s->day);
		buf_c(out, " on");
	}
}

static void row_sets(const struct table_check *c, const struct setting *s,
		     const struct table_row *row, struct arena *arena, struct cover_set *out)
{
	for (uint16_t i = 0; i < c->t->ninputs; i++) {
		const struct table_cell *cell = &row->cells[i];
		struct interval *at = arena_array(arena, cell->n + 1u, sizeof(*at));
		uint32_t n = 0;
		if (cell->any)
			at[n++] = (struct interval){INT64_MIN, INT64_MAX};
		for (uint16_t k = 0; k < cell->n; k++)
			n += table_range_on(c->b->rb, s->county, &cell->at[k], s->day, &at[n].lo,
					    &at[n].hi);
		out[i] = (struct cover_set){at, n, cell->any || cell->unknown};
	}
}

static uint16_t rows_checked(const struct table *t)
{
	return (uint16_t)(t->nrows - (t->rows[t->nrows - 1].cells == NULL));
}

static void tell_overlap(struct table_check *c, const struct setting *s, const struct cover *cover,
			 struct cover_pair pair)
{
	struct book *b = c->b;
	struct cover_set both[LIMIT_TABLE_INPUTS];
	struct buf words = {0}, where = {0};
	for (size_t i = 0; i < c->told.n; i++)
		if (c->told.at[i].a == pair.a && c->told.at[i].b == pair.b)
			return;
	*vec_push(&c->told) = pair;
	if (c->told.n > OVERLAPS_TOLD)
		return;
	cover_meet(cover, pair, both);
	table_box_words(&words, b, c->t, cover, both);
	setting_words(&where, c, s);
	struct diag *d =
	    fault(b, W_TABLE_OVERLAP, c->t->rows[pair.b].span, "two rows fit for " STR_FMT STR_FMT,
		  STR_ARG(buf_view(&words)), STR_ARG(buf_view(&where)));
	help(b, d, "narrow one of the two rows, so that exactly one fits");
	diag_also(b->diags, d, c->t->rows[pair.a].span, "the other row");
	buf_release(&words);
	buf_release(&where);
}

static void tell_gap(struct table_check *c, const struct setting *s, const struct cover *cover,
		     const struct cover_set *gap)
{
	struct book *b = c->b;
	struct buf words = {0}, where = {0};
	table_box_words(&words, b, c->t, cover, gap);
	setting_words(&where, c, s);
	struct diag *d = fault(b, W_TABLE_GAP, b->rb->blocks[c->t->block].span,
			       "no row fits for " STR_FMT STR_FMT, STR_ARG(buf_view(&words)),
			       STR_ARG(buf_view(&where)));
	help(b, d,
	     "add a row for it, or a last row | otherwise | … |; what cannot be is ruled out by a "
	     "range where it is declared, such as `minutes : number from 0 to 1440`");
	buf_release(&words);
	buf_release(&where);
}

static void check_gaps(struct table_check *c, const struct setting *s, const struct cover *cover,
		       bool otherwise)
{
	struct cover_set gaps[GAPS_TOLD * LIMIT_TABLE_INPUTS];
	uint32_t n = cover_gaps(cover, gaps, otherwise ? 1 : GAPS_TOLD);
	c->gap_for_otherwise |= otherwise && n;
	if (otherwise || c->gaps)
		return; /* the gaps of one setting are told */
	c->gaps = n;
	for (uint32_t i = 0; i < n; i++)
		tell_gap(c, s, cover, gaps + i * c->t->ninputs);
}

static void check_setting(struct table_check *c, const struct setting *s)
{
	struct arena arena = {0};
	struct cover cover;
	uint16_t n = rows_checked(c->t), width = c->t->ninputs;
	struct cover_column columns[LIMIT_TABLE_INPUTS];
	struct cover_pair pairs[OVERLAPS_TOLD];
	struct cover_set *sets = arena_array(&arena, (size_t)n * width, sizeof(*sets));
	for (uint16_t i = 0; i < width; i++) {
		const struct table_domain *d = &s->reading->domains[i];
		columns[i] = (struct cover_column){d->lo, d->hi, d->unknown};
		if (d->param != NONE)
			columns[i].lo = columns[i].hi = param_value(c, s, d->param);
	}
	for (uint16_t r = 0; r < n; r++)
		row_sets(c, s, &c->t->rows[r], &arena, sets + (size_t)r * width);
	bool fits = cover_make(&cover, columns, width, sets, n, &arena);
	assert(fits); /* by the limits on columns, rows and ranges */
	(void)fits;
	for (uint16_t r = 0; r < n; r++)
		c->applies[r] |= !cover_is_empty(&cover, r);
	uint32_t overlaps = cover_overlaps(&cover, pairs, OVERLAPS_TOLD);
	for (uint32_t i = 0; i < overlaps && i < OVERLAPS_TOLD; i++)
		tell_overlap(c, s, &cover, pairs[i]);
	if (!overlaps)
		check_gaps(c, s, &cover, n < c->t->nrows);
	arena_release(&arena);
}

/* ---- all settings ---- */

static void tell_dead(struct table_check *c, const struct table_row *row, bool otherwise)
{
	struct book *b = c->b;
	if (otherwise) {
		help(b,
		     warn(b, W_TABLE_COMPLETE, row->span,
			  "`otherwise` never applies: the rows above it leave nothing out"),
		     "remove it; the check tells you when a later change leaves something out");
		return;
	}
	help(b, fault(b, W_TABLE_ROW, row->span, "this row can never apply"),
	     "a cell of it is empty, or beyond what its column can be; remove the row or correct "
	     "the cell");
}

void check_table(struct book *b, uint16_t table)
{
	struct table_check c = {.b = b, .table = table, .t = &b->rb->tables[table]};
	uint16_t n = rows_checked(c.t);
	c.applies = arena_array(&b->arena, c.t->nrows, sizeof(bool));
	gather_params(&c);
	visit_all(&c);
	for (uint16_t r = 0; c.settings && r < n; r++)
		if (!c.applies[r])
			tell_dead(&c, &c.t->rows[r], false);
	if (c.settings && n < c.t->nrows && !c.gap_for_otherwise && !c.told.n)
		tell_dead(&c, &c.t->rows[n], true);
	map_release(&c.seen);
	arena_release(&c.keys);
	vec_release(&c.params);
	vec_release(&c.told);
	vec_release(&c.days);
}
