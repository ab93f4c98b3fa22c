/* SPDX-License-Identifier: Apache-2.0
 *
 * The search: sets of changes in order of their size, each decided with. What stops a set proposes
 * the sets that are larger by one, so that only what the policy asks about is ever changed, and the
 * first that come out are the smallest.
 */
#include "engine/explain/counterfactual_internal.h"

#define QUEUE_MOST 512u

struct search {
	struct attempt attempt;
	struct proposals queue;
	struct counterfactual found;
};

bool change_same(const struct change *x, const struct change *y)
{
	return x->kind == y->kind && x->index == y->index && x->case_kind == y->case_kind &&
	       str_eq(x->id, y->id);
}

static bool is_equal(const struct change *x, const struct change *y)
{
	return change_same(x, y) && value_eq(x->value, y->value) && x->times == y->times &&
	       x->day == y->day && x->step == y->step;
}

static bool holds(const struct change_set *set, const struct change *c)
{
	for (size_t i = 0; i < set->n; i++)
		if (is_equal(&set->at[i], c))
			return true;
	return false;
}

static bool holds_all(const struct change_set *set, const struct change_set *part)
{
	for (size_t i = 0; i < part->n; i++)
		if (!holds(set, &part->at[i]))
			return false;
	return true;
}

static bool is_queued(const struct search *s, const struct change_set *set)
{
	for (size_t i = 0; i < s->queue.sets.n; i++)
		if (s->queue.sets.at[i].n == set->n && holds_all(&s->queue.sets.at[i], set))
			return true;
	return false;
}

/* Behind those that are as large, for a change that is changed further makes a set no larger. */
static void enqueue(struct search *s, size_t done, const struct change_set *set)
{
	struct change_set *end = vec_push(&s->queue.sets), *at = end;
	while (at > s->queue.sets.at + done && at[-1].n > set->n)
		at--;
	memmove(at + 1, at, (size_t)(end - at) * sizeof(*at));
	*at = *set;
}

/* `done` sets were tried. */
static void expand(struct search *s, size_t done, const struct change_set *set,
		   const struct considered *c)
{
	struct proposals next = {0};
	if (set->n < CHANGES_MOST)
		counterfactual_propose(&s->attempt, set, c, &next);
	for (size_t i = 0; i < next.sets.n && s->queue.sets.n < QUEUE_MOST; i++)
		if (!is_queued(s, &next.sets.at[i]))
			enqueue(s, done, &next.sets.at[i]);
	vec_release(&next.sets);
}

/* Whether it comes out rests on prohibitions, too, and on what overrides: all that was asked. */
static bool tells_secrets(const struct search *s, const struct considered *part)
{
	struct considered c;
	const struct rulebook *rb = s->attempt.past->rb;
	bool secret = false;
	for (size_t i = 0; reading_next(&s->attempt.trace, &i, &c);)
		if (c.what != SUBJECT_PART || part->what != SUBJECT_PART || c.index == part->index)
			secret |= code_is_confidential(rb, &c, reading_code(rb, &c));
	return secret;
}

/* What was needed to get further at first may not be needed in the end. */
static void reduce(struct search *s, struct change_set *set)
{
	struct considered c;
	for (size_t i = set->n; set->n > 1 && i-- > 0;) {
		struct change_set fewer = {.n = set->n - 1};
		for (size_t k = 0; k < fewer.n; k++)
			fewer.at[k] = set->at[k + (k >= i)];
		if (attempt_decide(&s->attempt, &fewer, &c) && c.result == RESULT_APPLIES)
			*set = fewer;
	}
}

static bool is_found(const struct counterfactual *f, const struct change_set *set)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->sets[i].n == set->n && holds_all(&f->sets[i], set))
			return true;
	return false;
}

/* It comes out: as few changes as will do, and how far they may go. */
static void keep(struct search *s, struct change_set set)
{
	struct considered c;
	struct counterfactual *f = &s->found;
	reduce(s, &set);
	if ((f->n && set.n > f->sets[0].n) || is_found(f, &set) ||
	    !attempt_decide(&s->attempt, &set, &c))
		return;
	change_set_bounds(&s->attempt, &set, &c);
	if (f->n && set.n < f->sets[0].n)
		f->n = 0;
	f->sets[f->n++] = set;
}

static void look(struct search *s)
{
	struct counterfactual *f = &s->found;
	struct considered c;
	for (size_t i = 0; i < s->queue.sets.n && f->n < ALTERNATIVES_MOST; i++) {
		struct change_set set = s->queue.sets.at[i];
		if (f->n && set.n > f->sets[0].n)
			return;
		if (!attempt_decide(&s->attempt, &set, &c))
			continue;
		if (!set.n && c.result == RESULT_APPLIES)
			return; /* it does not come out again as it was */
		f->confidential |= tells_secrets(s, &c);
		if (c.result == RESULT_APPLIES)
			keep(s, set);
		else
			expand(s, i + 1, &set, &c);
	}
}

static bool can_differ(const struct considered *c)
{
	enum trace_result r = c->result;
	if (c->what != SUBJECT_PART)
		return c->what == SUBJECT_NEVER && r == RESULT_BREAKS;
	return r == RESULT_NOT_MET || r == RESULT_UNDECIDABLE || r == RESULT_OTHER_STEP ||
	       r == RESULT_LIMIT || r == RESULT_NOT_IN_FORCE || r == RESULT_OVERRIDDEN;
}

void counterfactuals_find(struct counterfactuals *out, const struct past *p)
{
	struct considered c;
	size_t left = ATTEMPTS_IN_ALL;
	for (size_t i = 0; reading_next(p->trace, &i, &c);) {
		if (!can_differ(&c))
			continue;
		struct search s = {.found = {.what = c.what,
					     .index = c.index,
					     .event = p->decision->event.type,
					     .kind = p->before->kind}};
		attempt_init(&s.attempt, p, &out->arena);
		s.attempt.what = c.what;
		s.attempt.index = c.index;
		size_t most = left < ATTEMPTS_MOST ? left : ATTEMPTS_MOST;
		s.attempt.left = most;
		*vec_push(&s.queue.sets) = (struct change_set){.n = 0};
		look(&s);
		if (s.found.n)
			*vec_push(&out->all) = s.found;
		left -= most - s.attempt.left;
		vec_release(&s.queue.sets);
		attempt_release(&s.attempt);
	}
	find_shortfalls(out, p);
}

void counterfactuals_hide(struct counterfactuals *c)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->all.n; i++)
		if (!c->all.at[i].confidential)
			c->all.at[kept++] = c->all.at[i];
	c->all.n = kept;
}

void counterfactuals_release(struct counterfactuals *c)
{
	vec_release(&c->all);
	vec_release(&c->short_of);
	arena_release(&c->arena);
}

const struct counterfactual *counterfactuals_of(const struct counterfactuals *c,
						const struct considered *of)
{
	for (size_t i = 0; c && i < c->all.n; i++)
		if (c->all.at[i].what == of->what && c->all.at[i].index == of->index)
			return &c->all.at[i];
	return NULL;
}
