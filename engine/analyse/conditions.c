/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/conditions.h"

#include "engine/base/limits.h"

static struct str numbered(struct arena *arena, const char *what, int64_t x, int64_t y)
{
	struct buf b = {0};
	buf_c(&b, what);
	buf_i64(&b, x);
	buf_char(&b, ' ');
	buf_i64(&b, y);
	struct str s = arena_str(arena, buf_view(&b));
	buf_release(&b);
	return s;
}

/* ---- parts ---- */

struct seen_part {
	bool asked, sometimes_met, sometimes_not;
};

/* Not met, or not decidable, is one here: nothing happens then. */
static bool can_be(struct asker *a, const struct place *where, struct question *q,
		   const struct want *want, struct str key, struct str *ranges)
{
	q->key = key;
	q->wants = want;
	q->nwants = 1;
	struct reply r = ask(a, where, q);
	if (r.ranges.len)
		*ranges = r.ranges;
	return r.answer != SPACE_NONE;
}

static void see_part(struct asker *a, struct arena *arena, const struct place *where,
		     const struct entry *e, struct seen_part *seen, struct str *ranges)
{
	const struct rulebook *rb = asker_rulebook(a);
	const struct part *p = &rb->parts[e->part];
	struct want met = {&p->when, TRUTH_MET},
		    not = {&p->when, TRUTH_NOT_MET | TRUTH_UNDECIDABLE};
	uint16_t event = p->role == PART_OVERDUE ? NONE : p->event;
	struct question q = question_of(rb->blocks[p->block].case_kind, event, e->from, e->until);
	q.in_step[0] = p;
	if (!p->when.n || (seen->sometimes_met && seen->sometimes_not))
		return;
	seen->asked = true;
	if (!seen->sometimes_met)
		seen->sometimes_met =
		    can_be(a, where, &q, &met, numbered(arena, "m", e->part, 0), ranges);
	if (!seen->sometimes_not)
		seen->sometimes_not =
		    can_be(a, where, &q, &not, numbered(arena, "n", e->part, 0), ranges);
}

static enum condition_verdict verdict(const struct seen_part *seen)
{
	if (!seen->asked)
		return CONDITION_SOMETIMES;
	if (!seen->sometimes_met)
		return CONDITION_NEVER;
	return seen->sometimes_not ? CONDITION_SOMETIMES : CONDITION_ALWAYS;
}

static void see_place(struct asker *a, struct arena *arena, const struct place *where,
		      struct seen_part *seen, struct str *ranges)
{
	for (uint16_t e = 0; e < asker_rulebook(a)->nevents; e++)
		for (uint32_t i = 0; i < where->dispatch->n[e]; i++) {
			const struct entry *entry = &where->dispatch->by_event[e][i];
			see_part(a, arena, where, entry, &seen[entry->part], &ranges[entry->part]);
		}
}

static int32_t first_day(const struct rulebook *rb, uint32_t block)
{
	return rb->programs[rb->blocks[block].program].effective;
}

enum condition_verdict *conditions_of_parts(struct asker *a, struct arena *arena,
					    struct str *ranges)
{
	const struct rulebook *rb = asker_rulebook(a);
	struct seen_part *seen = arena_array(arena, rb->nparts, sizeof(*seen));
	enum condition_verdict *out = arena_array(arena, rb->nparts, sizeof(*out));
	struct places places = places_of(rb, arena);
	struct place all = place_everywhere(rb, arena);
	for (size_t i = 0; i < places.n; i++)
		see_place(a, arena, &places.at[i], seen, ranges);
	for (uint32_t i = 0; i < rb->nparts; i++) {
		struct entry e = {i, first_day(rb, rb->parts[i].block), INT32_MAX};
		if (rb->parts[i].role == PART_OVERDUE)
			see_part(a, arena, &all, &e, &seen[i], &ranges[i]);
		out[i] = verdict(&seen[i]);
	}
	return out;
}

enum condition_verdict condition_of_case(struct asker *a, struct arena *arena,
					 const struct code *code, uint16_t kind, int32_t from,
					 struct str *ranges)
{
	struct want met = {code, TRUTH_MET}, not = {code, TRUTH_NOT_MET | TRUTH_UNDECIDABLE};
	struct question q = question_of(kind, NONE, from, INT32_MAX);
	struct place all = place_everywhere(asker_rulebook(a), arena);
	int64_t source = code->span.source, off = code->span.off;
	struct seen_part seen = {.asked = code->n > 0};
	if (!code->n)
		return CONDITION_SOMETIMES;
	seen.sometimes_met = can_be(a, &all, &q, &met, numbered(arena, "c", source, off), ranges);
	seen.sometimes_not = can_be(a, &all, &q, &not, numbered(arena, "d", source, off), ranges);
	return verdict(&seen);
}

/* ---- tiers ---- */

static struct reply gap_here(struct asker *a, const struct place *where, uint32_t block,
			     uint16_t event, struct question *q)
{
	const struct rulebook *rb = asker_rulebook(a);
	struct reply none = {.answer = SPACE_NONE};
	for (uint32_t i = 0; i < where->dispatch->n[event]; i++) {
		const struct entry *e = &where->dispatch->by_event[event][i];
		if (rb->parts[e->part].block != block || rb->parts[e->part].role != PART_TIER)
			continue;
		q->from = e->from; /* all tiers of a block are in force on the same days */
		q->until = e->until;
		return ask(a, where, q);
	}
	return none;
}

struct reply tiers_gap(struct asker *a, const struct places *places, uint32_t block, uint16_t event,
		       const struct code *trigger)
{
	const struct rulebook *rb = asker_rulebook(a);
	const struct block *b = &rb->blocks[block];
	struct arena arena = {0};
	struct want *wants = arena_array(&arena, b->nparts + 1u, sizeof(*wants));
	struct question q = question_of(b->case_kind, event, 0, 0);
	q.wants = wants;
	q.standing[0] = (uint16_t)block;
	struct reply best = {.answer = SPACE_NONE};
	wants[q.nwants++] = (struct want){trigger, TRUTH_MET};
	for (uint32_t i = 0; i < b->nparts; i++) {
		const struct part *p = &rb->parts[b->first_part + i];
		if (p->role == PART_TIER && p->event == event)
			wants[q.nwants++] =
			    (struct want){&p->when, TRUTH_NOT_MET | TRUTH_UNDECIDABLE};
	}
	struct str key = numbered(&arena, "g", block, event);
	struct buf id = {0};
	buf_str(&id, key);
	buf_fmt(&id, " %u", trigger->n ? trigger->span.off : 0);
	q.key = buf_view(&id);
	for (size_t i = 0; i < places->n && best.answer != SPACE_EXAMPLE; i++) {
		struct reply r = gap_here(a, &places->at[i], block, event, &q);
		if (r.answer != SPACE_NONE)
			best = r;
	}
	buf_release(&id);
	arena_release(&arena);
	return best;
}

/* ---- steps ---- */

/* Can a part take a case out of one of these steps? */
static bool passes(struct asker *a, struct arena *arena, const struct place *all, uint32_t part,
		   uint64_t from)
{
	const struct rulebook *rb = asker_rulebook(a);
	struct part here = rb->parts[part];
	struct want met = {&here.when, TRUTH_MET};
	here.after &= from;
	if (!here.after)
		return false;
	if (!here.when.n)
		return true;
	struct question q = question_of(rb->blocks[here.block].case_kind,
					here.role == PART_OVERDUE ? NONE : here.event,
					first_day(rb, here.block), INT32_MAX);
	q.wants = &met;
	q.nwants = 1;
	q.in_step[0] = &here;
	q.key = numbered(arena, "r", part, (int64_t)here.after);
	return ask(a, all, &q).answer != SPACE_NONE;
}

/* The steps that `enter` takes a case to, from wherever it stands. */
static uint64_t entered_by(const struct action *at, uint16_t n, uint16_t escalation)
{
	uint64_t steps = 0;
	for (uint16_t i = 0; i < n; i++) {
		steps |= entered_by(at[i].otherwise, at[i].notherwise, escalation);
		if (at[i].kind == ACTION_ENTER && at[i].escalation == escalation)
			steps |= (uint64_t)1 << at[i].step;
	}
	return steps;
}

/* A stage's own parts enter it with an action, too; theirs count as the moves that they are. */
static uint64_t entered_anywhere(const struct rulebook *rb, uint16_t escalation)
{
	uint64_t steps = 0;
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		bool own = p->role == PART_STEP || p->role == PART_OVERDUE;
		bool skip = own && p->escalation == escalation && p->nactions;
		steps |= entered_by(p->actions + skip, (uint16_t)(p->nactions - skip), escalation);
	}
	return steps;
}

static bool moves(const struct part *p)
{
	return p->role == PART_STEP || p->role == PART_OVERDUE || p->role == PART_ENDS;
}

struct step_sets steps_reached(struct asker *a, struct arena *arena, uint32_t block)
{
	const struct rulebook *rb = asker_rulebook(a);
	const struct block *b = &rb->blocks[block];
	struct place all = place_everywhere(rb, arena);
	uint64_t anywhere = entered_anywhere(rb, rb->escalations[b->detail].first);
	struct step_sets s = {.entered = 1 | anywhere};
	for (uint64_t before = 0; before != s.entered;) {
		before = s.entered;
		for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++) {
			const struct part *p = &rb->parts[i];
			if (moves(p) && !(s.entered >> p->step & 1) &&
			    passes(a, arena, &all, i, s.entered))
				s.entered |= (uint64_t)1 << p->step;
		}
	}
	for (uint32_t step = 0; step < LIMIT_STEPS; step++)
		if (anywhere & ~((uint64_t)1 << step))
			s.left |= ((uint64_t)1 << step) & s.entered;
	for (uint32_t step = 0; step < LIMIT_STEPS; step++)
		for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++)
			if (s.entered >> step & 1 && moves(&rb->parts[i]) &&
			    !(s.left >> step & 1) && passes(a, arena, &all, i, (uint64_t)1 << step))
				s.left |= (uint64_t)1 << step;
	return s;
}
