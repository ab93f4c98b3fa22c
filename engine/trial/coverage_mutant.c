/* SPDX-License-Identifier: Apache-2.0
 *
 * The change that only the missing scenario would notice: the comparison always answers the other
 * way. A history in which that makes a difference is one in which the comparison came out as was
 * wanted, and decided.
 */
#include "engine/trial/coverage_internal.h"

/* Of several parts with one text the first: a history with its event is as good as any. */
static struct code *code_of(struct rulebook *rb, const struct coverage_point *p)
{
	switch (p->of) {
	case OF_PART:
		return &rb->parts[p->index].when;
	case OF_OVERRIDE:
		return &rb->precedences[p->index].when;
	case OF_NEVER:
		return &rb->nevers[p->index].when;
	case OF_SCHEDULE:
		return &rb->schedules[p->index].holds;
	case OF_SHARE: /* no event asks for it */
	case OF_TABLE:
	case OF_FUND:
	case OF_CAPACITY:
	case OF_DOCKET:
	case OF_KINDS:
		break;
	}
	return NULL;
}

static struct patch patch_of(void *at, uint8_t size, const void *now)
{
	struct patch p = {.at = at, .size = size};
	memcpy(&p.was, at, size);
	memcpy(&p.now, now, size);
	return p;
}

bool coverage_mutant(const struct coverage *c, size_t point, struct rulebook *rb, struct arena *a,
		     struct mutant *out)
{
	const struct coverage_point *p = &c->points.at[point];
	struct code *code = p->condition == COVERAGE_NONE ? NULL : code_of(rb, p);
	if (!code)
		return false;
	struct code now = condition_with(a, &c->conditions.at[p->condition], code, p->number,
					 p->kind == COVER_NO);
	*out = (struct mutant){
	    .block = (uint32_t)(coverage_block(c, p) - c->rb->blocks),
	    .param = NONE,
	    .span = p->span,
	    .patches = {patch_of(&code->at, sizeof(code->at), &now.at),
			patch_of(&code->n, sizeof(code->n), &now.n)},
	};
	return true;
}
