/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/regroup.h"

#include "engine/analyse/alike.h"
#include "engine/analyse/meaning.h"

/* An action that happens at an event when a condition is met. */
struct atom {
	size_t block; /* of the regrouping */
	uint32_t part;
	uint16_t nth;        /* of the same actions of its part */
	struct str what;     /* event, days, and the action; equal: the same comes about */
	struct str when;     /* in one form */
	struct code carried; /* in terms of the new rulebook */
	bool followed, paired;
};

struct atoms {
	struct regrouping *r;
	VEC(struct atom) all;
};

static struct block_at at_of(const struct regrouping *r, size_t i)
{
	int side = r->blocks.at[i].side;
	return (struct block_at){r->rb[side], r->county[side], r->blocks.at[i].block};
}

static const struct part *part_of(const struct atoms *x, const struct atom *a)
{
	return &x->r->rb[x->r->blocks.at[a->block].side]->parts[a->part];
}

/* ---- which can be told ---- */

bool action_competes(const struct rulebook *rb, const struct action *a)
{
	switch (a->kind) {
	case ACTION_PAY:
		return fund_budget(rb, a->fund);
	case ACTION_START:
		return fund_budget(rb, rb->schedules[a->schedule].fund);
	case ACTION_CREDIT:
	case ACTION_WAIVE:
	case ACTION_PLACE:
	case ACTION_ENROL:
	case ACTION_RELEASE:
		return true;
	default:
		return false;
	}
}

/* It comes as often as it is called for. */
static bool is_plain_action(const struct rulebook *rb, const struct action *a)
{
	return !action_competes(rb, a) && a->kind != ACTION_START && a->kind != ACTION_STOP &&
	       a->kind != ACTION_ENTER;
}

static bool is_in_precedence(const struct rulebook *rb, uint32_t block)
{
	for (uint16_t i = 0; i < rb->nprecedences; i++) {
		const struct precedence *p = &rb->precedences[i];
		if (p->block == block || precedence_is_over(p, rb->blocks[block].first))
			return true;
	}
	return false;
}

static bool stands_for_itself(const struct rulebook *rb, uint32_t block)
{
	const struct block *b = &rb->blocks[block];
	bool kind = b->kind == BLOCK_RULE || b->kind == BLOCK_FINE || b->kind == BLOCK_STIPEND;
	if (!kind || b->nlimits || is_in_precedence(rb, block))
		return false;
	for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++) {
		const struct part *p = &rb->parts[i];
		if (p->role != PART_PLAIN && p->role != PART_TIER)
			return false;
		for (uint16_t k = 0; k < p->nactions; k++)
			if (!is_plain_action(rb, &p->actions[k]))
				return false;
	}
	return true;
}

/* ---- atoms ---- */

static void put_what(struct buf *b, const struct block_at *at, const struct part *p,
		     const struct action *a)
{
	const struct block *k = &at->rb->blocks[at->block];
	struct within w = {at->rb, at->county, p->event, k->case_kind};
	buf_str(b, at->rb->programs[k->program].name);
	buf_fmt(b, " %d ", k->locked);
	buf_str(b, k->case_kind == NONE ? STR("any") : at->rb->kinds[k->case_kind].name);
	buf_char(b, ' ');
	buf_str(b, at->rb->events[p->event].name);
	meant_days(b, at->rb, at->county, at->block);
	meant_one_action(b, &w, a);
}

static void add_atoms(struct atoms *x, size_t block, uint32_t index)
{
	struct block_at at = at_of(x->r, block);
	const struct part *p = &at.rb->parts[index];
	struct within w = {at.rb, at.county, p->event, at.rb->blocks[at.block].case_kind};
	struct buf text = {0};
	for (uint16_t i = 0; i < p->nactions; i++) {
		struct atom a = {.block = block, .part = index};
		buf_clear(&text);
		put_what(&text, &at, p, &p->actions[i]);
		a.what = arena_str(&x->r->arena, buf_view(&text));
		buf_clear(&text);
		meant_code(&text, &w, &p->when);
		a.when = arena_str(&x->r->arena, buf_view(&text));
		for (size_t k = 0; k < x->all.n; k++)
			if (x->all.at[k].block == block && x->all.at[k].part == index &&
			    str_eq(x->all.at[k].what, a.what))
				a.nth++;
		*vec_push(&x->all) = a;
	}
	buf_release(&text);
}

/* ---- which belong together ---- */

static size_t first_of(struct regrouping *r, size_t i)
{
	while (r->blocks.at[i].first != i)
		i = r->blocks.at[i].first;
	return i;
}

static void tie(struct atoms *x)
{
	struct regrouping *r = x->r;
	for (size_t i = 0; i < x->all.n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!str_eq(x->all.at[i].what, x->all.at[k].what))
				continue;
			size_t a = first_of(r, x->all.at[i].block);
			size_t b = first_of(r, x->all.at[k].block);
			r->blocks.at[a > b ? a : b].first = a > b ? b : a;
		}
	}
}

/* ---- are they met in the same cases? ---- */

/* Several triggers of one clause are alternatives: together they bring the action once. */
static bool are_alternatives(const struct atoms *x, const struct atom *a, const struct atom *b)
{
	const struct part *p = part_of(x, a), *q = part_of(x, b);
	return a->block == b->block && a->nth == b->nth && p->role == q->role &&
	       str_eq(p->label, q->label);
}

static bool has_alternatives(const struct atoms *x, const struct atom *a)
{
	for (size_t i = 0; i < x->all.n; i++)
		if (&x->all.at[i] != a && str_eq(x->all.at[i].what, a->what) &&
		    are_alternatives(x, &x->all.at[i], a))
			return true;
	return false;
}

static int side_of(const struct atoms *x, const struct atom *a)
{
	return x->r->blocks.at[a->block].side;
}

/* The same condition on both sides, once on each: whatever it reads, nothing is to be asked. */
static void pair_up(struct atoms *x)
{
	for (size_t i = 0; i < x->all.n; i++) {
		struct atom *a = &x->all.at[i];
		for (size_t k = 0; k < i && !a->paired && !has_alternatives(x, a); k++) {
			struct atom *b = &x->all.at[k];
			if (side_of(x, a) != side_of(x, b) && !b->paired &&
			    str_eq(a->what, b->what) && str_eq(a->when, b->when) &&
			    !has_alternatives(x, b))
				a->paired = b->paired = true;
		}
	}
}

/* The new part at whose event all of them are asked. */
static bool carry(struct atoms *x, struct atom *a, const struct atom *like)
{
	struct block_at from = at_of(x->r, a->block), to = at_of(x->r, like->block);
	if (!a->followed)
		a->followed =
		    condition_carried(&x->r->arena, &from, part_of(x, a)->event, &to,
				      part_of(x, like)->event, &part_of(x, a)->when, &a->carried);
	return a->followed;
}

static bool is_possible(struct atoms *x, const struct atom *like, const struct want *wants,
			size_t nwants, const struct unless *unless, size_t nunless)
{
	const struct rulebook *rb = x->r->rb[1];
	const struct county *county = &rb->counties[x->r->county[1]];
	struct place where = {county->dispatch, &x->r->county[1], 1};
	struct block_at at = at_of(x->r, like->block);
	struct question q = question_of(rb->blocks[at.block].case_kind, part_of(x, like)->event,
					county->first_day, INT32_MAX);
	struct buf key = {0};
	buf_fmt(&key, "regroup %zu", asker_work(x->r->asker)); /* no other has it */
	q.key = buf_view(&key);
	q.wants = wants;
	q.nwants = nwants;
	q.unless = unless;
	q.nunless = nunless;
	bool possible = ask(x->r->asker, &where, &q).answer != SPACE_NONE;
	buf_release(&key);
	return possible;
}

#define ATOMS_MOST 24u /* that have one action in common */

struct same_action {
	struct atom *at[ATOMS_MOST];
	size_t n;
	const struct atom *like; /* a new one */
};

/* Never two of one side at once, for then it would come about twice. */
static bool exclude_each_other(struct atoms *x, const struct same_action *s)
{
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < i; k++) {
			struct want wants[2] = {{&s->at[i]->carried, TRUTH_MET},
						{&s->at[k]->carried, TRUTH_MET}};
			if (side_of(x, s->at[i]) == side_of(x, s->at[k]) &&
			    !are_alternatives(x, s->at[i], s->at[k]) &&
			    is_possible(x, s->like, wants, 2, NULL, 0))
				return false;
		}
	}
	return true;
}

/* Whenever one of a side is met, so is one of the other. */
static bool cover_each_other(struct atoms *x, const struct same_action *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct unless others[ATOMS_MOST];
		struct want want = {&s->at[i]->carried, TRUTH_MET};
		size_t n = 0;
		for (size_t k = 0; k < s->n; k++)
			if (side_of(x, s->at[k]) != side_of(x, s->at[i]))
				others[n++] = (struct unless){&s->at[k]->carried, NONE, 0, NONE};
		if (is_possible(x, s->like, &want, 1, others, n))
			return false;
	}
	return true;
}

static bool gather_same(struct atoms *x, const struct atom *a, struct same_action *s)
{
	*s = (struct same_action){0};
	for (size_t i = 0; i < x->all.n; i++) {
		struct atom *b = &x->all.at[i];
		if (b->paired || !str_eq(b->what, a->what))
			continue;
		if (s->n == ATOMS_MOST)
			return false;
		s->at[s->n++] = b;
		s->like = side_of(x, b) == 1 ? b : s->like;
	}
	for (size_t i = 0; i < s->n && s->like; i++)
		if (!carry(x, s->at[i], s->like))
			return false;
	return s->like;
}

static bool comes_alike(struct atoms *x, const struct atom *a)
{
	struct same_action s;
	return a->paired ||
	       (gather_same(x, a, &s) && exclude_each_other(x, &s) && cover_each_other(x, &s));
}

/* A new atom of the same event among those that belong together. */
static const struct atom *at_same_event(const struct atoms *x, size_t block, const struct part *p,
					const struct rulebook *rb)
{
	for (size_t i = 0; i < x->all.n; i++) {
		const struct atom *a = &x->all.at[i];
		if (side_of(x, a) == 1 && first_of(x->r, a->block) == first_of(x->r, block) &&
		    str_eq(x->r->rb[1]->events[part_of(x, a)->event].name,
			   rb->events[p->event].name))
			return a;
	}
	return NULL;
}

static bool may_both_apply(struct atoms *x, size_t block, const struct part *p,
			   const struct part *q)
{
	struct block_at from = at_of(x->r, block);
	const struct atom *like = at_same_event(x, block, p, from.rb);
	struct code one, other;
	struct want wants[2] = {{&one, TRUTH_MET}, {&other, TRUTH_MET}};
	if (!like)
		return true;
	struct block_at to = at_of(x->r, like->block);
	uint16_t as = part_of(x, like)->event;
	return !condition_carried(&x->r->arena, &from, p->event, &to, as, &p->when, &one) ||
	       !condition_carried(&x->r->arena, &from, q->event, &to, as, &q->when, &other) ||
	       is_possible(x, like, wants, 2, NULL, 0);
}

/* Of a fine that had two tiers for one case the event would be refused. */
static bool tiers_exclude(struct atoms *x, size_t block)
{
	struct block_at at = at_of(x->r, block);
	const struct block *b = &at.rb->blocks[at.block];
	for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++) {
		for (uint32_t k = b->first_part; k < i; k++) {
			const struct part *p = &at.rb->parts[i], *q = &at.rb->parts[k];
			if (p->role == PART_TIER && q->role == PART_TIER && p->event == q->event &&
			    !str_eq(p->label, q->label) && may_both_apply(x, block, p, q))
				return false;
		}
	}
	return true;
}

/* ---- all of it ---- */

static void give_up(struct regrouping *r, size_t block)
{
	size_t first = first_of(r, block);
	for (size_t i = 0; i < r->blocks.n; i++)
		if (first_of(r, i) == first)
			r->blocks.at[i].alike = false;
}

static bool has_both_sides(struct regrouping *r, size_t block)
{
	bool has[2] = {false, false};
	for (size_t i = 0; i < r->blocks.n; i++)
		if (first_of(r, i) == first_of(r, block))
			has[r->blocks.at[i].side] = true;
	return has[0] && has[1];
}

static void judge(struct atoms *x)
{
	struct regrouping *r = x->r;
	for (size_t i = 0; i < r->blocks.n; i++) {
		if (!r->blocks.at[i].alike || !has_both_sides(r, i) || !tiers_exclude(x, i))
			give_up(r, i);
	}
	for (size_t i = 0; i < x->all.n; i++)
		if (r->blocks.at[x->all.at[i].block].alike && !comes_alike(x, &x->all.at[i]))
			give_up(r, x->all.at[i].block);
}

void regroup(struct regrouping *r)
{
	struct atoms x = {.r = r};
	for (size_t i = 0; i < r->blocks.n; i++) {
		struct block_at at = at_of(r, i);
		const struct block *b = &at.rb->blocks[at.block];
		r->blocks.at[i].first = i;
		r->blocks.at[i].alike = stands_for_itself(at.rb, at.block);
		for (uint32_t p = b->first_part; p < b->first_part + b->nparts; p++)
			if (r->blocks.at[i].alike)
				add_atoms(&x, i, p);
	}
	tie(&x);
	pair_up(&x);
	judge(&x);
	vec_release(&x.all);
}

void regrouping_release(struct regrouping *r)
{
	vec_release(&r->blocks);
	arena_release(&r->arena);
}
