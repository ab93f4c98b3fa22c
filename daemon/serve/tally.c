/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/tally.h"

#include "engine/base/hash.h"

#include <string.h>

static void cases_add(struct tally_cases *s, uint64_t one)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->at[i] == one)
			return;
	if (s->n < TALLY_LEAST)
		s->at[s->n++] = one;
}

static uint64_t case_key(struct str id)
{
	struct hash128 h = hash_sip(id.p, id.len);
	uint64_t key;
	memcpy(&key, h.b, sizeof(key));
	return key;
}

static struct tally_row *row_of(struct tally *t, struct str name)
{
	uint32_t i = map_get(&t->by_name, name);
	if (i != MAP_NONE)
		return t->rows.at[i];
	struct tally_row *row = arena_alloc(&t->arena, sizeof(*row));
	*row = (struct tally_row){.name = arena_str(&t->arena, name)};
	map_put(&t->by_name, row->name, (uint32_t)t->rows.n);
	*vec_push(&t->rows) = row;
	return row;
}

static struct tally_cell *cell_of(struct tally_row *row, int32_t month)
{
	size_t i = row->cells.n;
	while (i && row->cells.at[i - 1].month > month)
		i--;
	if (i && row->cells.at[i - 1].month == month)
		return &row->cells.at[i - 1];
	vec_push(&row->cells);
	memmove(&row->cells.at[i + 1], &row->cells.at[i],
		(row->cells.n - 1 - i) * sizeof(*row->cells.at));
	row->cells.at[i] = (struct tally_cell){.month = month};
	return &row->cells.at[i];
}

void tally_add(struct tally *t, struct str row, int32_t month, struct str case_id, int64_t cents)
{
	struct tally_cell *c = cell_of(row_of(t, row), month);
	c->n++;
	c->cents += cents;
	cases_add(&c->cases, case_key(case_id));
}

/* Of the cells that are withheld together. */
static uint32_t hidden_cases(const struct tally_row *row, int32_t end)
{
	struct tally_cases all = {0};
	for (size_t i = 0; i < row->cells.n; i++)
		for (uint32_t k = 0; k < row->cells.at[i].cases.n; k++)
			if (row->cells.at[i].hidden && row->cells.at[i].month < end)
				cases_add(&all, row->cells.at[i].cases.at[k]);
	return all.n;
}

static struct tally_cell *smallest_shown(const struct tally_row *row, int32_t end)
{
	struct tally_cell *least = NULL;
	for (size_t i = 0; i < row->cells.n; i++) {
		struct tally_cell *c = &row->cells.at[i];
		if (!c->hidden && c->month < end && (!least || c->n < least->n))
			least = c;
	}
	return least;
}

static void suppress_row(struct tally_row *row, int32_t end)
{
	bool any = false;
	for (size_t i = 0; i < row->cells.n; i++) {
		struct tally_cell *c = &row->cells.at[i];
		c->hidden = c->cases.n < TALLY_LEAST;
		any |= c->hidden && c->month < end;
	}
	while (any && hidden_cases(row, end) < TALLY_LEAST) {
		struct tally_cell *c = smallest_shown(row, end);
		row->total_hidden = !c;
		if (!c)
			return;
		c->hidden = true;
	}
	row->total_hidden = false;
}

void tally_suppress(struct tally *t, int32_t end)
{
	for (size_t i = 0; i < t->rows.n; i++)
		suppress_row(t->rows.at[i], end);
}

void tally_release(struct tally *t)
{
	for (size_t i = 0; i < t->rows.n; i++)
		vec_release(&t->rows.at[i]->cells);
	vec_release(&t->rows);
	map_release(&t->by_name);
	arena_release(&t->arena);
}
