/* SPDX-License-Identifier: Apache-2.0
 *
 * A provision by names and values: its parts with the days on which they are in force in a county,
 * its limits, and what its kind adds.
 */
#include "engine/analyse/meaning.h"

#define NO_PERIOD(p) ((p)->param == NONE && (p)->n < 0)

static struct str name_of(const struct named *list, uint16_t i)
{
	return i == NONE ? STR("any") : list[i].name;
}

static void word(struct buf *b, struct str s)
{
	buf_str(b, s);
	buf_char(b, ';');
}

static void number(struct buf *b, int64_t n)
{
	buf_i64(b, n);
	buf_char(b, ';');
}

static void meant_period(struct buf *b, const struct within *w, const struct period *p)
{
	if (NO_PERIOD(p)) {
		word(b, STR("no period"));
		return;
	}
	struct value only;
	bool one = p->param != NONE && meant_only_value(w, p->param, &only);
	if (p->param != NONE && !one) {
		meant_param(b, w, p->param);
		return;
	}
	number(b, one ? only.i : p->n);
	word(b, unit_name(p->unit, true));
}

static void meant_target(struct buf *b, const struct within *w, const struct target *t)
{
	const struct rulebook *rb = w->rb;
	switch (t->kind) {
	case TARGET_NONE:
		word(b, STR("nobody"));
		return;
	case TARGET_SELF:
		word(b, STR("self"));
		return;
	case TARGET_FIELD:
		word(b, w->event < rb->nevents && t->index < rb->events[w->event].nfields
			    ? rb->events[w->event].fields[t->index].name
			    : STR("?"));
		return;
	case TARGET_FACT:
		word(b, w->kind < rb->nkinds ? rb->kinds[w->kind].facts[t->index].name : STR("?"));
		return;
	case TARGET_PARTY:
		buf_str(b, STR("party "));
		word(b, rb->parties[t->index].name);
		return;
	}
}

static void meant_plan(struct buf *b, const struct within *w, const struct plan *p)
{
	meant_code(b, w, &p->times);
	if (!p->times.n)
		return;
	number(b, p->every);
	word(b, unit_name(p->unit, true));
	number(b, p->anchor);
	if (p->anchor == ANCHOR_AFTER_PERIOD)
		meant_period(b, w, &p->anchor_period);
	number(b, p->remainder_in_last);
}

static struct str schedule_name(const struct rulebook *rb, uint16_t schedule)
{
	return schedule == NONE ? STR("any") : rb->blocks[rb->schedules[schedule].block].name;
}

static struct str step_name(const struct rulebook *rb, uint16_t escalation, uint16_t step)
{
	return step ? rb->escalations[escalation].steps[step - 1].name : STR("none");
}

/* What the action's name is of. */
static struct str action_name(const struct rulebook *rb, const struct action *a)
{
	switch (a->kind) {
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		return name_of(rb->lines, a->name);
	case ACTION_REQUIRE:
		return name_of(rb->requirements, a->name);
	case ACTION_ORDER:
		return name_of(rb->orders, a->name);
	case ACTION_ENTER:
		return name_of(rb->stages, a->name);
	case ACTION_PLACE:
		return name_of(rb->dockets, a->name);
	case ACTION_ENROL:
	case ACTION_RELEASE:
		return name_of(rb->capacities, a->name);
	case ACTION_START:
	case ACTION_STOP:
		return schedule_name(rb, a->schedule);
	default:
		return STR("");
	}
}

static void meant_actions(struct buf *b, const struct within *w, const struct action *at,
			  uint16_t n);

void meant_one_action(struct buf *b, const struct within *w, const struct action *a)
{
	const struct rulebook *rb = w->rb;
	word(b, action_verb(a->kind));
	word(b, a->may ? STR("may") : STR("does"));
	word(b, action_name(rb, a));
	meant_code(b, w, &a->amount);
	number(b, a->each);
	meant_target(b, w, &a->to);
	word(b, name_of(rb->funds, a->fund));
	buf_json(b, a->text);
	meant_plan(b, w, &a->plan);
	meant_period(b, w, &a->within);
	word(b, a->answered_by == NONE ? STR("") : rb->events[a->answered_by].name);
	if (a->kind == ACTION_SET && w->kind < rb->nkinds) {
		word(b, rb->kinds[w->kind].facts[a->fact].name);
		meant_code(b, w, &a->value);
	}
	if (a->kind == ACTION_ENTER)
		word(b, step_name(rb, a->escalation, a->step));
	number(b, a->urgent);
	meant_actions(b, w, a->otherwise, a->notherwise);
}

/* The order of clauses means nothing. */
static void meant_actions(struct buf *b, const struct within *w, const struct action *at,
			  uint16_t n)
{
	struct heap_of_texts all = {0};
	struct buf one = {0};
	for (uint16_t i = 0; i < n; i++) {
		meant_one_action(&one, w, &at[i]);
		heap_add(&all, &one);
	}
	heap_write(b, &all);
	buf_release(&one);
}

/* ---- parts ---- */

static void meant_steps(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	struct heap_of_texts all = {0};
	struct buf one = {0};
	const struct escalation *e = &rb->escalations[p->escalation];
	for (uint16_t s = 0; s <= e->nsteps; s++) {
		if (!(p->after >> s & 1))
			continue;
		word(&one, step_name(rb, p->escalation, s));
		heap_add(&all, &one);
	}
	heap_write(b, &all);
	buf_release(&one);
}

void meant_part(struct buf *b, const struct within *at, const struct part *p, bool condition)
{
	const struct rulebook *rb = at->rb;
	struct within w = *at;
	w.event = p->role == PART_OVERDUE ? NONE : p->event;
	number(b, p->role);
	word(b, p->event == NONE ? STR("") : rb->events[p->event].name);
	if (condition)
		meant_code(b, &w, &p->when);
	meant_actions(b, &w, p->actions, p->nactions);
	if (p->role == PART_STEP || p->role == PART_OVERDUE || p->role == PART_ENDS) {
		word(b, step_name(rb, p->escalation, p->role == PART_ENDS ? 0 : p->step));
		meant_steps(b, rb, p);
	}
	if (p->role == PART_OVERDUE || p->role == PART_PROMISE)
		meant_period(b, &w, &p->within);
	if (p->role == PART_STOPS)
		word(b, schedule_name(rb, p->schedule));
}

static void meant_parts(struct buf *b, const struct within *w, const struct block *k)
{
	struct heap_of_texts all = {0};
	struct buf one = {0};
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++) {
		meant_part(&one, w, &w->rb->parts[i], true);
		heap_add(&all, &one);
	}
	heap_write(b, &all);
	buf_release(&one);
}

/* ---- what the kind adds ---- */

static void meant_limits(struct buf *b, const struct within *w, const struct block *k)
{
	struct heap_of_texts all = {0};
	struct buf one = {0};
	for (uint16_t i = 0; i < k->nlimits; i++) {
		limit_words(&one, &k->limits[i]);
		meant_code(&one, w, &k->limits[i].most);
		heap_add(&all, &one);
	}
	heap_write(b, &all);
	buf_release(&one);
}

static void meant_schedule(struct buf *b, const struct within *at, const struct block *k)
{
	const struct schedule *s = &at->rb->schedules[k->detail];
	struct within w = *at;
	w.event = k->nparts ? at->rb->parts[k->first_part].event : NONE;
	meant_code(b, &w, &s->amount);
	meant_target(b, &w, &s->to);
	word(b, name_of(w.rb->funds, s->fund));
	meant_plan(b, &w, &s->plan);
	meant_code(b, &w, &s->holds);
	number(b, s->also_running);
}

static void meant_moves(struct buf *b, const struct escalation *e)
{
	struct heap_of_texts all = {0};
	struct buf one = {0};
	for (uint16_t i = 0; i < e->nmoves; i++) {
		word(&one, e->moves[i].from);
		word(&one, e->moves[i].to ? e->steps[e->moves[i].to - 1].name : STR("none"));
		heap_add(&all, &one);
	}
	heap_write(b, &all);
	buf_release(&one);
}

static struct str never_name(const struct rulebook *rb, const struct never *n)
{
	struct action a = {.kind = n->action, .name = n->name, .schedule = n->schedule};
	return action_name(rb, &a);
}

static void meant_never(struct buf *b, const struct within *w, const struct block *k)
{
	const struct rulebook *rb = w->rb;
	const struct never *n = &rb->nevers[k->detail];
	word(b, action_verb(n->action));
	word(b, never_name(rb, n));
	word(b, name_of(rb->funds, n->fund));
	meant_target(b, w, &n->to);
	if (n->action == ACTION_SET && n->fact != NONE && w->kind < rb->nkinds)
		word(b, rb->kinds[w->kind].facts[n->fact].name);
	word(b, n->after == NONE ? STR("") : rb->events[n->after].name);
	meant_code(b, w, &n->when);
}

static void meant_share(struct buf *b, const struct within *w, const struct block *k)
{
	const struct rulebook *rb = w->rb;
	const struct share *s = &rb->shares[k->detail];
	word(b, rb->kinds[s->partner].name);
	for (uint16_t i = 0; i < s->nfacts; i++)
		word(b, rb->kinds[w->kind].facts[s->facts[i]].name);
	word(b, s->consent == NONE ? STR("") : rb->kinds[w->kind].facts[s->consent].name);
	meant_period(b, w, &s->lasts);
	meant_code(b, w, &s->when);
}

static void meant_overrides(struct buf *b, const struct within *w, uint32_t block)
{
	const struct rulebook *rb = w->rb;
	struct heap_of_texts all = {0};
	struct buf one = {0};
	for (uint16_t i = 0; i < rb->nprecedences; i++) {
		const struct precedence *p = &rb->precedences[i];
		struct within at = *w;
		if (p->block != block)
			continue;
		at.event = p->event;
		word(&one, rb->events[p->event].name);
		meant_code(&one, &at, &p->when);
		for (uint16_t k = 0; k < p->nover; k++)
			word(&one, rb->blocks[p->over[k]].name);
		heap_add(&all, &one);
	}
	heap_write(b, &all);
	buf_release(&one);
}

void meant_block(struct buf *b, const struct rulebook *rb, uint16_t county, uint32_t block)
{
	struct within w = {rb, county, NONE, rb->blocks[block].case_kind};
	meant_parts(b, &w, &rb->blocks[block]);
	meant_block_but(b, rb, county, block);
}

void meant_block_but(struct buf *b, const struct rulebook *rb, uint16_t county, uint32_t block)
{
	const struct block *k = &rb->blocks[block];
	struct within w = {rb, county, NONE, k->case_kind};
	word(b, block_kind_name(k->kind));
	word(b, k->case_kind == NONE ? STR("any") : rb->kinds[k->case_kind].name);
	number(b, k->locked);
	meant_limits(b, &w, k);
	meant_overrides(b, &w, block);
	if (k->detail == NONE)
		return;
	switch (k->kind) {
	case BLOCK_SCHEDULE:
		meant_schedule(b, &w, k);
		return;
	case BLOCK_ESCALATION:
	case BLOCK_STAGES:
		meant_moves(b, &rb->escalations[k->detail]);
		return;
	case BLOCK_NEVER:
	case BLOCK_ALWAYS:
		meant_never(b, &w, k);
		return;
	case BLOCK_SHARE:
		meant_share(b, &w, k);
		return;
	case BLOCK_TABLE: /* its rows stand where it is looked up */
	case BLOCK_STIPEND:
	case BLOCK_FINE:
	case BLOCK_RULE:
		return;
	}
}

/* ---- when ---- */

static void add_days(struct heap_of_texts *all, struct buf *one, const struct entry *e)
{
	buf_fmt(one, "%d..%d", (int)e->from, (int)e->until);
	for (size_t i = 0; i < all->n; i++) {
		if (!str_eq(all->at[i], buf_view(one)))
			continue;
		buf_clear(one);
		return;
	}
	heap_add(all, one);
}

void meant_days(struct buf *b, const struct rulebook *rb, uint16_t county, uint32_t block)
{
	const struct dispatch *d = rb->counties[county].dispatch;
	const struct block *k = &rb->blocks[block];
	struct heap_of_texts all = {0};
	struct buf one = {0};
	for (uint16_t e = 0; e < rb->nevents; e++)
		for (uint32_t i = 0; i < d->n[e]; i++)
			if (d->by_event[e][i].part - k->first_part < k->nparts)
				add_days(&all, &one, &d->by_event[e][i]);
	for (uint32_t i = 0; i < d->nnevers; i++)
		if (d->nevers[i] == block)
			add_days(&all, &one, &d->never_days[i]);
	for (uint32_t i = 0; i < d->nshares; i++)
		if (rb->shares[d->shares[i].part].block == block)
			add_days(&all, &one, &d->shares[i]);
	heap_write(b, &all);
	buf_release(&one);
}
