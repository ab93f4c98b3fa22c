/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding what `waymark prove` says.
 */
#include "daemon/commands/history.h"
#include "daemon/commands/prove_report.h"
#include "engine/analyse/meaning.h"

#define PLACES_MOST 4 /* where else a breach is looked for */

/* Where a day is known on which it matters, beginning with that one. */
static bool finds_breach_there(struct witness *w, struct wanted *wanted, const struct proof *p)
{
	if (p->kept.why == UNKEPT_LATE && p->kept.day != DAY_NONE) {
		wanted->setting = (struct setting){.dated = true, .day = p->kept.day};
		if (witness_find(w, wanted))
			return true;
		witness_release(w);
		wanted->setting = (struct setting){0};
	}
	return witness_find(w, wanted);
}

static bool is_in_force(const struct rulebook *rb, uint16_t county, uint32_t block)
{
	const struct dispatch *d = rb->counties[county].dispatch;
	const struct block *b = &rb->blocks[block];
	for (uint32_t i = 0; i < d->nnevers; i++)
		if (d->nevers[i] == block)
			return true;
	for (uint16_t e = 0; b->nparts && e < rb->nevents; e++)
		for (uint32_t i = 0; i < d->n[e]; i++)
			if (d->by_event[e][i].part == b->first_part)
				return true;
	return false;
}

/* Is no county before it in the same place, nor the one where it was looked for first? */
static bool is_another_place(const struct rulebook *rb, uint16_t county, uint16_t first)
{
	const struct dispatch *d = rb->counties[county].dispatch;
	for (uint16_t c = 0; c < county; c++)
		if (rb->counties[c].dispatch == d)
			return false;
	return rb->counties[first].dispatch != d;
}

/* Elsewhere other provisions may be in force. */
static bool finds_breach(struct witness *w, struct wanted *wanted, struct proof *p)
{
	const struct rulebook *rb = wanted->rb[1];
	size_t tried = 0;
	if (finds_breach_there(w, wanted, p))
		return true;
	for (uint16_t c = 0, n = 0; c < rb->ncounties && n < PLACES_MOST; c++) {
		if (!is_another_place(rb, c, p->county) || !is_in_force(rb, c, p->block))
			continue;
		tried += w->tried;
		witness_release(w);
		wanted->county[1] = c;
		n++;
		if (finds_breach_there(w, wanted, p)) {
			p->county = c;
			return true;
		}
	}
	w->tried += tried;
	return false;
}

static void look_for_breach(struct prove_report *r, struct proof *p, struct tried *t)
{
	struct wanted wanted = {
	    .rb = {NULL, r->loaded->rb}, .county = {0, p->county}, .block = {UINT32_MAX, p->block}};
	struct buf what = {0}, text = {0};
	t->searched = true;
	if (finds_breach(&t->witness, &wanted, p)) {
		r->breached++;
		prove_words(&what, r->loaded->rb, p->block);
		history_scenario(&text, "Breach", r->breached, buf_view(&what),
				 r->loaded->rb->counties[p->county].name, &t->witness, 1);
		if (history_reproduced(NULL, r->loaded, buf_view(&text)))
			buf_str(&r->scenarios, buf_view(&text));
	} else {
		r->open++;
	}
	buf_release(&what);
	buf_release(&text);
}

/* ---- what a case may owe ---- */

static void look_for_debt(struct prove_report *r, const struct debt *d, struct tried *t)
{
	const struct rulebook *rb = r->loaded->rb;
	struct wanted wanted = {.rb = {NULL, rb},
				.county = {0, d->sum.county},
				.block = {UINT32_MAX, UINT32_MAX},
				.what = WANTED_DEBT,
				.kind = d->kind,
				.cents = r->owe_more_than};
	struct buf what = {0}, text = {0};
	t->searched = true;
	if (!witness_find(&t->witness, &wanted)) {
		r->open++;
		return;
	}
	r->breached++;
	buf_str(&what, STR("a case that owes "));
	money_text(&what, t->witness.cents);
	buf_str(&what, STR(" in one year"));
	history_scenario(&text, "Debt", r->breached, buf_view(&what),
			 rb->counties[d->sum.county].name, &t->witness, 1);
	if (history_reproduced(NULL, r->loaded, buf_view(&text)))
		buf_str(&r->scenarios, buf_view(&text));
	buf_release(&what);
	buf_release(&text);
}

static void look_at_debts(struct prove_report *r)
{
	debts_find(&r->debts, r->loaded->rb);
	r->owing = mem_alloc((r->debts.n + 1) * sizeof(*r->owing));
	memset(r->owing, 0, (r->debts.n + 1) * sizeof(*r->owing));
	for (size_t i = 0; r->asks_debts && i < r->debts.n; i++)
		if (!r->debts.at[i].sum.bounded || r->debts.at[i].sum.most > r->owe_more_than)
			look_for_debt(r, &r->debts.at[i], &r->owing[i]);
		else
			r->proved++;
}

/* ---- funds ---- */

static bool overdraws(struct witness *w, struct wanted *wanted)
{
	for (wanted->kind = 0; wanted->kind < wanted->rb[1]->nkinds; wanted->kind++) {
		if (witness_find(w, wanted))
			return true;
		witness_release(w);
	}
	return false;
}

/* Others have spent what the budget falls to: whatever is drawn then, on the day before, is too
 * much on the next. What is drawn at once may need more room: then they have spent less. */
static void look_for_overdraft(struct prove_report *r, const struct overdraw *x, struct tried *t)
{
	const struct rulebook *rb = r->loaded->rb;
	struct wanted wanted = {
	    .rb = {NULL, rb},
	    .county = {0, x->county},
	    .block = {UINT32_MAX, UINT32_MAX},
	    .what = WANTED_OVERDRAFT,
	    .pot = POT_FUND,
	    .name = rb->funds[x->fund].name,
	    .setting = {.fund = rb->funds[x->fund].name, .dated = true, .day = x->day - 1}};
	t->searched = true;
	for (int64_t part = 4; part >= 0; part--) {
		wanted.setting.spent = x->after / 4 * part + (part == 4 ? x->after % 4 : 0);
		if (!overdraws(&t->witness, &wanted))
			continue;
		r->breached++;
		return;
	}
	r->open++;
}

static void look_at_funds(struct prove_report *r)
{
	overdraws_find(&r->funds, r->loaded->rb);
	r->overdrawn = mem_alloc((r->funds.n + 1) * sizeof(*r->overdrawn));
	memset(r->overdrawn, 0, (r->funds.n + 1) * sizeof(*r->overdrawn));
	for (size_t i = 0; i < r->funds.n; i++)
		if (r->funds.at[i].falls)
			look_for_overdraft(r, &r->funds.at[i], &r->overdrawn[i]);
		else
			r->proved++;
}

/* ---- locked provisions ---- */

static const struct thing *find_thing(const struct meaning *m, struct str name)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].meant == MEANT_BLOCK && str_eq(m->at[i].name, name))
			return &m->at[i];
	return NULL;
}

static bool same_values(const struct dated_list *a, const struct dated_list *b)
{
	for (uint16_t i = 0; i < a->n && a->n == b->n; i++)
		if (a->at[i].from != b->at[i].from || !value_eq(a->at[i].value, b->at[i].value))
			return false;
	return a->n == b->n;
}

/* A parameter that a locked provision reads and that itself is not locked. */
static uint16_t differing_param(const struct rulebook *rb, uint32_t block, const uint16_t county[2])
{
	const struct block *k = &rb->blocks[block];
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++) {
		const struct part *p = &rb->parts[i];
		for (uint16_t j = 0; j < p->nparams; j++)
			if (!same_values(&rb->counties[county[0]].values[p->params[j]],
					 &rb->counties[county[1]].values[p->params[j]]))
				return p->params[j];
	}
	return NONE;
}

static void note_unequal(struct prove_report *r, uint32_t block, uint16_t first, uint16_t other)
{
	struct unequal x = {block, {first, other}, NONE};
	for (size_t i = 0; i < r->unequal.n; i++)
		if (r->unequal.at[i].block == block)
			return;
	x.param = differing_param(r->loaded->rb, block, x.county);
	*vec_push(&r->unequal) = x;
}

/* The first county that has it says what it means; all others that have it must say the same. */
static void compare_locked(struct prove_report *r, const struct meaning *all, uint16_t county,
			   const struct thing *t)
{
	for (uint16_t c = 0; c < county; c++) {
		const struct thing *first = find_thing(&all[c], t->name);
		if (!first)
			continue;
		if (!str_eq(first->text, t->text))
			note_unequal(r, first->block, c, county);
		return;
	}
	r->locked++;
}

static void look_at_locked(struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	struct meaning *all = mem_alloc((rb->ncounties + 1u) * sizeof(*all));
	memset(all, 0, (rb->ncounties + 1u) * sizeof(*all));
	for (uint16_t c = 0; c < rb->ncounties; c++) {
		meaning_read(&all[c], rb, c);
		for (size_t i = 0; i < all[c].n; i++)
			if (all[c].at[i].meant == MEANT_BLOCK &&
			    rb->blocks[all[c].at[i].block].locked)
				compare_locked(r, all, c, &all[c].at[i]);
	}
	for (uint16_t c = 0; c < rb->ncounties; c++)
		meaning_release(&all[c]);
	mem_free(all);
}

/* ---- all of it ---- */

void prove_find(struct prove_report *r)
{
	proofs_find(&r->proofs, r->loaded->rb);
	r->tried = mem_alloc((r->proofs.n + 1) * sizeof(*r->tried));
	memset(r->tried, 0, (r->proofs.n + 1) * sizeof(*r->tried));
	for (size_t i = 0; i < r->proofs.n; i++)
		if (r->proofs.at[i].verdict == PROOF_OPEN)
			look_for_breach(r, &r->proofs.at[i], &r->tried[i]);
		else
			r->proved++;
	look_at_debts(r);
	look_at_funds(r);
	endings_find(&r->ends, r->loaded->rb);
	undecided_find(&r->undecided, r->loaded->rb);
	look_at_locked(r);
}

bool prove_is_fine(const struct prove_report *r)
{
	return !r->breached && !r->open && !r->unequal.n;
}

void prove_release(struct prove_report *r)
{
	for (size_t i = 0; i < r->proofs.n; i++)
		witness_release(&r->tried[i].witness);
	mem_free(r->tried);
	for (size_t i = 0; i < r->debts.n; i++)
		witness_release(&r->owing[i].witness);
	mem_free(r->owing);
	debts_release(&r->debts);
	for (size_t i = 0; i < r->funds.n; i++)
		witness_release(&r->overdrawn[i].witness);
	mem_free(r->overdrawn);
	overdraws_release(&r->funds);
	vec_release(&r->unequal);
	proofs_release(&r->proofs);
	endings_release(&r->ends);
	undecided_release(&r->undecided);
	buf_release(&r->scenarios);
}
