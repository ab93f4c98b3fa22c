/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/plain.h"
#include "engine/explain/sentence.h"
#include "engine/explain/worker.h"

static void put_to(struct buf *b, const struct rulebook *rb, struct str to)
{
	if (!to.len)
		return;
	buf_str(b, STR(" to "));
	sentence_party(b, rb, to);
}

static void put_amount(struct buf *b, const struct outcome *o)
{
	buf_char(b, ' ');
	money_text(b, o->cents);
}

static void put_by(struct buf *b, const char *before, int32_t day)
{
	if (day == DAY_NONE)
		return;
	buf_c(b, before);
	plain_day(b, day);
}

static void put_title(struct buf *b, const char *verb, const struct named *list, uint16_t index)
{
	buf_fmt(b, "%s ", verb);
	if (index != NONE)
		sentence_named(b, &list[index]);
}

static void put_span(struct buf *b, const struct rulebook *rb, const struct decision *d,
		     const struct outcome *o)
{
	int32_t first, last;
	if (!sentence_days(rb, d, o, &first, &last))
		return;
	buf_fmt(b, ", %u times", (unsigned)o->times);
	put_by(b, ", from ", first);
	put_by(b, " to ", last);
}

static void put_schedule(struct buf *b, const struct rulebook *rb, uint16_t schedule)
{
	const struct block *block = &rb->blocks[rb->schedules[schedule].block];
	sentence_named(b, &(struct named){.name = block->name, .title = block->title});
}

static void put_fund(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	if (o->fund == NONE)
		return;
	buf_c(b, o->action == ACTION_ASSESS ? ", into " : ", from ");
	sentence_named(b, &rb->funds[o->fund]);
}

static void put_set(struct buf *b, const struct wording *w, const struct outcome *o)
{
	const struct block *block = &w->rb->blocks[w->rb->parts[o->part].block];
	const struct fact *f = &w->rb->kinds[block->case_kind].facts[o->fact];
	buf_str(b, STR("Note "));
	plain_title(b, f->title, f->name);
	buf_str(b, STR(": "));
	if (f->confidential && !w->confidential)
		buf_str(b, STR("(confidential)"));
	else
		sentence_value(b, w->rb, &f->type, o->value);
}

static void put_action(struct buf *b, const struct wording *w, const struct decision *d,
		       const struct outcome *o)
{
	const struct rulebook *rb = w->rb;
	switch (o->action) {
	case ACTION_PAY:
		buf_str(b, STR("Pay"));
		put_amount(b, o);
		put_to(b, rb, o->to);
		put_by(b, " on ", o->due);
		break;
	case ACTION_ASSESS:
		buf_str(b, STR("To be paid by the person:"));
		put_amount(b, o);
		if (o->name != NONE)
			put_title(b, " for", rb->lines, o->name);
		put_span(b, rb, d, o);
		if (o->times < 2)
			put_by(b, ", due ", o->due);
		break;
	case ACTION_CREDIT:
		buf_str(b, STR("Take"));
		put_amount(b, o);
		buf_str(b, STR(" off what is owed"));
		break;
	case ACTION_WAIVE:
		buf_str(b, STR("No longer owed:"));
		put_amount(b, o);
		break;
	case ACTION_REFER:
		buf_str(b, STR("Refer"));
		put_to(b, rb, o->to);
		break;
	case ACTION_REQUIRE:
		put_title(b, "Ask for", rb->requirements, o->name);
		break;
	case ACTION_NOTIFY:
		buf_str(b, STR("Tell"));
		buf_char(b, ' ');
		sentence_party(b, rb, o->to.len ? o->to : STR("those responsible"));
		buf_str(b, STR(": "));
		sentence_quote(b, o->text);
		break;
	case ACTION_ORDER:
		put_title(b, "Order", rb->orders, o->name);
		break;
	case ACTION_START:
		buf_str(b, STR("Start "));
		put_schedule(b, rb, o->schedule);
		buf_char(b, ':');
		put_amount(b, o);
		put_to(b, rb, o->to);
		put_span(b, rb, d, o);
		break;
	case ACTION_STOP:
		buf_str(b, STR("Stop "));
		put_schedule(b, rb, o->schedule);
		buf_fmt(b, "; %u payments are not made", (unsigned)o->times);
		break;
	case ACTION_SET:
		put_set(b, w, o);
		break;
	case ACTION_ENTER:
		put_title(b, "Now at the stage", rb->stages, o->name);
		break;
	case ACTION_PLACE:
		put_title(b, "On the agenda of", rb->dockets, o->name);
		put_by(b, " on ", o->due);
		break;
	case ACTION_ENROL:
		put_title(b, o->waiting ? "On the waiting list of" : "A place in", rb->capacities,
			  o->name);
		break;
	case ACTION_RELEASE:
		put_title(b, "Gives back the place in", rb->capacities, o->name);
		break;
	case ACTION_DENY:
		buf_str(b, STR("Refused: "));
		sentence_quote(b, o->text);
		break;
	case ACTION_BROKEN:
		buf_str(b, STR("A promise was not kept: "));
		sentence_quote(b, o->text);
		break;
	}
}

void worker_outcome(struct buf *b, const struct wording *w, const struct decision *d,
		    const struct outcome *o)
{
	if (o->reversal)
		buf_str(b, STR("Taken back: "));
	if (o->unfunded)
		buf_str(b, STR("Not paid, as the fund has not enough left: "));
	if (o->proposal)
		buf_str(b, STR("To be approved or declined: "));
	put_action(b, w, d, o);
	put_fund(b, w->rb, o);
	if (o->status == OUTCOME_HELD)
		buf_str(b, STR(" (on hold, not paid)"));
	else if (outcome_withheld(o))
		buf_str(b, STR(" (stopped, not paid)"));
	sentence_end(b);
}
