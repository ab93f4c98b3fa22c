/* SPDX-License-Identifier: Apache-2.0
 *
 * Which blocks an event does not reach, because others override them. It is worked out before any
 * part is considered, the overriding blocks before those that they override: a block that is
 * overridden itself overrides nothing. So nothing depends on the order of blocks.
 */
#include "engine/decide/run.h"

const struct precedence *overridden_by(const struct run *r, uint16_t block)
{
	uint16_t own = r->rb->blocks[block].first;
	for (size_t i = 0; i < r->s->overridden.n; i++)
		if (r->s->overridden.at[i].block == own)
			return r->s->overridden.at[i].by;
	return NULL;
}

static bool part_would_apply(struct run *r, const struct entry *e, uint16_t block)
{
	const struct part *p = &r->rb->parts[e->part];
	if (p->block != block || p->role == PART_STOPS || p->role == PART_ENDS ||
	    r->ev->day < e->from || r->ev->day >= e->until)
		return false;
	r->part = e->part;
	return part_in_step(r, p) && eval_when(r, &p->when) == TRUTH_YES;
}

/* Does a part of the overriding block itself apply to the event? What its conditions see is told
 * when its parts are considered. */
static bool block_applies(struct run *r, uint16_t block)
{
	const struct dispatch *d = r->rb->counties[r->cs->county].dispatch;
	const struct entry *e = d->by_event[r->ev->type];
	struct trace *trace = r->d->trace;
	bool applies = false;
	r->d->trace = NULL;
	for (const struct entry *end = e + d->n[r->ev->type]; e < end && !applies; e++)
		applies = part_would_apply(r, e, block);
	r->d->trace = trace;
	return applies;
}

/* A condition that cannot be decided neither lets the other blocks pass nor keeps them out. */
static bool refuse_undecidable(struct run *r, const struct precedence *p)
{
	run_refuse_block(r, p->block, STATUS_INVALID, "undecidable",
			 "it cannot be decided whether `" STR_FMT
			 "` overrides other provisions, because something is not known",
			 STR_ARG(r->rb->blocks[p->block].name));
	return false;
}

static bool is_met(struct run *r, const struct precedence *p)
{
	enum truth t = eval_when(r, &p->when);
	if (r->d->trace && (p->standing || p->when.n))
		trace_override(r, p, trace_truth(t));
	if (t == TRUTH_UNKNOWN)
		return refuse_undecidable(r, p);
	return t == TRUTH_YES;
}

static bool holds(struct run *r, const struct precedence *p)
{
	if (r->rb->blocks[p->block].case_kind != r->cs->kind)
		return false;
	if (overridden_by(r, p->block)) {
		if (r->d->trace && p->standing)
			trace_override(r, p, RESULT_OVERRIDDEN);
		return false;
	}
	return (p->standing || block_applies(r, p->block)) && is_met(r, p);
}

void overrides_find(struct run *r, uint16_t event)
{
	const struct dispatch *d = r->rb->counties[r->cs->county].dispatch;
	if (!d->overrides)
		return;
	const struct entry *e = d->overrides[event];
	for (const struct entry *end = e + d->noverrides[event]; e < end; e++) {
		const struct precedence *p = &r->rb->precedences[e->part];
		if (r->ev->day < e->from || r->ev->day >= e->until || !holds(r, p))
			continue;
		for (uint16_t i = 0; i < p->nover; i++)
			*vec_push(&r->s->overridden) = (struct overridden){p->over[i], p};
	}
}
