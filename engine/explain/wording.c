/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/wording.h"

#define BLAMED_MOST   8
#define OPERANDS_MOST 16

void source_words(struct buf *b, const struct rulebook *rb, struct span span)
{
	struct str s = rulebook_text(rb, span);
	bool comment = false, quoted = false, gap = false;
	size_t start = b->len;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		comment = c != '\n' && (comment || (c == '#' && !quoted));
		if (comment || c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			gap = true;
			continue;
		}
		quoted ^= c == '"';
		if (gap && b->len > start)
			buf_char(b, ' ');
		gap = false;
		buf_char(b, c);
	}
}

void place_words(struct buf *b, const struct rulebook *rb, struct span span)
{
	if (span.source >= rb->nsources)
		return;
	buf_str(b, rb->sources[span.source].name);
	buf_char(b, ':');
	buf_i64(b, rulebook_line(rb, span));
}

void block_words(struct buf *b, const struct block *block)
{
	buf_str(b, block_kind_name(block->kind));
	if (block->kind == BLOCK_NEVER)
		return; /* its name is only its position */
	buf_char(b, ' ');
	buf_str(b, block->name);
}

void part_words(struct buf *b, const struct rulebook *rb, uint32_t part)
{
	const struct part *p = &rb->parts[part];
	if (p->role == PART_PROMISE) { /* its name only repeats it */
		buf_char(b, '`');
		source_words(b, rb, p->span);
		buf_char(b, '`');
		return;
	}
	block_words(b, &rb->blocks[p->block]);
	if (p->label.len) {
		buf_str(b, STR(", "));
		buf_str(b, p->label);
	}
}

/* ---- outcomes ---- */

static void words_name(struct buf *b, const char *before, struct str name)
{
	if (!name.len)
		return;
	buf_c(b, before);
	buf_str(b, name);
}

static void words_quoted(struct buf *b, struct str text)
{
	if (!text.len)
		return;
	buf_str(b, STR(" \""));
	buf_str(b, text);
	buf_char(b, '"');
}

static void words_amount(struct buf *b, const struct outcome *o)
{
	if (!o->has_amount)
		return;
	buf_char(b, ' ');
	money_text(b, o->cents);
}

static void words_set(struct buf *b, const struct wording *w, const struct outcome *o)
{
	const struct block *block = &w->rb->blocks[w->rb->parts[o->part].block];
	const struct fact *f = &w->rb->kinds[block->case_kind].facts[o->fact];
	words_name(b, " ", f->name);
	buf_str(b, STR(" to "));
	if (f->confidential && !w->confidential)
		buf_str(b, STR("(confidential)"));
	else
		policy_value_text(b, w->rb, &f->type, o->value);
}

static void words_object(struct buf *b, const struct wording *w, const struct outcome *o)
{
	const struct rulebook *rb = w->rb;
	switch (o->action) {
	case ACTION_PAY:
		words_amount(b, o);
		words_name(b, " to ", o->to);
		return;
	case ACTION_ASSESS:
		words_amount(b, o);
		words_name(b, " as ", o->name == NONE ? STR("") : rb->lines[o->name].name);
		return;
	case ACTION_CREDIT:
		words_amount(b, o);
		words_name(b, " against ", o->name == NONE ? STR("") : rb->lines[o->name].name);
		return;
	case ACTION_WAIVE:
		words_name(b, " ", o->name == NONE ? STR("") : rb->lines[o->name].name);
		return;
	case ACTION_REFER:
		words_name(b, " to ", o->to);
		return;
	case ACTION_REQUIRE:
		words_name(b, " ", o->name == NONE ? STR("") : rb->requirements[o->name].name);
		return;
	case ACTION_NOTIFY:
		words_name(b, " ", o->to);
		words_quoted(b, o->text);
		return;
	case ACTION_ORDER:
		words_name(b, " ", o->name == NONE ? STR("") : rb->orders[o->name].name);
		return;
	case ACTION_PLACE:
		words_name(b, " on ", o->name == NONE ? STR("") : rb->dockets[o->name].name);
		buf_c(b, o->urgent ? " urgent" : "");
		words_name(b, " for ", o->to); /* in scenarios */
		return;
	case ACTION_ENROL:
		words_name(b, " in ", rb->capacities[o->name].name);
		words_name(b, " for ", o->to);
		return;
	case ACTION_RELEASE:
		words_name(b, " ", rb->capacities[o->name].name);
		words_name(b, " for ", o->to);
		return;
	case ACTION_ENTER:
		words_name(b, " ", o->name == NONE ? STR("") : rb->stages[o->name].name);
		words_name(b, " for ", o->to); /* in scenarios */
		return;
	case ACTION_START:
	case ACTION_STOP:
		words_name(b, " ", rb->blocks[rb->schedules[o->schedule].block].name);
		return;
	case ACTION_SET:
		words_set(b, w, o);
		return;
	case ACTION_DENY:
	case ACTION_BROKEN:
		words_quoted(b, o->text);
		return;
	}
}

static void words_plan(struct buf *b, const struct outcome *o)
{
	if (o->action == ACTION_ASSESS && o->times > 1)
		buf_fmt(b, " in %u instalments", (unsigned)o->times);
	else if ((o->action == ACTION_START || o->action == ACTION_STOP) && o->times)
		buf_fmt(b, " %u times", (unsigned)o->times);
	if (o->action == ACTION_START && o->has_amount) {
		buf_char(b, ',');
		words_amount(b, o);
		words_name(b, " to ", o->to);
	}
}

/* take back: pay $100.00 to ana from incentives */
static void words_reversal(struct buf *b, const struct wording *w, const struct outcome *o)
{
	struct outcome original = *o;
	const struct block *block = &w->rb->blocks[w->rb->parts[o->part].block];
	original.reversal = false;
	buf_str(b, STR("take back: "));
	if (o->action != ACTION_SET) {
		outcome_words(b, w, &original);
		return;
	}
	buf_str(b, STR("set"));
	words_name(b, " ", w->rb->kinds[block->case_kind].facts[o->fact].name);
}

void outcome_words(struct buf *b, const struct wording *w, const struct outcome *o)
{
	if (o->reversal) {
		words_reversal(b, w, o);
		return;
	}
	if (o->unfunded)
		buf_str(b, STR("unfunded: "));
	if (o->proposal)
		buf_str(b, STR("may "));
	if (o->waiting) {
		words_name(b, "waitlist for ", w->rb->capacities[o->name].name);
		words_name(b, " for ", o->to);
		return;
	}
	buf_str(b, action_verb(o->action));
	words_object(b, w, o);
	words_plan(b, o);
	if (o->fund != NONE)
		words_name(b, o->action == ACTION_ASSESS ? " into " : " from ",
			   w->rb->funds[o->fund].name);
	if (o->due != DAY_NONE) {
		buf_str(b, STR(" due "));
		day_text(b, o->due);
	}
	if (o->item)
		buf_fmt(b, ", item %u", (unsigned)o->item);
	if (o->status == OUTCOME_HELD)
		buf_str(b, STR(" (held)"));
	else if (outcome_withheld(o))
		buf_str(b, STR(" (stopped)"));
}

/* ---- conditions ---- */

void seen_words(struct buf *b, const struct wording *w, const struct considered *c,
		const struct term *t)
{
	if (!t->value.known)
		buf_str(b, STR("not known"));
	else if (!w->confidential && term_is_confidential(w->rb, c, t))
		buf_str(b, STR("(confidential)"));
	else
		policy_value_text(b, w->rb, &t->type, t->value);
}

void list_words(struct buf *b, const struct wording *w, const struct considered *c,
		const struct term *const *read, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(b, STR(", "));
		source_words(b, w->rb, read[i]->in->span);
		buf_str(b, STR(" was "));
		seen_words(b, w, c, read[i]);
	}
}

void operands_words(struct buf *b, const struct wording *w, const struct considered *c,
		    const struct term *t)
{
	const struct term *read[OPERANDS_MOST];
	list_words(b, w, c, read, term_operands(w->rb, t, read, 0, OPERANDS_MOST));
}

static void words_blamed(struct buf *b, const struct wording *w, const struct considered *c,
			 const struct term *const *blamed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(b, i + 1 < n ? STR(", ") : STR(" and "));
		if (term_is_operand(blamed[i])) { /* a yes/no by itself: its value says it */
			operands_words(b, w, c, blamed[i]);
			continue;
		}
		source_words(b, w->rb, blamed[i]->in->span);
		buf_str(b, STR(" was not met"));
		size_t before = b->len;
		buf_str(b, STR(" ("));
		size_t start = b->len;
		operands_words(b, w, c, blamed[i]);
		if (b->len == start)
			b->len = before;
		else
			buf_char(b, ')');
	}
}

/* because `age` and `custody` are not known */
static void words_unknown(struct buf *b, const struct wording *w, const struct term *const *blamed,
			  size_t n)
{
	size_t named = 0;
	for (size_t i = 0; i < n; i++) {
		const struct term *read[OPERANDS_MOST];
		size_t m = term_operands(w->rb, blamed[i], read, 0, OPERANDS_MOST);
		for (size_t j = 0; j < m; j++) {
			if (read[j]->value.known)
				continue;
			buf_str(b, named++ ? STR(" and `") : STR(", because `"));
			source_words(b, w->rb, read[j]->in->span);
			buf_char(b, '`');
		}
	}
	if (named)
		buf_str(b, named > 1 ? STR(" are not known") : STR(" is not known"));
}

static void words_condition(struct buf *b, const struct wording *w, const struct considered *c)
{
	struct arena a = {0};
	const struct code *code = reading_code(w->rb, c);
	const struct condition *cond = condition_read(&a, code, c->seen, c->nseen);
	const struct term *blamed[BLAMED_MOST];
	size_t n = condition_blame(cond, blamed, BLAMED_MOST);
	if (c->result == RESULT_UNDECIDABLE) {
		buf_str(b, STR("could not be decided"));
		words_unknown(b, w, blamed, n);
	} else if (n) {
		buf_str(b, STR("did not apply: "));
		words_blamed(b, w, c, blamed, n);
	} else {
		buf_str(b, STR("did not apply: its condition was not met"));
	}
	arena_release(&a);
}

static void words_step(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	const struct escalation *e = &rb->escalations[p->escalation];
	struct str step = block_step_name(rb->blocks[p->block].kind);
	buf_str(b, STR("did not apply: the case "));
	if (p->role == PART_ENDS || (p->after & 1)) {
		buf_c(b, p->role == PART_ENDS ? "stood in none of its " : "already stood in a ");
		buf_str(b, step);
		buf_c(b, p->role == PART_ENDS ? "s" : "");
		return;
	}
	buf_str(b, STR("did not stand in "));
	buf_str(b, step);
	const char *before = " ";
	for (uint16_t s = 1; s <= e->nsteps; s++) {
		if (!(p->after >> s & 1))
			continue;
		words_name(b, before, e->steps[s - 1].name);
		before = " or ";
	}
}

static void words_no_effect(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	if (p->role == PART_STOPS)
		buf_str(b, STR("did nothing: the schedule was not running"));
	else if (rb->blocks[p->block].kind == BLOCK_SCHEDULE)
		buf_str(b, STR("did nothing: the schedule runs already"));
	else if (p->nactions == 1 && p->actions[0].kind == ACTION_PLACE)
		buf_str(b,
			STR("did nothing: the case is on the agenda of a coming meeting already"));
	else if (p->nactions == 1 && p->actions[0].kind == ACTION_ENROL)
		buf_str(b, STR("did nothing: the case has a place already, or waits for one"));
	else if (p->nactions == 1 && p->actions[0].kind == ACTION_RELEASE)
		buf_str(b, STR("did nothing: the case has no place, and waits for none"));
	else if (p->nactions == 1 && p->actions[0].kind == ACTION_ENTER)
		buf_str(b, STR("did nothing: the case stood in that stage already, or the county "
			       "has none"));
	else
		buf_str(b, STR("did nothing: there was nothing to start, to stop or to lower"));
}

void verdict_words(struct buf *b, const struct wording *w, const struct considered *c)
{
	switch (c->result) {
	case RESULT_APPLIES:
		buf_str(b, STR("applied"));
		return;
	case RESULT_NOT_MET:
	case RESULT_UNDECIDABLE:
		words_condition(b, w, c);
		return;
	case RESULT_OTHER_STEP:
		words_step(b, w->rb, &w->rb->parts[c->index]);
		return;
	case RESULT_LIMIT:
		buf_str(b, STR("paid nothing: it would have gone over `"));
		source_words(b, w->rb, c->limit);
		buf_char(b, '`');
		return;
	case RESULT_NOT_IN_FORCE:
		buf_str(b, STR("did not apply: it was not in force on that day"));
		return;
	case RESULT_NO_EFFECT:
		words_no_effect(b, w->rb, &w->rb->parts[c->index]);
		return;
	case RESULT_OVERRIDDEN:
		buf_str(b, STR("did not apply: overridden by "));
		block_words(b, &w->rb->blocks[c->by]);
		buf_str(b, STR(" ("));
		place_words(b, w->rb, c->limit);
		buf_char(b, ')');
		return;
	case RESULT_BREAKS:
		buf_str(b, STR("stopped the event"));
		return;
	case RESULT_HOLDS:
		buf_str(b, STR("was kept"));
		return;
	}
}
