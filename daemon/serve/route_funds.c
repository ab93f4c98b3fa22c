/* SPDX-License-Identifier: Apache-2.0
 *
 * What the funds have left, per county and year, and which places are taken: after all decisions so
 * far, those on their way to the disk included.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"
#include "engine/case/json.h"
#include "engine/case/json_write.h"

#include <stdlib.h>

struct funds {
	struct call *call;
	VEC(struct pot) rows;
};

static int by_name(const void *a, const void *b)
{
	const struct pot *x = a, *y = b;
	int c = str_cmp(x->name, y->name);
	if (!c)
		c = str_cmp(x->county, y->county);
	return c ? c : (x->from > y->from) - (x->from < y->from);
}

static void add_drawn(struct funds *f, enum pot_kind kind)
{
	const struct pots *pots = &f->call->d->pots;
	for (size_t i = 0; i < pots->all.n; i++)
		if (pots->all.at[i].kind == kind && call_sees(f->call, pots->all.at[i].county))
			*vec_push(&f->rows) = pots->all.at[i];
}

/* The year in which we are is shown also when nothing was drawn yet. */
static void add_untouched(struct funds *f)
{
	const struct daemon *d = f->call->d;
	const struct rulebook *rb = d->rb;
	int32_t today = zone_day(rb->zone, d->now_us);
	for (uint16_t i = 0; i < rb->nfunds; i++) {
		const struct budget *b = fund_budget(rb, i);
		for (uint16_t c = 0; b && c < rb->ncounties; c++) {
			struct pot key = pot_key(rb, c, POT_FUND, i, budget_year(b, today));
			if (call_sees(f->call, key.county) && !pots_find(&d->pots, &key))
				*vec_push(&f->rows) = key;
		}
	}
}

static uint16_t fund_of(const struct rulebook *rb, struct str name)
{
	for (uint16_t i = 0; i < rb->nfunds; i++)
		if (str_eq(rb->funds[i].name, name))
			return i;
	return NONE;
}

static void put_cents(struct buf *b, struct str member, int64_t cents)
{
	buf_str(b, member);
	money_json(b, cents);
}

/* A fund that has no budget under the policy in force has no limit, and so nothing is left of it.
 */
static void put_budget(struct buf *out, const struct daemon *d, const struct pot *pot)
{
	const struct rulebook *rb = d->rb;
	const struct budget *b = fund_budget(rb, fund_of(rb, pot->name));
	uint16_t county = rulebook_county(rb, pot->county);
	if (!b || county == NONE)
		return;
	int32_t day = budget_day(b, pot->from, zone_day(rb->zone, d->now_us));
	int64_t budget = budget_on(rb, county, b, day);
	put_cents(out, STR(",\"budget\":"), budget);
	put_cents(out, STR(",\"left\":"), budget - pot->reserved - pot->committed);
}

static void put_row(struct buf *out, const struct daemon *d, const struct pot *pot)
{
	buf_str(out, STR("{\"fund\":"));
	buf_json(out, pot->name);
	buf_str(out, STR(",\"county\":"));
	buf_json(out, pot->county);
	if (pot->from != DAY_NONE) {
		buf_str(out, STR(",\"year\":"));
		json_day(out, pot->from);
	}
	put_cents(out, STR(",\"reserved\":"), pot->reserved);
	put_cents(out, STR(",\"committed\":"), pot->committed);
	put_budget(out, d, pot);
	buf_char(out, '}');
}

static void answer(struct funds *f, struct str member,
		   void (*put)(struct buf *, const struct daemon *, const struct pot *))
{
	struct daemon *d = f->call->d;
	if (f->rows.n)
		qsort(f->rows.at, f->rows.n, sizeof(*f->rows.at), by_name);
	buf_clear(&d->text);
	buf_char(&d->text, '{');
	buf_str(&d->text, member);
	for (size_t i = 0; i < f->rows.n; i++) {
		if (i)
			buf_char(&d->text, ',');
		put(&d->text, d, &f->rows.at[i]);
	}
	buf_str(&d->text, STR("]}"));
	vec_release(&f->rows);
	call_json(f->call, 200, buf_view(&d->text));
}

void get_funds(struct call *c)
{
	struct funds f = {.call = c};
	if (!call_only(c, NULL, 0))
		return;
	add_drawn(&f, POT_FUND);
	add_untouched(&f);
	answer(&f, STR("\"funds\":["), put_row);
}

/* ---- places ---- */

static void add_empty(struct funds *f)
{
	const struct daemon *d = f->call->d;
	for (uint16_t i = 0; i < d->rb->ncapacities; i++) {
		for (uint16_t c = 0; c < d->rb->ncounties; c++) {
			struct pot key = pot_key(d->rb, c, POT_CAPACITY, i, DAY_NONE);
			if (call_sees(f->call, key.county) && !pots_find(&d->pots, &key))
				*vec_push(&f->rows) = key;
		}
	}
}

static void put_count(struct buf *b, struct str member, int64_t n)
{
	buf_str(b, member);
	buf_i64(b, n);
}

static void put_places(struct buf *out, const struct daemon *d, const struct pot *pot)
{
	const struct rulebook *rb = d->rb;
	uint16_t county = rulebook_county(rb, pot->county);
	buf_str(out, STR("{\"capacity\":"));
	buf_json(out, pot->name);
	buf_str(out, STR(",\"county\":"));
	buf_json(out, pot->county);
	put_count(out, STR(",\"taken\":"), pot->committed);
	put_count(out, STR(",\"waiting\":"), pot->reserved);
	for (uint16_t i = 0; county != NONE && i < rb->ncapacities; i++)
		if (str_eq(rb->capacities[i].name, pot->name))
			put_count(out, STR(",\"places\":"),
				  places_on(rb, county, i, zone_day(rb->zone, d->now_us)));
	buf_char(out, '}');
}

void get_capacities(struct call *c)
{
	struct funds f = {.call = c};
	if (!call_only(c, NULL, 0))
		return;
	add_drawn(&f, POT_CAPACITY);
	add_empty(&f);
	answer(&f, STR("\"capacities\":["), put_places);
}
