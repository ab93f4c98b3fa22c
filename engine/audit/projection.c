/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/projection_internal.h"

#include "engine/audit/scenario_internal.h"

#include <stdlib.h>

#define NOON 720

struct running_projection {
	const struct rulebook *rb;
	const struct projection *p;
	struct projection_result *result;
	struct stream stream;
	struct map by_key; /* of a sum -> its index */
	struct buf id;
	size_t *first; /* by cohort: index of its first case in the stream */
};

/* ---- sums ---- */

struct sum_key {
	int32_t kind, month;
	uint32_t block;
	uint16_t index, schedule;
};

static struct projection_sum *find_sum(struct running_projection *run, const struct sum_key *key)
{
	struct projection_result *r = run->result;
	uint32_t at = map_get(&run->by_key, (struct str){(const char *)key, sizeof(*key)});
	if (at != MAP_NONE)
		return &r->sums.at[at];
	struct str kept = arena_str(&r->arena, (struct str){(const char *)key, sizeof(*key)});
	map_put(&run->by_key, kept, (uint32_t)r->sums.n);
	struct projection_sum *s = vec_push(&r->sums);
	*s = (struct projection_sum){.kind = (enum sum_kind)key->kind,
				     .index = key->index,
				     .block = key->block,
				     .schedule = key->schedule,
				     .month = key->month};
	return s;
}

/* What it comes to; a schedule that its fund cannot pay is all of its payments. */
static bool cents_of(const struct outcome *o, int64_t *cents)
{
	*cents = o->cents;
	return o->unfunded && o->action == ACTION_START && o->times
		   ? !money_mul(o->cents, o->times, cents)
		   : true;
}

static bool is_money(const struct outcome *o, enum sum_kind *kind)
{
	*kind = o->unfunded ? SUM_UNFUNDED : o->action == ACTION_ASSESS ? SUM_ASSESSED : SUM_PAID;
	if (o->proposal || o->reversal || !o->has_amount)
		return false;
	if (o->unfunded)
		return true;
	return (o->action == ACTION_PAY || o->action == ACTION_ASSESS) && o->status == OUTCOME_DUE;
}

static void add_money(struct running_projection *run, const struct decision *d,
		      const struct outcome *o)
{
	enum sum_kind kind;
	int64_t cents;
	if (!is_money(o, &kind))
		return;
	struct sum_key key = {.kind = (int32_t)kind,
			      .month = day_month_first(d->event.day, 0),
			      .block = run->rb->parts[o->part].block,
			      .index = kind == SUM_ASSESSED ? o->name : o->fund,
			      .schedule = o->schedule};
	struct projection_sum *s = find_sum(run, &key);
	s->n++;
	if (!cents_of(o, &cents) || money_add(s->cents, cents, &s->cents))
		run->result->overflow = true;
}

static void keep_refusal(struct running_projection *run, const struct refusal *why)
{
	struct projection_result *r = run->result;
	if (r->refused++ == 0 && why->n)
		r->refusal = arena_str(&r->arena, why->reasons[0].text);
}

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct running_projection *run = arg;
	run->result->decisions = seq;
	for (size_t i = 0; i < d->n; i++) {
		add_money(run, d, &d->outcomes[i]);
		for (uint16_t t = 0; t < run->p->ntotals; t++)
			if (run->p->totals[t].kind == TOTAL_COUNT)
				run->result->checks[t].came +=
				    expect_fits(&run->p->totals[t].like, &d->outcomes[i]);
	}
	if (d->stopped.slug)
		keep_refusal(run, &d->stopped);
}

/* ---- members ---- */

static struct str member_name(struct running_projection *run, uint16_t cohort, uint32_t member)
{
	const struct cohort *c = &run->p->cohorts[cohort];
	buf_clear(&run->id);
	buf_fmt(&run->id, STR_FMT "-%u-%u", STR_ARG(run->rb->kinds[c->one->kind].name), cohort + 1u,
		member + 1);
	return buf_view(&run->id);
}

static void add_members(struct running_projection *run)
{
	run->first = arena_array(&run->result->arena, run->p->ncohorts, sizeof(*run->first));
	for (uint16_t i = 0; i < run->p->ncohorts; i++) {
		struct given one = *run->p->cohorts[i].one;
		run->first[i] = run->stream.cases.n;
		run->result->cases += run->p->cohorts[i].n;
		for (uint32_t m = 0; m < run->p->cohorts[i].n; m++) {
			one.id = member_name(run, i, m);
			scenario_give(&run->stream, run->rb, run->p->base.county, &one);
		}
	}
}

/* ---- lines ---- */

static void run_line(struct running_projection *run, uint16_t number)
{
	const struct projection_line *l = &run->p->lines[number];
	const struct event_type *type = &run->rb->events[l->line.event];
	struct event ev = {.source = STR("projection"),
			   .type = l->line.event,
			   .county = run->p->base.county,
			   .kind = run->p->cohorts[l->cohort].one->kind,
			   .day = l->line.day,
			   .fields = l->line.fields};
	ev.time = zone_instant(run->rb->zone, ev.day, l->line.minute < 0 ? NOON : l->line.minute);
	for (uint16_t i = 0; i < type->nfields; i++)
		if (l->line.fields[i].known)
			ev.given |= UINT64_C(1) << i;
	stream_until(&run->stream, ev.time);
	for (uint32_t m = l->first; m < l->first + l->n; m++) {
		buf_clear(&run->id);
		buf_fmt(&run->id, "%u/%u", number + 1u, m + 1);
		ev.id = buf_view(&run->id);
		ev.subject = run->stream.cases.at[run->first[l->cohort] + m]->id;
		ev.key = ev.digest = event_key(ev.source, ev.id);
		struct stream_answer a = stream_feed(&run->stream, &ev);
		run->result->events++;
		if (a.refusal)
			keep_refusal(run, a.refusal);
	}
}

/* ---- what came of it ---- */

static int by_name(const void *a, const void *b)
{
	const struct projection_sum *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (x->month != y->month)
		return x->month < y->month ? -1 : 1;
	return (x->schedule > y->schedule) - (x->schedule < y->schedule);
}

bool total_takes(const struct rulebook *rb, const struct total *t, const struct projection_sum *s)
{
	switch (t->kind) {
	case TOTAL_PAID_FROM:
		return s->kind == SUM_PAID && s->index == t->index;
	case TOTAL_PAID_UNDER:
		return s->kind == SUM_PAID && s->schedule != NONE &&
		       rb->schedules[s->schedule].first == t->index;
	case TOTAL_PAID_BY:
		return s->kind == SUM_PAID && rb->blocks[s->block].first == t->index;
	case TOTAL_ASSESSED_AS:
		return s->kind == SUM_ASSESSED && s->index == t->index;
	case TOTAL_UNFUNDED:
		return s->kind == SUM_UNFUNDED && (t->index == NONE || s->index == t->index);
	case TOTAL_COUNT:
		break;
	}
	return false;
}

static void check_totals(struct running_projection *run)
{
	struct projection_result *r = run->result;
	for (uint16_t i = 0; i < run->p->ntotals; i++) {
		const struct total *t = &run->p->totals[i];
		struct projection_check *c = &r->checks[i];
		for (size_t k = 0; k < r->sums.n; k++)
			if (total_takes(run->rb, t, &r->sums.at[k]) &&
			    money_add(c->came, r->sums.at[k].cents, &c->came))
				r->overflow = true;
		c->met = c->came == t->n;
		r->failed |= !c->met;
	}
	r->failed |= r->refused || r->overflow;
}

/* The rulebook with what the projection assumes in its county, for as long as it runs. */
static struct rulebook with_assumed(const struct rulebook *rb, const struct projection *p,
				    struct arena *arena)
{
	struct rulebook assumed = *rb;
	assumed.counties = arena_array(arena, rb->ncounties, sizeof(*rb->counties));
	memcpy(assumed.counties, rb->counties, rb->ncounties * sizeof(*rb->counties));
	if (p->values)
		assumed.counties[p->base.county].values = p->values;
	return assumed;
}

void projection_run(const struct rulebook *book, const struct projection *p,
		    struct projection_result *out)
{
	*out = (struct projection_result){.projection = p};
	const struct rulebook assumed = with_assumed(book, p, &out->arena);
	const struct rulebook *rb = p->values ? &assumed : book;
	struct running_projection run = {.rb = rb, .p = p, .result = out};
	out->checks = arena_array(&out->arena, p->ntotals, sizeof(*out->checks));
	stream_init(&run.stream, rb, on_decision, &run);
	run.stream.once = true;
	scenario_set_up(&run.stream, rb, &p->base);
	add_members(&run);
	for (uint16_t i = 0; i < p->nlines; i++)
		run_line(&run, i);
	stream_until_day(&run.stream, p->until);
	if (out->sums.n)
		qsort(out->sums.at, out->sums.n, sizeof(*out->sums.at), by_name);
	check_totals(&run);
	stream_release(&run.stream);
	map_release(&run.by_key);
	buf_release(&run.id);
}

void projection_result_release(struct projection_result *r)
{
	vec_release(&r->sums);
	arena_release(&r->arena);
}
