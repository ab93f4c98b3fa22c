/* SPDX-License-Identifier: Apache-2.0
 *
 * What engine/analyse finds over all cases, said to the author: blocks that contradict each other,
 * gaps and tiers that never apply, steps that are never entered or never left, conditions that
 * decide nothing. Each with an example case in the author's words.
 */
#include "engine/analyse/conditions.h"
#include "engine/analyse/conflict.h"
#include "engine/base/limits.h"
#include "grammar/check.h"

struct cases {
	struct book *b;
	struct asker *a;
	struct arena arena;
	enum condition_verdict *verdicts; /* by part */
	struct str *ranges;
	uint64_t *never_entered; /* by block */
};

/* ---- words ---- */

static void where_words(struct buf *t, const struct book *b, const struct reply *r)
{
	if (!r->depends)
		return;
	if (r->county != NONE)
		buf_fmt(t, " in `" STR_FMT "`", STR_ARG(b->rb->counties[r->county].name));
	if (r->day > DAY_MIN) {
		buf_c(t, " on ");
		day_text(t, r->day);
	}
}

/* when count of conviction is 2, in `alameda` on 2027-01-01 */
static void case_words(struct buf *t, const struct book *b, const struct reply *r)
{
	if (r->words.len)
		buf_fmt(t, " when " STR_FMT, STR_ARG(r->words));
	else if (r->answer == SPACE_EXAMPLE)
		buf_c(t, " in every case");
	where_words(t, b, r);
}

/* An error where there is an example, else a warning that says why there is none. */
static struct diag *tell(struct cases *c, const struct reply *r, int code, struct span at,
			 const struct buf *what)
{
	struct book *b = c->b;
	struct buf t = {0};
	struct diag *d;
	buf_str(&t, buf_view(what));
	if (r->answer == SPACE_EXAMPLE) {
		case_words(&t, b, r);
		d = fault(b, code, at, STR_FMT, STR_ARG(buf_view(&t)));
	} else if (r->answer == SPACE_POSSIBLE) {
		case_words(&t, b, r);
		d = warn(b, W_NOT_EXCLUDED, at, "it cannot be excluded that " STR_FMT,
			 STR_ARG(buf_view(&t)));
	} else {
		d = warn(b, W_NOT_DECIDED, at, "it was not decided whether " STR_FMT,
			 STR_ARG(buf_view(&t)));
	}
	buf_release(&t);
	return d;
}

/* ---- blocks that contradict each other ---- */

static const char *advice(const struct conflict *k, bool same_block)
{
	switch (k->kind) {
	case CONFLICT_SET:
		return k->one == k->other ? "set it once"
		       : same_block
			   ? "let their conditions exclude each other"
			   : "let their conditions exclude each other, or let one say that "
			     "it `overrides` the other";
	case CONFLICT_STEPS:
		return same_block ? "let their conditions exclude each other; one event moves a "
				    "case to one step"
				  : "let their conditions exclude each other, or let one say that "
				    "it `overrides` the other";
	case CONFLICT_TIERS:
		return "let their conditions exclude each other; one tier applies to an event";
	}
	return "";
}

static void set_words(struct buf *t, const struct rulebook *rb, const struct conflict *k)
{
	const struct block *one = &rb->blocks[rb->parts[k->one].block];
	const struct block *other = &rb->blocks[rb->parts[k->other].block];
	const struct fact *fact = &rb->kinds[one->case_kind].facts[k->action[0]->fact];
	if (one == other)
		buf_fmt(t, "`" STR_FMT "` sets `" STR_FMT "` to two different values",
			STR_ARG(one->name), STR_ARG(fact->name));
	else
		buf_fmt(t, "`" STR_FMT "` and `" STR_FMT "` set `" STR_FMT "` to different values",
			STR_ARG(one->name), STR_ARG(other->name), STR_ARG(fact->name));
}

static struct str role_words(const struct part *p)
{
	return p->role == PART_ENDS ? STR("the end") : p->label;
}

static void tiers_words(struct buf *t, const struct rulebook *rb, const struct conflict *k)
{
	const struct part *one = &rb->parts[k->one], *other = &rb->parts[k->other];
	buf_fmt(t, STR_FMT " and " STR_FMT " of `" STR_FMT "` both apply", STR_ARG(role_words(one)),
		STR_ARG(role_words(other)), STR_ARG(rb->blocks[one->block].name));
	if (k->kind == CONFLICT_STEPS)
		buf_fmt(t, " to one `" STR_FMT "`", STR_ARG(rb->events[one->event].name));
}

/* A step of an escalation, or the block that enters it. */
static void mover_words(struct buf *t, const struct rulebook *rb, const struct part *p,
			const struct action *enter)
{
	if (!enter)
		buf_fmt(t, STR_FMT " of ", STR_ARG(role_words(p)));
	buf_fmt(t, "`" STR_FMT "`", STR_ARG(rb->blocks[p->block].name));
}

static void steps_words(struct buf *t, const struct rulebook *rb, const struct conflict *k)
{
	const struct action *enter = k->action[0] ? k->action[0] : k->action[1];
	if (!enter) {
		tiers_words(t, rb, k);
		return;
	}
	const struct escalation *e = &rb->escalations[enter->escalation];
	mover_words(t, rb, &rb->parts[k->one], k->action[0]);
	if (k->one != k->other || !k->action[0] || !k->action[1]) {
		buf_c(t, " and ");
		mover_words(t, rb, &rb->parts[k->other], k->action[1]);
	}
	buf_fmt(t, " move `" STR_FMT "` to two places at once", STR_ARG(rb->blocks[e->block].name));
}

static void conflict(void *arg, const struct conflict *k)
{
	static const int codes[] = {[CONFLICT_SET] = W_CONTRADICTION,
				    [CONFLICT_STEPS] = W_STEPS_MEET,
				    [CONFLICT_TIERS] = W_TIERS_MEET};
	struct cases *c = arg;
	const struct rulebook *rb = c->b->rb;
	const struct part *one = &rb->parts[k->one], *other = &rb->parts[k->other];
	struct span at = k->action[1] ? k->action[1]->span : other->span;
	struct buf what = {0};
	if (k->kind == CONFLICT_SET)
		set_words(&what, rb, k);
	else if (k->kind == CONFLICT_STEPS)
		steps_words(&what, rb, k);
	else
		tiers_words(&what, rb, k);
	struct diag *d = tell(c, &k->reply, codes[k->kind], at, &what);
	help(c->b, d, "%s", advice(k, one->block == other->block));
	diag_also(c->b->diags, d, k->action[0] ? k->action[0]->span : one->span, "the other one");
	buf_release(&what);
}

/* ---- tiers ---- */

static const struct ast_decl *decl_of(const struct cases *c, uint32_t block)
{
	return c->b->bodies.at[block].decl;
}

/* Each fine once, at its first trigger that leaves a gap. */
static void check_gaps(struct cases *c)
{
	struct book *b = c->b;
	struct places places = places_of(b->rb, &c->arena);
	bool *told = arena_array(&c->arena, b->rb->nblocks, sizeof(*told));
	bool *gap = arena_array(&c->arena, b->rb->nblocks, sizeof(*gap));
	for (size_t i = 0; i < b->tier_triggers.n; i++) {
		const struct tier_trigger *t = &b->tier_triggers.at[i];
		struct reply r = tiers_gap(c->a, &places, t->block, t->event, &t->when);
		gap[t->block] |= r.answer != SPACE_NONE;
		if (r.answer == SPACE_NONE || told[t->block] || decl_of(c, t->block)->said.len)
			continue;
		struct buf what = {0};
		buf_fmt(&what, "no tier of `" STR_FMT "` applies",
			STR_ARG(b->rb->blocks[t->block].name));
		struct diag *d = tell(c, &r, W_TIER_GAP, b->rb->blocks[t->block].span, &what);
		help(b, d,
		     "add a tier for it, or say `otherwise nothing` if nothing is meant to happen");
		told[t->block] = true;
		buf_release(&what);
	}
	for (size_t i = 0; i < b->tier_triggers.n; i++) {
		uint32_t block = b->tier_triggers.at[i].block;
		if (gap[block] || !decl_of(c, block)->said.len)
			continue;
		help(b,
		     warn(b, W_NOTHING_LEFT, decl_of(c, block)->said,
			  "the tiers of `" STR_FMT "` leave nothing for `otherwise nothing`",
			  STR_ARG(b->rb->blocks[block].name)),
		     "remove it, or look for the tier that takes too much");
		gap[block] = true; /* said once */
	}
}

/* ---- conditions that decide nothing ---- */

static bool inside(struct span inner, struct span outer)
{
	return inner.source == outer.source && inner.off >= outer.off &&
	       inner.off + inner.len <= outer.off + outer.len;
}

/* Where all of a condition stands. */
static struct span hull(const struct code *c)
{
	struct span s = c->span;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct span *in = &c->at[i].span;
		if (in->source != s.source || !in->len)
			continue;
		uint32_t end = s.off + s.len, last = in->off + in->len;
		s.off = in->off < s.off ? in->off : s.off;
		s.len = (last > end ? last : end) - s.off;
	}
	return s;
}

/* A comparison of it was reported before, in more detail. */
static bool told_before(const struct book *b, struct span at)
{
	for (size_t i = 0; i < b->diags->n; i++) {
		int code = b->diags->at[i].code;
		if ((code == W_NEVER_HOLDS || code == W_ALWAYS_HOLDS || code == W_ALWAYS_KNOWN) &&
		    inside(b->diags->at[i].span, at))
			return true;
	}
	return false;
}

static void tell_verdict(struct cases *c, const struct code *code, enum condition_verdict v,
			 struct str ranges)
{
	struct book *b = c->b;
	struct span at = hull(code);
	if (v == CONDITION_SOMETIMES || told_before(b, at))
		return;
	bool never = v == CONDITION_NEVER;
	struct diag *d =
	    warn(b, never ? W_NEVER_MET : W_ALWAYS_MET, at, "`" STR_FMT "` %s",
		 STR_ARG(span_text(b, at)), never ? "can never be met here" : "is always met here");
	if (ranges.len)
		help(b, d, STR_FMT, STR_ARG(ranges));
	else
		help(b, d,
		     never ? "what stands below it never happens; correct it, or remove it all"
			   : "it decides nothing; correct it, or leave it out");
}

/* Do all parts of one clause, for whatever event, share a verdict? The first of them speaks. */
static bool clause_agrees(const struct cases *c, uint32_t part, bool whole_label)
{
	const struct rulebook *rb = c->b->rb;
	const struct part *p = &rb->parts[part];
	const struct block *block = &rb->blocks[p->block];
	for (uint32_t i = block->first_part; i < block->first_part + block->nparts; i++) {
		const struct part *q = &rb->parts[i];
		bool same = q->role == p->role && str_eq(q->label, p->label) &&
			    (whole_label ||
			     (q->when.span.off == p->when.span.off && q->when.n == p->when.n));
		if (!same)
			continue;
		if (i < part || c->verdicts[i] != c->verdicts[part])
			return false;
	}
	return true;
}

static void check_tier(struct cases *c, uint32_t part)
{
	struct book *b = c->b;
	const struct part *p = &b->rb->parts[part];
	if (c->verdicts[part] != CONDITION_NEVER || !clause_agrees(c, part, true))
		return;
	struct diag *d =
	    fault(b, W_TIER_NEVER, p->span, STR_FMT " can never apply", STR_ARG(p->label));
	if (c->ranges[part].len)
		help(b, d, "its condition can never be met: " STR_FMT, STR_ARG(c->ranges[part]));
	else
		help(b, d, "its condition can never be met; correct it, or remove the tier");
}

static void check_conditions(struct cases *c)
{
	struct rulebook *rb = c->b->rb;
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		bool entered = p->role != PART_STEP && p->role != PART_OVERDUE;
		entered = entered || !(c->never_entered[p->block] >> p->step & 1);
		if (p->role == PART_TIER)
			check_tier(c, i);
		else if (entered && clause_agrees(c, i, false))
			tell_verdict(c, &p->when, c->verdicts[i], c->ranges[i]);
	}
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		const struct block *block = &rb->blocks[i];
		const struct code *code =
		    block->kind == BLOCK_SCHEDULE ? &rb->schedules[block->detail].holds
		    : block->kind == BLOCK_NEVER  ? &rb->nevers[block->detail].when
						  : NULL;
		struct str ranges = {0};
		if (code && code->n)
			tell_verdict(c, code,
				     condition_of_case(c->a, &c->arena, code, block->case_kind,
						       rb->programs[block->program].effective,
						       &ranges),
				     ranges);
	}
}

/* ---- steps ---- */

static const struct ast_section *section_of(const struct ast_decl *d, struct str step)
{
	for (const struct ast_section *s = d->sections; s; s = s->next)
		if (str_eq(s->name.s, step))
			return s;
	return NULL;
}

static void tell_not_entered(struct cases *c, enum block_kind kind, const struct ast_section *s)
{
	struct diag *d =
	    fault(c->b, W_STEPS, s->span, "the " STR_FMT " `" STR_FMT "` can never be entered",
		  STR_ARG(block_step_name(kind)), STR_ARG(s->name.s));
	help(c->b, d, "no case can stand where its conditions could be met; correct them");
}

static void tell_not_left(struct cases *c, const struct ast_section *s)
{
	struct diag *d =
	    warn(c->b, W_NO_WAY_OUT, s->span, "a case stays in the step `" STR_FMT "` for good",
		 STR_ARG(s->name.s));
	help(c->b, d,
	     "nothing follows it, and nothing ends the escalation: add `ends on EVENT`, or `ends "
	     "never` if it is meant so");
}

static void check_steps(struct cases *c, uint32_t block)
{
	const struct rulebook *rb = c->b->rb;
	const struct ast_decl *d = decl_of(c, block);
	const struct escalation *e = &rb->escalations[rb->blocks[block].detail];
	struct step_sets sets = steps_reached(c->a, &c->arena, block);
	for (uint32_t step = 1; step <= e->nsteps; step++) {
		const struct ast_section *s = section_of(d, e->steps[step - 1].name);
		if (!s) /* a step that only another version of the block has */
			continue;
		if (!(sets.entered >> step & 1)) {
			c->never_entered[block] |= (uint64_t)1 << step;
			tell_not_entered(c, d->block, s);
		} else if (!(sets.left >> step & 1) && !d->said.len &&
			   d->block == BLOCK_ESCALATION) {
			tell_not_left(c, s);
		}
	}
}

/* ---- all ---- */

static void tell_spent(struct cases *c)
{
	struct span start = {0};
	if (!asker_spent(c->a))
		return;
	help(c->b,
	     warn(c->b, W_NOT_DECIDED, start,
		  "this rulebook asks more than can be checked over all cases in reasonable time"),
	     "provisions may contradict each other that were not compared; split the rulebook");
}

void check_cases(struct book *b)
{
	struct cases c = {.b = b};
	if (b->diags->errors)
		return;
	c.a = asker_new(b->rb);
	c.ranges = arena_array(&c.arena, b->rb->nparts, sizeof(*c.ranges));
	c.never_entered = arena_array(&c.arena, b->rb->nblocks, sizeof(*c.never_entered));
	conflicts_find(c.a, conflict, &c);
	check_gaps(&c);
	for (uint32_t i = 0; i < b->rb->nblocks; i++)
		if (block_has_steps(b->rb->blocks[i].kind))
			check_steps(&c, i);
	c.verdicts = conditions_of_parts(c.a, &c.arena, c.ranges);
	check_conditions(&c);
	tell_spent(&c);
	asker_free(c.a);
	arena_release(&c.arena);
}
