/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/projection_internal.h"

#include "engine/trial/coverage.h"
#include "engine/trial/scenario_internal.h"

#define NOON 720

struct running_projection {
	const struct rulebook *rb; /* with what is assumed */
	const struct projection *p;
	struct projection_result *result;
	struct coverage *covered; /* NULL: nobody asks */
	struct map by_key;        /* of a sum -> its index */
	struct buf id;

	/* of one run */
	uint32_t run; /* its index */
	struct settled settled;
	struct stream stream;
	size_t *first;      /* by cohort: index of its first case in the stream */
	struct arena arena; /* of all that */
};

static struct projection_run *this_run(struct running_projection *run)
{
	return &run->result->runs[run->run];
}

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
				     .month = key->month,
				     .cents = arena_array(&r->arena, r->nruns, sizeof(*s->cents)),
				     .n = arena_array(&r->arena, r->nruns, sizeof(*s->n))};
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
	int64_t *sum = &s->cents[run->run];
	s->n[run->run]++;
	if (!cents_of(o, &cents) || money_add(*sum, cents, sum))
		this_run(run)->overflow = true;
}

static void keep_refusal(struct running_projection *run, const struct refusal *why)
{
	struct projection_run *r = this_run(run);
	if (r->refused++ == 0 && why->n)
		r->refusal = arena_str(&run->result->arena, why->reasons[0].text);
}

static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct running_projection *run = arg;
	this_run(run)->decisions = (int64_t)seq;
	if (run->covered)
		coverage_add_shared(run->covered, d);
	for (size_t i = 0; i < d->n; i++) {
		add_money(run, d, &d->outcomes[i]);
		for (uint16_t t = 0; t < run->result->nchecks; t++)
			if (run->p->totals[t].kind == TOTAL_COUNT)
				run->result->checks[t].came[run->run] +=
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
	run->first = arena_array(&run->arena, run->p->ncohorts, sizeof(*run->first));
	for (uint16_t i = 0; i < run->p->ncohorts; i++) {
		struct given one = *run->p->cohorts[i].one;
		run->first[i] = run->stream.cases.n;
		this_run(run)->cases += run->settled.size[i];
		for (uint32_t m = 0; m < run->settled.size[i]; m++) {
			one.id = member_name(run, i, m);
			scenario_give(&run->stream, run->rb, run->result->county, &one);
		}
	}
}

/* ---- lines ---- */

static struct value *line_fields(struct running_projection *run, const struct projection_line *l)
{
	uint16_t n = run->rb->events[l->line.event].nfields;
	if (!l->nranged)
		return l->line.fields;
	struct value *fields = arena_array(&run->arena, n, sizeof(*fields));
	memcpy(fields, l->line.fields, n * sizeof(*fields));
	for (uint16_t i = 0; i < l->nranged; i++)
		fields[l->ranged[i].field].i = measure_at(&l->ranged[i].n, this_run(run)->corner);
	return fields;
}

static void run_line(struct running_projection *run, uint16_t number)
{
	const struct projection_line *l = &run->p->lines[number];
	const struct event_type *type = &run->rb->events[l->line.event];
	struct reach members = run->settled.lines[number];
	struct event ev = {.source = STR("projection"),
			   .type = l->line.event,
			   .county = run->result->county,
			   .kind = run->p->cohorts[l->cohort].one->kind,
			   .day = l->line.day};
	ev.time = zone_instant(run->rb->zone, ev.day, l->line.minute < 0 ? NOON : l->line.minute);
	ev.fields = line_fields(run, l);
	for (uint16_t i = 0; i < type->nfields; i++)
		if (l->line.fields[i].known)
			ev.given |= UINT64_C(1) << i;
	stream_until(&run->stream, ev.time);
	for (uint32_t m = members.first; m < members.first + members.n; m++) {
		buf_clear(&run->id);
		buf_fmt(&run->id, "%u/%u", number + 1u, m + 1);
		ev.id = buf_view(&run->id);
		ev.subject = run->stream.cases.at[run->first[l->cohort] + m]->id;
		ev.key = ev.digest = event_key(ev.source, ev.id);
		struct stream_answer a = stream_feed(&run->stream, &ev);
		this_run(run)->events++;
		if (a.refusal)
			keep_refusal(run, a.refusal);
	}
}

/* ---- what came of it ---- */

/* What the total came to in every run, and whether it is as expected in all of them. */
static void check_total(struct running_projection *run, uint16_t i)
{
	struct projection_result *r = run->result;
	const struct total *t = &run->p->totals[i];
	struct projection_check *c = &r->checks[i];
	for (size_t k = 0; k < r->sums.n; k++)
		for (uint32_t n = 0; n < r->nruns && total_takes(run->rb, t, &r->sums.at[k]); n++)
			if (money_add(c->came[n], r->sums.at[k].cents[n], &c->came[n]))
				r->runs[n].overflow = true;
	c->met = true;
	for (uint32_t n = 0; n < r->nruns; n++)
		c->met &= t->low <= c->came[n] && c->came[n] <= t->high;
	r->failed |= !c->met;
}

static void finish(struct running_projection *run)
{
	struct projection_result *r = run->result;
	projection_sort(r);
	for (uint16_t i = 0; i < r->nchecks; i++)
		check_total(run, i);
	for (uint32_t n = 0; n < r->nruns; n++)
		r->failed |= r->runs[n].refused || r->runs[n].overflow;
}

/* The rulebook with what the projection assumes in its county, for one run. */
static struct rulebook with_assumed(struct running_projection *run, const struct rulebook *rb,
				    uint32_t corner)
{
	struct rulebook assumed = *rb;
	struct arena *a = &run->arena;
	struct county *c;
	assumed.counties = arena_array(a, rb->ncounties, sizeof(*rb->counties));
	memcpy(assumed.counties, rb->counties, rb->ncounties * sizeof(*rb->counties));
	c = &assumed.counties[run->result->county];
	struct dated_list *values = arena_array(a, rb->nparams, sizeof(*values));
	memcpy(values, c->values, rb->nparams * sizeof(*values));
	c->values = values;
	for (uint16_t i = 0; i < run->p->nassumed; i++) {
		const struct assumption *as = &run->p->assumed[i];
		struct dated *value = arena_alloc(a, sizeof(*value));
		*value = as->value;
		value->value.i = measure_at(&as->n, corner);
		values[as->param] = (struct dated_list){value, 1};
	}
	return assumed;
}

static struct given_fund *given_funds(struct running_projection *run, uint32_t corner)
{
	const struct projection *p = run->p;
	struct given_fund *funds = arena_array(&run->arena, p->base.nfunds, sizeof(*funds));
	for (uint16_t i = 0; i < p->base.nfunds; i++)
		funds[i] = p->base.funds[i];
	for (uint16_t i = 0; i < p->nfunds; i++)
		funds[p->funds[i].given].cents = measure_at(&p->funds[i].n, corner);
	return funds;
}

static void run_once(struct running_projection *run, const struct rulebook *book, uint32_t number)
{
	uint32_t corner = projection_corner(run->p, number);
	struct scenario base = run->p->base;
	struct rulebook assumed = with_assumed(run, book, corner);
	run->rb = &assumed;
	run->run = number;
	run->settled = projection_settle(run->p, corner, &run->arena);
	base.county = run->result->county;
	base.funds = given_funds(run, corner);
	this_run(run)->corner = corner;
	stream_init(&run->stream, run->rb, on_decision, run);
	run->stream.once = true;
	scenario_set_up(&run->stream, run->rb, &base);
	add_members(run);
	for (uint16_t i = 0; i < run->p->nlines; i++)
		run_line(run, i);
	stream_until_day(&run->stream, run->p->until);
	stream_release(&run->stream);
	arena_release(&run->arena);
	run->rb = book;
}

static void run_all(const struct rulebook *rb, struct coverage *covered,
		    struct projection_result *out)
{
	struct running_projection run = {
	    .rb = rb, .p = out->projection, .result = out, .covered = covered};
	struct arena *a = &out->arena;
	out->nruns = projection_runs(out->projection);
	out->runs = arena_array(a, out->nruns, sizeof(*out->runs));
	out->checks = arena_array(a, out->nchecks, sizeof(*out->checks));
	for (uint16_t i = 0; i < out->nchecks; i++)
		out->checks[i].came = arena_array(a, out->nruns, sizeof(*out->checks[i].came));
	for (uint32_t i = 0; i < out->nruns; i++)
		run_once(&run, rb, i);
	finish(&run);
	map_release(&run.by_key);
	buf_release(&run.id);
}

void projection_run(const struct rulebook *rb, const struct projection *p, struct coverage *covered,
		    struct projection_result *out)
{
	*out = (struct projection_result){
	    .projection = p, .county = p->base.county, .nchecks = p->ntotals};
	run_all(rb, p->ntotals ? covered : NULL, out);
}

void projection_run_in(const struct rulebook *rb, const struct projection *p, uint16_t county,
		       struct projection_result *out)
{
	*out = (struct projection_result){.projection = p, .county = county};
	run_all(rb, NULL, out);
}

void projection_result_release(struct projection_result *r)
{
	vec_release(&r->sums);
	arena_release(&r->arena);
}
