/* SPDX-License-Identifier: Apache-2.0
 *
 * The trace of a decision is read once, group by group: what stands between two ends of groups is
 * what the condition of the second one saw.
 */
#include "engine/trial/coverage.h"

#include "engine/trial/coverage_internal.h"

struct coverage *coverage_new(const struct rulebook *rb)
{
	struct coverage *c = mem_alloc(sizeof(*c));
	uint32_t longest = 1;
	c->rb = rb;
	points_make(c);
	for (size_t i = 0; i < c->conditions.n; i++)
		if (c->conditions.at[i].code->n > longest)
			longest = c->conditions.at[i].code->n;
	c->seen = arena_array(&c->arena, c->points.n + 1, sizeof(*c->seen));
	c->came = arena_array(&c->arena, c->points.n + 1, sizeof(*c->came));
	c->possible = arena_array(&c->arena, c->points.n + 1, sizeof(*c->possible));
	c->last = arena_array(&c->arena, c->points.n + 1, sizeof(*c->last));
	c->run.came = arena_array(&c->arena, longest, sizeof(*c->run.came));
	c->run.decided = arena_array(&c->arena, longest, sizeof(*c->run.decided));
	c->run.leads = arena_array(&c->arena, longest, sizeof(*c->run.leads));
	return c;
}

void coverage_free(struct coverage *c)
{
	if (!c)
		return;
	weights_free(c);
	vec_release(&c->points);
	vec_release(&c->conditions);
	arena_release(&c->arena);
	mem_free(c);
}

const struct rulebook *coverage_rulebook(const struct coverage *c)
{
	return c->rb;
}

/* ---- putting down ---- */

static void hit(struct coverage *c, uint32_t point)
{
	if (c->weights)
		weights_add(c, point);
	if (c->last[point] == c->decision)
		return;
	c->last[point] = c->decision;
	c->came[point]++;
	c->seen[point]++;
}

/* COVERAGE_NONE: there is no such point. */
static uint32_t find(const struct coverage *c, enum coverage_of of, uint32_t index,
		     enum coverage_kind kind, uint16_t number)
{
	for (uint32_t i = c->first[of][index]; i < c->first[of][index + 1]; i++)
		if (c->points.at[i].kind == kind && c->points.at[i].number == number)
			return i;
	return COVERAGE_NONE;
}

static void seen(struct coverage *c, enum coverage_of of, uint32_t index, enum coverage_kind kind,
		 uint16_t number)
{
	uint32_t at = find(c, of, index, kind, number);
	if (at != COVERAGE_NONE)
		hit(c, at);
}

/* ---- conditions ---- */

static const struct code *code_at(const struct rulebook *rb, enum coverage_of of, uint32_t index)
{
	switch (of) {
	case OF_PART:
		return &rb->parts[index].when;
	case OF_OVERRIDE:
		return &rb->precedences[index].when;
	case OF_NEVER:
		return &rb->nevers[index].when;
	case OF_SCHEDULE:
		return &rb->schedules[index].holds;
	case OF_SHARE:
		return &rb->shares[index].when;
	case OF_TABLE:
	case OF_FUND:
	case OF_CAPACITY:
	case OF_DOCKET:
	case OF_KINDS:
		break;
	}
	return NULL;
}

static enum answer answer_of(struct value v)
{
	return !v.known ? ANSWER_UNKNOWN : v.i ? ANSWER_YES : ANSWER_NO;
}

/* What the instructions of the code came to; false: it was not asked. */
static bool read_answers(struct coverage *c, const struct code *code,
			 const struct trace_entry *from, const struct trace_entry *to)
{
	bool asked = false;
	for (uint32_t i = 0; i < code->n; i++)
		c->run.came[i] = ANSWER_NOT_SEEN;
	for (const struct trace_entry *e = from; e < to; e++) {
		if (!e->in || e->in < code->at || e->in >= code->at + code->n)
			continue;
		c->run.came[e->in - code->at] = answer_of(e->value);
		asked = true;
	}
	return asked;
}

static void put_answer(struct coverage *c, uint32_t point)
{
	const struct coverage_point *p = &c->points.at[point];
	enum answer wanted = p->kind == COVER_YES ? ANSWER_YES : ANSWER_NO;
	if (c->run.decided[p->number] >> wanted & 1)
		hit(c, point);
	else if (c->run.came[p->number] == wanted)
		c->came[point]++;
}

static void add_condition(struct coverage *c, enum coverage_of of, uint32_t index,
			  const struct trace_entry *from, const struct trace_entry *to)
{
	uint32_t at = c->condition[of][index];
	if (at == COVERAGE_NONE || !read_answers(c, code_at(c->rb, of, index), from, to))
		return;
	struct condition_shape *s = &c->conditions.at[at];
	s->asked++;
	condition_decide(s, &c->run);
	for (uint32_t i = s->first_point; i < c->points.n && c->points.at[i].condition == at; i++)
		put_answer(c, i);
}

/* ---- what the trace tells ---- */

static void add_rows(struct coverage *c, const struct trace_entry *from,
		     const struct trace_entry *to)
{
	for (const struct trace_entry *e = from; e < to; e++) {
		if (e->kind != TRACE_ROW)
			continue;
		const struct table *t = &c->rb->tables[e->part];
		for (uint16_t i = 0; i < t->nrows; i++)
			if (t->rows[i].span.off == e->span.off)
				seen(c, OF_TABLE, e->part, COVER_ROW, i);
	}
}

static void add_limit(struct coverage *c, const struct trace_entry *e)
{
	const struct block *b = &c->rb->blocks[c->rb->parts[e->part].block];
	for (uint16_t i = 0; i < b->nlimits; i++)
		if (b->limits[i].span.off == e->span.off)
			seen(c, OF_PART, b->first_part, COVER_LIMIT, i);
}

static void add_overridden(struct coverage *c, const struct trace_entry *e)
{
	const struct rulebook *rb = c->rb;
	uint16_t block = rb->blocks[rb->parts[e->part].block].first;
	for (uint16_t i = 0; i < rb->nprecedences; i++) {
		const struct precedence *p = &rb->precedences[i];
		if (p->block != e->by || precedence_first(rb, i) != i)
			continue;
		for (uint16_t k = 0; k < p->nover; k++)
			if (p->over[k] == block)
				seen(c, OF_OVERRIDE, i, COVER_OVERRIDES, k);
	}
}

static void add_part(struct coverage *c, const struct trace_entry *e)
{
	if (e->result == RESULT_NOT_IN_FORCE)
		return;
	seen(c, OF_PART, e->part, COVER_REACHED, NONE);
	if (e->result == RESULT_APPLIES)
		seen(c, OF_PART, e->part, COVER_APPLIED, NONE);
	else if (e->result == RESULT_OTHER_STEP)
		seen(c, OF_PART, e->part, COVER_ELSEWHERE, NONE);
	else if (e->result == RESULT_LIMIT)
		add_limit(c, e);
	else if (e->result == RESULT_OVERRIDDEN)
		add_overridden(c, e);
}

static void add_override(struct coverage *c, const struct trace_entry *e)
{
	uint16_t own = precedence_first(c->rb, e->part);
	seen(c, OF_OVERRIDE, own, COVER_REACHED, NONE);
	if (e->result == RESULT_APPLIES)
		seen(c, OF_OVERRIDE, own, COVER_APPLIED, NONE);
}

static void add_never(struct coverage *c, const struct trace_entry *e)
{
	seen(c, OF_NEVER, e->part, COVER_CHECKED, NONE);
	if (e->result == RESULT_BREAKS && c->rb->blocks[c->rb->nevers[e->part].block].nlimits)
		seen(c, OF_NEVER, e->part, COVER_LIMIT, 0);
}

static void add_later(struct coverage *c, const struct decision *d, const struct trace_entry *e)
{
	switch (e->later) {
	case LATER_OPENED: {
		uint32_t at = find(c, OF_PART, e->part, COVER_RAN_OUT, e->by);
		if (at != COVERAGE_NONE)
			c->came[at]++;
		return;
	}
	case LATER_ANSWERED:
		seen(c, OF_PART, e->part, COVER_ANSWERED, e->by);
		return;
	case LATER_RAN_OUT:
		seen(c, OF_PART, e->part, COVER_RAN_OUT, e->by);
		return;
	case LATER_APPROVED:
		seen(c, OF_PART, e->part, COVER_APPROVED, e->by);
		return;
	case LATER_DECLINED:
		seen(c, OF_PART, e->part, COVER_DECLINED, e->by);
		return;
	case LATER_LAST:
		break;
	}
	const struct action *a = part_action(&c->rb->parts[e->part], e->by);
	const struct schedule *s =
	    a && d ? schedule_on(c->rb, d->event.county, a->schedule, d->event.day) : NULL;
	if (s)
		seen(c, OF_SCHEDULE, (uint32_t)(s - c->rb->schedules), COVER_LAST, NONE);
}

/* False: the entry ends no group. */
static bool add_group(struct coverage *c, const struct trace_entry *from,
		      const struct trace_entry *end)
{
	switch (end->kind) {
	case TRACE_RESULT:
		add_part(c, end);
		add_condition(c, OF_PART, end->part, from, end);
		return true;
	case TRACE_NEVER:
		add_never(c, end);
		add_condition(c, OF_NEVER, end->part, from, end);
		return true;
	case TRACE_OVERRIDE:
		add_override(c, end);
		add_condition(c, OF_OVERRIDE, end->part, from, end);
		return true;
	case TRACE_HOLDS:
		add_condition(c, OF_SCHEDULE, end->part, from, end);
		return true;
	case TRACE_SHARE:
		add_condition(c, OF_SHARE, end->part, from, end);
		return true;
	case TRACE_PART:
	case TRACE_VALUE:
	case TRACE_TRUTH:
	case TRACE_BEYOND:
	case TRACE_ROW:
	case TRACE_LATER:
		break;
	}
	return false;
}

static void add_trace(struct coverage *c, const struct decision *d, const struct trace *t)
{
	const struct trace_entry *from = t->entries.at, *end = from + t->entries.n;
	for (const struct trace_entry *e = from; e < end; e++) {
		bool own = e->kind == TRACE_LATER || e->kind == TRACE_RESULT;
		c->part = own ? e->part : COVERAGE_NONE;
		if (e->kind == TRACE_LATER)
			add_later(c, d, e);
		if (!add_group(c, from, e))
			continue;
		add_rows(c, from, e);
		from = e + 1;
	}
	add_rows(c, from, end);
}

/* ---- what outcomes tell ---- */

static void add_item(struct coverage *c, const struct decision *d, const struct outcome *o)
{
	const struct schedule *s = schedule_on(c->rb, d->event.county, o->schedule, d->event.day);
	if (!s)
		return;
	uint32_t index = (uint32_t)(s - c->rb->schedules);
	if (o->status == OUTCOME_DUE)
		seen(c, OF_SCHEDULE, index, COVER_ITEM, NONE);
	else if (o->status == OUTCOME_HELD)
		seen(c, OF_SCHEDULE, index, COVER_HELD, NONE);
}

static void add_money(struct coverage *c, const struct outcome *o)
{
	if (o->action == ACTION_NOTIFY)
		seen(c, OF_FUND, o->fund, COVER_WARNED, NONE);
	else if (o->unfunded)
		seen(c, OF_FUND, o->fund, COVER_UNFUNDED, NONE);
	else if (o->draw.pot == POT_FUND)
		seen(c, OF_FUND, o->fund, COVER_FUNDED, NONE);
}

static void add_place(struct coverage *c, const struct decision *d, const struct outcome *o)
{
	seen(c, OF_CAPACITY, o->name, o->waiting ? COVER_WAITING : COVER_PLACE, NONE);
	if (d->event.type == EVENT_PLACE_FOUND && !o->waiting)
		seen(c, OF_CAPACITY, o->name, COVER_FOUND, NONE);
}

static void add_seat(struct coverage *c, const struct decision *d, const struct outcome *o)
{
	int32_t first = d->event.day;
	seen(c, OF_DOCKET, o->name, COVER_SEAT, NONE);
	if (docket_next(&c->rb->meetings[o->name], first, &first) && o->due > first)
		seen(c, OF_DOCKET, o->name, COVER_FULL, NONE);
}

static void add_shared(struct coverage *c, const struct decision *d, const struct outcome *o)
{
	if (o->fund != NONE && !o->proposal)
		add_money(c, o);
	if (o->action == ACTION_ENROL)
		add_place(c, d, o);
	if (o->action == ACTION_PLACE && !o->proposal)
		add_seat(c, d, o);
}

static void add_outcome(struct coverage *c, const struct decision *d, const struct outcome *o)
{
	if (o->reversal || outcome_rulebook(o, c->rb) != c->rb)
		return;
	c->part = o->part;
	seen(c, OF_PART, o->part, COVER_REACHED, NONE);
	seen(c, OF_PART, o->part, COVER_APPLIED, NONE);
	if (o->item)
		add_item(c, d, o);
	add_shared(c, d, o);
}

void coverage_add_shared(struct coverage *c, const struct decision *d)
{
	c->decision++;
	c->of = d;
	for (size_t i = 0; i < d->n; i++) {
		c->part = d->outcomes[i].part;
		if (!d->outcomes[i].reversal)
			add_shared(c, d, &d->outcomes[i]);
	}
}

void coverage_add(struct coverage *c, const struct decision *d, const struct trace *t)
{
	c->decision++;
	c->of = d;
	add_trace(c, d, t);
	for (size_t i = 0; d && i < d->n; i++)
		add_outcome(c, d, &d->outcomes[i]);
}

void coverage_add_of(struct coverage *c, uint32_t case_no, const struct decision *d,
		     const struct trace *t)
{
	c->case_no = case_no;
	coverage_add(c, d, t);
}

void coverage_asked(struct coverage *c, const struct share *s, bool shown, const struct trace *t)
{
	c->decision++;
	c->of = NULL;
	add_trace(c, NULL, t);
	seen(c, OF_SHARE, (uint32_t)(s - c->rb->shares), shown ? COVER_SHARED : COVER_NOT_SHARED,
	     NONE);
}

/* ---- reading it ---- */

size_t coverage_points(const struct coverage *c, const struct coverage_point **out)
{
	*out = c->points.at;
	return c->points.n;
}

uint64_t coverage_seen(const struct coverage *c, size_t point)
{
	return c->seen[point];
}

uint64_t coverage_came(const struct coverage *c, size_t point)
{
	return c->came[point];
}

/* A promise that is always kept at once has no deadline that could run out. */
bool coverage_wanted(const struct coverage *c, size_t point)
{
	const struct coverage_point *p = &c->points.at[point];
	bool breaks = p->kind == COVER_RAN_OUT && p->of == OF_PART && p->number == NONE;
	bool runs = c->came[point] > 0 || (c->history && c->history->came[point] > 0);
	return !c->possible[point].never && (!breaks || runs);
}

bool coverage_is_gap(const struct coverage *c, size_t point)
{
	const struct coverage_point *p = &c->points.at[point];
	if (c->seen[point] || !coverage_wanted(c, point))
		return false;
	if (p->condition != COVERAGE_NONE && !c->conditions.at[p->condition].asked)
		return false;
	return p->needs == COVERAGE_NONE || c->seen[p->needs] > 0;
}
