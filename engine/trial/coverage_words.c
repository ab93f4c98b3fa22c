/* SPDX-License-Identifier: Apache-2.0
 *
 * What was not seen, in words. Each sentence says what no scenario shows, so that its author knows
 * what to write.
 */
#include "engine/trial/coverage_internal.h"
#include "engine/explain/wording.h"

/* ---- whose it is ---- */

/* Several events of one clause are several parts with one name. */
static bool has_siblings(const struct rulebook *rb, const struct part *p)
{
	const struct block *b = &rb->blocks[p->block];
	size_t n = 0;
	for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++)
		n += rb->parts[i].role == p->role && str_eq(rb->parts[i].label, p->label);
	return n > 1;
}

static void owner_words(struct buf *b, const struct coverage *c, const struct coverage_point *p)
{
	const struct rulebook *rb = c->rb;
	if (p->of == OF_FUND)
		buf_fmt(b, "fund " STR_FMT, STR_ARG(rb->funds[p->index].name));
	else if (p->of == OF_CAPACITY)
		buf_fmt(b, "capacity " STR_FMT, STR_ARG(rb->capacities[p->index].name));
	else if (p->of == OF_DOCKET)
		buf_fmt(b, "docket " STR_FMT, STR_ARG(rb->dockets[p->index].name));
	else if (p->of == OF_NEVER)
		source_words(b, rb, coverage_block(c, p)->span);
	else if (p->of == OF_PART && p->kind != COVER_LIMIT)
		part_words(b, rb, p->index);
	else
		block_words(b, coverage_block(c, p));
}

static bool is_overdue(const struct coverage *c, const struct coverage_point *p)
{
	return p->of == OF_PART && c->rb->parts[p->index].role == PART_OVERDUE;
}

void coverage_subject_words(struct buf *b, const struct coverage *c, size_t point)
{
	const struct coverage_point *p = &c->points.at[point];
	const struct rulebook *rb = c->rb;
	owner_words(b, c, p);
	if (p->of == OF_PART && p->kind <= COVER_ELSEWHERE && !is_overdue(c, p) &&
	    has_siblings(rb, &rb->parts[p->index]))
		buf_fmt(b, ", on " STR_FMT, STR_ARG(rb->events[rb->parts[p->index].event].name));
}

/* `was never reached` and `never applied` go on with the sentence. */
static const char *between(const struct coverage *c, const struct coverage_point *p)
{
	bool reached = p->kind == COVER_REACHED && !is_overdue(c, p);
	return reached || p->kind == COVER_APPLIED ? " " : ": ";
}

/* ---- comparisons ---- */

/* Of several comparisons with one text, as `is one of` has them: which option. */
static void option_words(struct buf *b, const struct coverage *c, const struct coverage_point *p)
{
	const struct condition_shape *s = &c->conditions.at[p->condition];
	const struct insn *in = &s->code->at[p->number];
	const struct node *n = &s->nodes[p->number];
	size_t same = 0;
	for (uint32_t i = 0; i < s->code->n; i++)
		same += s->nodes[i].leaf && s->code->at[i].span.off == in->span.off &&
			s->code->at[i].span.len == in->span.len;
	if (same < 2)
		return;
	buf_str(b, STR(", for `"));
	if (in->op == OP_STEP_IS && in->b)
		buf_str(b, c->rb->escalations[in->a].steps[in->b - 1].name);
	else if (n->b != NONE && s->code->at[n->b].op == OP_CONST)
		source_words(b, c->rb, s->code->at[n->b].span);
	else
		buf_str(b, STR("none"));
	buf_char(b, '`');
}

/* What the provision does where the condition comes out so. */
static const char *decided_words(const struct coverage_point *p, bool outcome)
{
	switch (p->of) {
	case OF_OVERRIDE:
		return outcome ? "made it override" : "kept it from overriding";
	case OF_NEVER:
		return outcome ? "made it stop anything" : "let anything pass";
	case OF_SCHEDULE:
		return outcome ? "made it hold" : "let it go on";
	case OF_SHARE:
		return outcome ? "let it be seen" : "kept it from being seen";
	case OF_PART:
	case OF_TABLE:
	case OF_FUND:
	case OF_CAPACITY:
	case OF_DOCKET:
	case OF_KINDS:
		break;
	}
	return outcome ? "made it apply" : "kept it from applying";
}

static void answer_words(struct buf *b, const struct coverage *c, size_t point)
{
	const struct coverage_point *p = &c->points.at[point];
	bool yes = p->kind == COVER_YES;
	bool outcome = condition_outcome(&c->conditions.at[p->condition], p->number, yes);
	buf_char(b, '`');
	source_words(b, c->rb, p->span);
	buf_char(b, '`');
	option_words(b, c, p);
	if (!c->came[point])
		buf_c(b, yes ? " was never met" : " was never not met");
	else
		buf_fmt(b, " was %smet, but that alone never %s", yes ? "" : "not ",
			decided_words(p, outcome));
}

/* ---- the others ---- */

static void quoted_source(struct buf *b, const struct rulebook *rb, struct span span)
{
	buf_char(b, '`');
	source_words(b, rb, span);
	buf_char(b, '`');
}

static void deadline_words(struct buf *b, const struct coverage *c, const struct coverage_point *p)
{
	const struct rulebook *rb = c->rb;
	const struct part *part = &rb->parts[p->index];
	const struct action *a = p->number == NONE ? NULL : part_action(part, p->number);
	bool answered = p->kind == COVER_ANSWERED;
	if (part->role == PART_PROMISE) {
		buf_c(b, answered ? "no scenario keeps it" : "no scenario breaks it");
	} else if (!a) {
		buf_fmt(b, "no scenario has `" STR_FMT "` come in time",
			STR_ARG(rb->events[part->event].name));
	} else if (answered) {
		buf_fmt(b, "no scenario has its `" STR_FMT "` answered in time by `" STR_FMT "`",
			STR_ARG(action_verb(a->kind)), STR_ARG(rb->events[a->answered_by].name));
	} else {
		buf_fmt(b, "no scenario lets the time of its `" STR_FMT "` run out",
			STR_ARG(action_verb(a->kind)));
	}
}

static void proposal_words(struct buf *b, const struct coverage *c, const struct coverage_point *p)
{
	const struct action *a = part_action(&c->rb->parts[p->index], p->number);
	buf_fmt(b, "no scenario has its proposal to " STR_FMT " %s", STR_ARG(action_verb(a->kind)),
		p->kind == COVER_APPROVED ? "approved" : "declined");
}

static void warned_words(struct buf *b, const struct coverage *c, const struct coverage_point *p)
{
	buf_c(b, "no scenario or projection uses ");
	percent_text(b, c->rb->budgets[p->index].warn);
	buf_c(b, " of it, at which it warns");
}

static const char *plain_words(enum coverage_kind kind)
{
	switch (kind) {
	case COVER_REACHED:
		return "was never reached";
	case COVER_APPLIED:
		return "never applied";
	case COVER_ELSEWHERE:
		return "no scenario has its event while the case stands elsewhere";
	case COVER_CHECKED:
		return "no scenario does what it speaks of";
	case COVER_ITEM:
		return "no scenario pays an item of it";
	case COVER_LAST:
		return "no scenario goes to its last item";
	case COVER_HELD:
		return "no scenario has an item held";
	case COVER_SHARED:
		return "no scenario expects that a partner may see it";
	case COVER_NOT_SHARED:
		return "no scenario expects that a partner may not see it";
	case COVER_FUNDED:
		return "no scenario or projection pays from it";
	case COVER_UNFUNDED:
		return "no scenario or projection asks it for more than is left";
	case COVER_PLACE:
		return "no scenario or projection gives a place";
	case COVER_WAITING:
		return "no scenario or projection has somebody wait for a place";
	case COVER_FOUND:
		return "no scenario or projection gives a place to somebody who waited";
	case COVER_SEAT:
		return "no scenario or projection places a case on it";
	case COVER_FULL:
		return "no scenario or projection fills a meeting, so that a case goes to the next";
	default: /* said otherwise */
		return "";
	}
}

void coverage_missing_words(struct buf *b, const struct coverage *c, size_t point)
{
	const struct coverage_point *p = &c->points.at[point];
	const struct rulebook *rb = c->rb;
	switch (p->kind) {
	case COVER_YES:
	case COVER_NO:
		answer_words(b, c, point);
		return;
	case COVER_ANSWERED:
	case COVER_RAN_OUT:
		deadline_words(b, c, p);
		return;
	case COVER_APPROVED:
	case COVER_DECLINED:
		proposal_words(b, c, p);
		return;
	case COVER_WARNED:
		warned_words(b, c, p);
		return;
	case COVER_ROW:
		buf_c(b, "no scenario goes by the row ");
		quoted_source(b, rb, p->span);
		return;
	case COVER_LIMIT:
		buf_c(b, "no scenario reaches ");
		quoted_source(b, rb, p->span);
		return;
	case COVER_OVERRIDES: {
		uint16_t over = rb->precedences[p->index].over[p->number];
		buf_fmt(b, "no scenario shows that it overrides `" STR_FMT "`",
			STR_ARG(rb->blocks[over].name));
		return;
	}
	default:
		if (p->kind == COVER_REACHED && is_overdue(c, p))
			buf_c(b, "no scenario lets its time run out");
		else
			buf_c(b, plain_words(p->kind));
	}
}

void coverage_told(struct buf *b, const struct coverage *c, size_t point)
{
	coverage_subject_words(b, c, point);
	buf_c(b, between(c, &c->points.at[point]));
	coverage_missing_words(b, c, point);
}

void coverage_gap_words(struct buf *b, const struct coverage *c, size_t point)
{
	coverage_told(b, c, point);
	buf_str(b, STR(" — "));
	place_words(b, c->rb, c->points.at[point].span);
}
