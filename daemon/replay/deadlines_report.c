/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/deadlines_report.h"

#include "engine/values/calendar.h"

#include <stdlib.h>

/* ---- counting ---- */

static bool is_wanted(const struct deadlines_wanted *w, struct str county)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->counties[i], county))
			return true;
	return w->n == 0;
}

int32_t deadline_days_late(const struct deadline *d)
{
	return d->fate == DEADLINE_MISSED && d->came != DAY_NONE ? d->came - d->due : DAY_NONE;
}

static void count_late(struct deadlines_row *row, const struct deadline *d, int32_t now)
{
	int32_t late = deadline_days_late(d);
	if (late != DAY_NONE) {
		*vec_push(&row->late) = late;
		return;
	}
	row->not_come++;
	if (now - d->due > row->longest)
		row->longest = now - d->due;
}

/* Of its county, so all of it may be seen. */
static enum status name_case(struct deadlines_found *f, struct deadlines_row *row, uint64_t no,
			     const struct deadline *d, struct ledger_reader *r)
{
	struct ledger_case c;
	if (f->wanted.most && f->named == f->wanted.most) {
		f->unnamed++;
		return STATUS_OK;
	}
	enum status st = ledger_case_at(r, no, &c);
	if (st)
		return st == STATUS_GONE ? STATUS_OK : st; /* just now */
	f->named++;
	*vec_push(&row->lines) = (struct deadline_line){arena_str(&f->arena, c.id), *d};
	return STATUS_OK;
}

static enum status count(struct deadlines_found *f, uint64_t no, const struct deadline *d,
			 struct ledger_reader *r)
{
	struct deadlines_row *row = &f->rows.at[d->kind];
	row->n[d->fate]++;
	if (d->fate == DEADLINE_MISSED)
		count_late(row, d, f->day);
	bool is_named = d->fate == DEADLINE_MISSED || d->fate == DEADLINE_OPEN;
	return f->wanted.cases && is_named ? name_case(f, row, no, d, r) : STATUS_OK;
}

static enum status count_case(struct deadlines_found *f, uint64_t no, const struct deadline_case *c,
			      struct ledger_reader *r)
{
	enum status st = STATUS_OK;
	if (!is_wanted(&f->wanted, c->county))
		return STATUS_OK;
	f->destroyed += c->state == DEADLINES_DESTROYED;
	f->undecided += c->state == DEADLINES_UNDECIDED;
	for (size_t i = 0; i < c->n && !st; i++)
		if (c->at[i].due >= f->wanted.from && c->at[i].due <= f->wanted.to)
			st = count(f, no, &c->at[i], r);
	return st;
}

static int by_days(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static int by_due(const void *a, const void *b)
{
	const struct deadline_line *x = a, *y = b;
	int first = by_days(&x->deadline.due, &y->deadline.due);
	return first ? first : str_cmp(x->id, y->id);
}

static int by_key(const void *a, const void *b)
{
	const struct deadlines_row *x = a, *y = b;
	return str_cmp(x->kind->key, y->kind->key);
}

static void release_row(struct deadlines_row *row)
{
	vec_release(&row->late);
	vec_release(&row->lines);
}

/* Rows with nothing in them go. */
static void put_in_order(struct deadlines_found *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->rows.n; i++) {
		struct deadlines_row *row = &f->rows.at[i];
		uint64_t n = 0;
		for (unsigned k = 0; k < DEADLINE_FATE_COUNT; k++)
			n += row->n[k];
		if (row->late.n)
			qsort(row->late.at, row->late.n, sizeof(*row->late.at), by_days);
		if (row->lines.n)
			qsort(row->lines.at, row->lines.n, sizeof(*row->lines.at), by_due);
		if (n)
			f->rows.at[kept++] = *row;
		else
			release_row(row);
	}
	f->rows.n = kept;
	if (kept)
		qsort(f->rows.at, kept, sizeof(*f->rows.at), by_key);
}

enum status deadlines_find(struct deadlines_found *out, const struct deadlines *all,
			   const struct deadlines_wanted *wanted, struct ledger_reader *r)
{
	enum status st = STATUS_OK;
	out->wanted = *wanted;
	out->day = all->day;
	for (size_t i = 0; i < all->kinds.n; i++)
		*vec_push(&out->rows) = (struct deadlines_row){.kind = &all->kinds.at[i]};
	for (size_t i = 0; i < all->cases.n && !st; i++)
		st = count_case(out, i + 1, &all->cases.at[i], r);
	put_in_order(out);
	return st;
}

void deadlines_found_release(struct deadlines_found *f)
{
	for (size_t i = 0; i < f->rows.n; i++)
		release_row(&f->rows.at[i]);
	vec_release(&f->rows);
	arena_release(&f->arena);
}

int32_t deadlines_median(const struct deadlines_row *row)
{
	return row->late.at[(row->late.n - 1) / 2];
}
