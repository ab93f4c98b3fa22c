/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/letter.h"
#include "engine/explain/plain.h"
#include "engine/explain/sentence.h"

struct sentence {
	struct buf *b;
	const struct rulebook *rb;
	const struct decision *d;
	const struct outcome *o;
};

static bool is_mine(const struct sentence *s)
{
	return str_eq(s->o->to, s->d->event.subject);
}

static void put_money(const struct sentence *s, const char *before)
{
	buf_c(s->b, before);
	money_text(s->b, s->o->cents);
}

static void put_day(const struct sentence *s, const char *before, int32_t day)
{
	if (day == DAY_NONE)
		return;
	buf_c(s->b, before);
	plain_day(s->b, day);
}

static void put_title(const struct sentence *s, const char *before, const struct named *list)
{
	buf_c(s->b, before);
	if (s->o->name != NONE)
		sentence_named(s->b, &list[s->o->name]);
	sentence_end(s->b);
}

static bool say_pay(const struct sentence *s)
{
	if (!is_mine(s))
		return false;
	if (outcome_withheld(s->o)) {
		put_money(s, "A payment of ");
		put_day(s, " was due on ", s->o->due);
		buf_c(s->b, s->o->status == OUTCOME_HELD ? ". It is on hold. You do not get it now."
							 : ". It was stopped. You do not get it.");
		return true;
	}
	put_money(s, s->o->unfunded   ? "You would get "
		     : s->o->proposal ? "You may get "
				      : "You get ");
	if (!s->o->unfunded && !s->o->proposal)
		put_day(s, " on ", s->o->due);
	sentence_end(s->b);
	return true;
}

static bool say_assess(const struct sentence *s)
{
	int32_t first, last;
	put_money(s, s->o->proposal ? "You may have to pay " : "You have to pay ");
	if (s->o->name != NONE) {
		buf_c(s->b, " for this: ");
		sentence_named(s->b, &s->rb->lines[s->o->name]);
	}
	if (!sentence_days(s->rb, s->d, s->o, &first, &last)) {
		put_day(s, s->o->name == NONE ? " by " : ". Pay it by ", s->o->due);
		sentence_end(s->b);
		return true;
	}
	sentence_end(s->b);
	buf_fmt(s->b, " You can pay it in %u parts. The first part is due on ",
		(unsigned)s->o->times);
	plain_day(s->b, first);
	put_day(s, ". The last part is due on ", last);
	sentence_end(s->b);
	return true;
}

static bool say_start(const struct sentence *s)
{
	int32_t first, last;
	if (is_mine(s)) {
		put_money(s, s->o->unfunded ? "You would get " : "You get ");
		buf_fmt(s->b, ", %u times.", (unsigned)s->o->times);
	} else {
		put_money(s, s->o->unfunded ? "We would pay " : "We pay ");
		buf_fmt(s->b, ", %u times, for you. This money does not go to you.",
			(unsigned)s->o->times);
	}
	if (s->o->unfunded || !sentence_days(s->rb, s->d, s->o, &first, &last))
		return true;
	put_day(s, " The first payment is on ", first);
	put_day(s, ". The last one is on ", last);
	sentence_end(s->b);
	return true;
}

static bool say_stop(const struct sentence *s)
{
	const struct block *block = &s->rb->blocks[s->rb->schedules[s->o->schedule].block];
	buf_c(s->b, block->title.len ? "These payments stop: " : "Your payments stop");
	if (block->title.len)
		sentence_quote(s->b, block->title);
	sentence_end(s->b);
	return true;
}

/* Of what is not confidential, and can name nobody. */
static bool say_set(const struct sentence *s)
{
	const struct block *block = &s->rb->blocks[s->rb->parts[s->o->part].block];
	const struct fact *f = &s->rb->kinds[block->case_kind].facts[s->o->fact];
	if (f->confidential || f->consent || type_is_text(f->type.kind))
		return false;
	buf_c(s->b, "We wrote this down: ");
	plain_title(s->b, f->title, f->name);
	buf_c(s->b, f->title.len ? ": " : " is ");
	sentence_value(s->b, s->rb, &f->type, s->o->value);
	sentence_end(s->b);
	return true;
}

static bool say_refer(const struct sentence *s)
{
	buf_c(s->b, "We send you to ");
	if (s->o->to.len && !is_mine(s)) {
		size_t start = s->b->len;
		for (uint16_t i = 0; i < s->rb->nparties; i++)
			if (str_eq(s->rb->parties[i].name, s->o->to))
				sentence_named(s->b, &s->rb->parties[i]);
		if (s->b->len == start) /* another case: who that is stays out */
			buf_c(s->b, "a partner of ours");
	} else {
		buf_c(s->b, "a partner of ours");
	}
	sentence_end(s->b);
	return true;
}

static bool say_notice(const struct sentence *s)
{
	if (!is_mine(s) || !s->o->text.len)
		return false;
	buf_c(s->b, "We tell you: ");
	sentence_quote(s->b, s->o->text);
	sentence_end(s->b);
	return true;
}

static bool say_place(const struct sentence *s)
{
	buf_c(s->b, "Your case will be heard");
	put_day(s, " on ", s->o->due);
	buf_c(s->b, ", at this meeting: ");
	sentence_named(s->b, &s->rb->dockets[s->o->name]);
	sentence_end(s->b);
	return true;
}

static bool say_broken(const struct sentence *s)
{
	const struct block *block = &s->rb->blocks[s->rb->parts[s->o->part].block];
	buf_c(s->b, "Something that was promised was not done in time");
	if (block->title.len) {
		buf_c(s->b, ": ");
		sentence_quote(s->b, block->title);
	}
	sentence_end(s->b);
	return true;
}

static bool say(const struct sentence *s)
{
	switch (s->o->action) {
	case ACTION_PAY:
		return say_pay(s);
	case ACTION_ASSESS:
		return say_assess(s);
	case ACTION_CREDIT:
		put_money(s, "You owe less now, by ");
		sentence_end(s->b);
		return true;
	case ACTION_WAIVE:
		put_money(s, "You no longer owe this: ");
		sentence_end(s->b);
		return true;
	case ACTION_REFER:
		return say_refer(s);
	case ACTION_REQUIRE:
		put_title(s, "This is needed: ", s->rb->requirements);
		return true;
	case ACTION_NOTIFY:
		return say_notice(s);
	case ACTION_ORDER:
		put_title(s, "This was ordered: ", s->rb->orders);
		return true;
	case ACTION_START:
		return say_start(s);
	case ACTION_STOP:
		return say_stop(s);
	case ACTION_SET:
		return say_set(s);
	case ACTION_ENTER:
		put_title(s, "Your case is now at this stage: ", s->rb->stages);
		return true;
	case ACTION_PLACE:
		return say_place(s);
	case ACTION_ENROL:
		put_title(s,
			  s->o->waiting ? "All places are taken. You are on the waiting list for "
					  "this: "
					: "You have a place in this: ",
			  s->rb->capacities);
		return true;
	case ACTION_RELEASE:
		put_title(s, "You no longer have a place in this: ", s->rb->capacities);
		return true;
	case ACTION_DENY:
		buf_c(s->b, "We said no");
		if (s->o->text.len) {
			buf_c(s->b, ": ");
			sentence_quote(s->b, s->o->text);
		}
		sentence_end(s->b);
		return true;
	case ACTION_BROKEN:
		return say_broken(s);
	}
	return false;
}

bool letter_outcome(struct buf *b, const struct rulebook *rb, const struct decision *d,
		    const struct outcome *o)
{
	size_t start = b->len;
	struct sentence s = {b, rb, d, o};
	if (o->reversal)
		buf_c(b, "We take this back: ");
	if (!say(&s)) {
		b->len = start;
		return false;
	}
	if (o->unfunded)
		buf_c(b, " But there is not enough money left for it. So nothing is paid.");
	if (o->proposal)
		buf_c(b, " This is not decided yet. A person will decide it.");
	return true;
}
