/* SPDX-License-Identifier: Apache-2.0
 *
 * What a provision brings about, in plain words.
 */
#include "engine/explain/plain.h"

static void say_title(struct buf *b, const struct named *n)
{
	plain_called(b, n->title, n->name);
}

static void say_quoted(struct buf *b, const struct named *n)
{
	plain_titled(b, n->title, n->name);
}

static void say_kind(struct buf *b, const struct plain *p)
{
	buf_c(b, "the ");
	plain_name(b, p->kind == NONE ? STR("person") : p->rb->kinds[p->kind].name);
}

/* ---- money ---- */

static void say_to(struct buf *b, const struct plain *p, const struct target *to)
{
	if (to->kind == TARGET_NONE)
		return;
	buf_c(b, " to ");
	plain_target(b, p, to);
}

static void say_fund(struct buf *b, const struct plain *p, uint16_t fund, const char *before)
{
	if (fund == NONE)
		return;
	buf_c(b, before);
	say_quoted(b, &p->rb->funds[fund]);
}

static void say_interval(struct buf *b, const struct plan *plan)
{
	if (plan->every == 1) {
		buf_c(b, "every ");
		buf_str(b, unit_name(plan->unit, false));
		return;
	}
	buf_fmt(b, "every %d ", plan->every);
	buf_str(b, unit_name(plan->unit, true));
}

static void say_start(struct buf *b, const struct plain *p, const struct plan *plan)
{
	switch (plan->anchor) {
	case ANCHOR_AFTER_STEP:
		return;
	case ANCHOR_SAME_DAY:
		buf_c(b, ", beginning the same day");
		return;
	case ANCHOR_NEXT_DAY:
		buf_c(b, ", beginning the next day");
		return;
	case ANCHOR_NEXT_MONTH:
		buf_c(b, ", beginning on the first day of the next month");
		return;
	case ANCHOR_AFTER_PERIOD:
		buf_c(b, ", beginning ");
		plain_period(b, p, &plan->anchor_period);
		buf_c(b, " later");
		return;
	}
}

/* ", 12 times, every month" */
static void say_plan(struct buf *b, const struct plain *p, const struct plan *plan)
{
	if (!plan->times.n)
		return;
	buf_c(b, ", ");
	plain_amount(b, p, &plan->times);
	buf_c(b, " times, ");
	say_interval(b, plan);
	say_start(b, p, plan);
}

static void say_schedule(struct buf *b, const struct plain *p, uint16_t number)
{
	const struct schedule *s = &p->rb->schedules[number];
	if (p->county != NONE && schedule_on(p->rb, p->county, s->first, p->day))
		s = schedule_on(p->rb, p->county, s->first, p->day);
	buf_c(b, "payments of ");
	plain_amount(b, p, &s->amount);
	say_to(b, p, &s->to);
	say_plan(b, p, &s->plan);
	say_fund(b, p, s->fund, ", from the fund ");
	if (!s->holds.n)
		return;
	buf_c(b, ". A payment is made only while ");
	plain_condition(b, p, &s->holds);
}

static void say_assessment(struct buf *b, const struct plain *p, const struct action *a)
{
	say_kind(b, p);
	buf_c(b, " owes ");
	if (a->each) {
		plain_amount(b, p, &a->plan.times);
		buf_c(b, " times ");
	}
	plain_amount(b, p, &a->amount);
	buf_c(b, " for the ");
	plain_quoted(b, p->rb->lines[a->name].name);
	if (a->plan.times.n && !a->each) {
		buf_c(b, ", in ");
		plain_amount(b, p, &a->plan.times);
		buf_c(b, " parts, one ");
		say_interval(b, &a->plan);
	} else if (a->plan.times.n) {
		buf_c(b, ", one part ");
		say_interval(b, &a->plan);
	}
	if (a->plan.times.n)
		say_start(b, p, &a->plan);
	if (a->within.param != NONE || a->within.n >= 0) {
		buf_c(b, ", to be paid within ");
		plain_period(b, p, &a->within);
	}
	say_fund(b, p, a->fund, ", into the fund ");
}

/* ---- facts and stages ---- */

static void say_set(struct buf *b, const struct plain *p, const struct action *a)
{
	const struct fact *f = p->kind == NONE ? NULL : &p->rb->kinds[p->kind].facts[a->fact];
	if (!f || f->confidential) {
		buf_c(b, "a protected detail is noted");
		return;
	}
	if (a->value.n == 1 && a->value.at[0].op == OP_FIELD) {
		plain_titled(b, f->title, f->name);
		buf_c(b, " is noted as it was reported");
		return;
	}
	buf_c(b, "it is noted that ");
	plain_titled(b, f->title, f->name);
	if (!a->value.n)
		buf_c(b, " is not known");
	else if (a->value.n == 1 && a->value.at[0].op == OP_CONST) {
		struct buf v = {0};
		policy_value_text(&v, p->rb, &f->type, a->value.at[0].k);
		buf_c(b, " is ");
		plain_name(b, buf_view(&v));
		buf_release(&v);
	} else {
		buf_c(b, " is ");
		plain_amount(b, p, &a->value);
	}
}

static void say_text(struct buf *b, struct str text)
{
	if (!text.len)
		return;
	buf_c(b, ": “");
	buf_str(b, text);
	buf_c(b, "”");
}

/* ---- all ---- */

static void say_action(struct buf *b, const struct plain *p, const struct action *a)
{
	const struct rulebook *rb = p->rb;
	switch (a->kind) {
	case ACTION_PAY:
		buf_c(b, "a payment of ");
		plain_amount(b, p, &a->amount);
		say_to(b, p, &a->to);
		say_fund(b, p, a->fund, ", from the fund ");
		return;
	case ACTION_ASSESS:
		say_assessment(b, p, a);
		return;
	case ACTION_CREDIT:
		plain_amount(b, p, &a->amount);
		buf_c(b, " less is owed for the ");
		plain_quoted(b, rb->lines[a->name].name);
		return;
	case ACTION_WAIVE:
		buf_c(b, "nothing more is owed for the ");
		plain_quoted(b, rb->lines[a->name].name);
		return;
	case ACTION_REFER:
		buf_c(b, "a referral");
		say_to(b, p, &a->to);
		return;
	case ACTION_REQUIRE:
		buf_c(b, "this is asked for: ");
		say_title(b, &rb->requirements[a->name]);
		return;
	case ACTION_NOTIFY:
		buf_c(b, "a notice");
		say_to(b, p, &a->to);
		say_text(b, a->text);
		return;
	case ACTION_ORDER:
		buf_c(b, "this is ordered: ");
		plain_title(b, rb->orders[a->name].title, rb->orders[a->name].name);
		return;
	case ACTION_START:
		say_schedule(b, p, a->schedule);
		return;
	case ACTION_STOP:
		buf_c(b, "the payments of ");
		plain_quoted(b, rb->blocks[rb->schedules[a->schedule].block].name);
		buf_c(b, " stop");
		return;
	case ACTION_SET:
		say_set(b, p, a);
		return;
	case ACTION_ENTER:
		say_kind(b, p);
		buf_c(b, " enters the stage ");
		plain_quoted(b, rb->stages[a->name].name);
		return;
	case ACTION_PLACE:
		buf_c(b, a->urgent ? "an urgent seat at the next " : "a seat at the next ");
		say_quoted(b, &rb->dockets[a->name]);
		return;
	case ACTION_ENROL:
		buf_c(b, "a place in ");
		say_quoted(b, &rb->capacities[a->name]);
		buf_c(b, ", or in the line for one");
		return;
	case ACTION_RELEASE:
		buf_c(b, "the place in ");
		say_quoted(b, &rb->capacities[a->name]);
		buf_c(b, " is free again");
		return;
	case ACTION_DENY:
		buf_c(b, "the request is turned down");
		say_text(b, a->text);
		return;
	case ACTION_BROKEN:
		return;
	}
}

void plain_action(struct buf *b, const struct plain *p, const struct action *a)
{
	if (a->may)
		buf_c(b, "if a named person approves it: ");
	say_action(b, p, a);
}

static void say_otherwise(struct buf *b, const struct plain *p, const struct action *a)
{
	for (uint16_t i = 0; i < a->notherwise; i++) {
		buf_c(b, i ? "; " : " If not: ");
		plain_action(b, p, &a->otherwise[i]);
	}
	buf_c(b, a->notherwise ? "." : "");
}

void plain_answer(struct buf *b, const struct plain *p, const struct action *a)
{
	bool timed = a->within.param != NONE || a->within.n >= 0;
	if ((a->kind != ACTION_REFER && a->kind != ACTION_REQUIRE) ||
	    (a->answered_by == NONE && !timed))
		return;
	buf_c(b, "This should follow");
	if (timed) {
		buf_c(b, " within ");
		plain_period(b, p, &a->within);
	}
	if (a->answered_by != NONE) {
		buf_c(b, ": ");
		plain_event(b, p->rb, a->answered_by);
	}
	buf_char(b, '.');
	say_otherwise(b, p, a);
}

static bool is_one(const struct plain *p, const struct code *c)
{
	if (c->n != 1)
		return false;
	if (c->at[0].op == OP_PARAM)
		return plain_dated(p, c->at[0].a)->value.i == 1;
	return c->at[0].op == OP_CONST && c->at[0].k.i == 1;
}

void plain_limit(struct buf *b, const struct plain *p, const struct limit *l)
{
	buf_c(b, "at most ");
	plain_amount(b, p, &l->most);
	if (!l->is_money)
		buf_c(b, is_one(p, &l->most) ? " time" : " times");
	buf_c(b, l->per_case ? " in all" : " a ");
	if (!l->per_case)
		buf_str(b, unit_name(l->per, false));
}

/* ---- what must never happen ---- */

/* With a name in quotes, where the words tell of one. */
static void say_named(struct buf *b, const char *what, const struct named *list, uint16_t i)
{
	buf_c(b, what);
	if (i == NONE)
		return;
	buf_char(b, ' ');
	plain_titled(b, list[i].title, list[i].name);
}

/* The action that a never or an always speaks of, as far as it says so; without an article. */
static void say_spoken_of(struct buf *b, const struct plain *p, const struct never *n)
{
	const struct rulebook *rb = p->rb;
	switch (n->action) {
	case ACTION_PAY:
		buf_c(b, "payment");
		say_to(b, p, &n->to);
		say_fund(b, p, n->fund, " from the fund ");
		return;
	case ACTION_ASSESS:
		buf_c(b, "sum to pay");
		if (n->name != NONE) {
			buf_c(b, " for the ");
			plain_quoted(b, rb->lines[n->name].name);
		}
		return;
	case ACTION_ORDER: /* its title says what is done, its name what it is */
		if (n->name == NONE)
			buf_c(b, "order");
		else
			plain_quoted(b, rb->orders[n->name].name);
		return;
	case ACTION_REFER:
		buf_c(b, "referral");
		say_to(b, p, &n->to);
		return;
	case ACTION_NOTIFY:
		buf_c(b, "notice");
		say_to(b, p, &n->to);
		return;
	case ACTION_REQUIRE:
		say_named(b, "requirement", rb->requirements, n->name);
		return;
	case ACTION_START:
	case ACTION_STOP:
		buf_c(b, n->action == ACTION_START ? "start of payments" : "end of payments");
		if (n->schedule != NONE) {
			buf_c(b, " of ");
			plain_quoted(b, rb->blocks[rb->schedules[n->schedule].block].name);
		}
		return;
	case ACTION_SET:
		buf_c(b, "change");
		if (n->fact != NONE && p->kind != NONE) {
			buf_c(b, " of ");
			plain_titled(b, rb->kinds[p->kind].facts[n->fact].title,
				     rb->kinds[p->kind].facts[n->fact].name);
		}
		return;
	case ACTION_ENTER:
		say_named(b, "stage", rb->stages, n->name);
		return;
	case ACTION_PLACE:
		say_named(b, "seat at", rb->dockets, n->name);
		return;
	case ACTION_ENROL:
		say_named(b, "place in", rb->capacities, n->name);
		return;
	case ACTION_RELEASE:
		say_named(b, "end of a place in", rb->capacities, n->name);
		return;
	case ACTION_CREDIT:
		say_named(b, "credit for", rb->lines, n->name);
		return;
	case ACTION_WAIVE:
		say_named(b, "waiver of", rb->lines, n->name);
		return;
	case ACTION_DENY:
		buf_c(b, "refusal");
		return;
	case ACTION_BROKEN:
		return;
	}
}

void plain_never(struct buf *b, const struct plain *p, const struct never *n)
{
	const struct block *k = &p->rb->blocks[n->block];
	if (k->kind == BLOCK_NEVER)
		buf_c(b, "no ");
	else if (n->action != ACTION_ORDER || n->name == NONE)
		buf_c(b, n->action == ACTION_ORDER || n->action == ACTION_STOP ? "an " : "a ");
	say_spoken_of(b, p, n);
	if (p->kind != NONE) {
		buf_c(b, " for a ");
		plain_name(b, p->rb->kinds[p->kind].name);
	}
	if (k->kind != BLOCK_NEVER)
		return;
	if (k->nlimits) {
		buf_c(b, " of more than ");
		plain_amount(b, p, &k->limits[0].most);
		buf_c(b, k->limits[0].per_case ? " in all" : " a ");
		if (!k->limits[0].per_case)
			buf_str(b, unit_name(k->limits[0].per, false));
	}
	if (n->after != NONE && n->when.n <= 3) { /* nothing but that */
		buf_c(b, " before this: ");
		plain_event(b, p->rb, n->after);
	} else if (n->when.n) {
		buf_c(b, " while ");
		plain_condition(b, p, &n->when);
	}
}
