/* SPDX-License-Identifier: Apache-2.0
 *
 * What was not seen, in words. Each sentence says what no scenario shows, so that its author knows
 * what to write.
 */
#include "engine/audit/coverage_internal.h"
#include "engine/audit/wording.h"
#include "engine/case/json_write.h"

/* ---- groups ---- */

static enum coverage_group group_of(const struct coverage_point *p)
{
	switch (p->kind) {
	case COVER_REACHED: /* counted where it applied */
	case COVER_APPLIED:
		return GROUP_PROVISIONS;
	case COVER_YES:
	case COVER_NO:
		return GROUP_CONDITIONS;
	case COVER_ELSEWHERE:
		return GROUP_STEPS;
	case COVER_ROW:
		return GROUP_ROWS;
	case COVER_ANSWERED:
	case COVER_RAN_OUT:
		return GROUP_DEADLINES;
	case COVER_APPROVED:
	case COVER_DECLINED:
		return GROUP_PROPOSALS;
	case COVER_LIMIT:
		return GROUP_LIMITS;
	case COVER_ITEM:
	case COVER_LAST:
	case COVER_HELD:
		return GROUP_SCHEDULES;
	case COVER_CHECKED:
		return GROUP_NEVERS;
	case COVER_OVERRIDES:
		return GROUP_OVERRIDES;
	case COVER_SHARED:
	case COVER_NOT_SHARED:
		return GROUP_SHARES;
	case COVER_FUNDED:
	case COVER_UNFUNDED:
	case COVER_WARNED:
		return GROUP_FUNDS;
	case COVER_PLACE:
	case COVER_WAITING:
	case COVER_FOUND:
		return GROUP_PLACES;
	}
	return GROUPS;
}

static const struct {
	struct str name, words;
} groups[GROUPS] = {
    [GROUP_PROVISIONS] = {STR_INIT("provisions"), STR_INIT("provisions that applied")},
    [GROUP_CONDITIONS] = {STR_INIT("conditions"), STR_INIT("answers of comparisons that decided")},
    [GROUP_STEPS] = {STR_INIT("steps"), STR_INIT("steps kept from being entered")},
    [GROUP_ROWS] = {STR_INIT("rows"), STR_INIT("rows of tables that were reached")},
    [GROUP_DEADLINES] = {STR_INIT("deadlines"), STR_INIT("deadlines met, and run out")},
    [GROUP_PROPOSALS] = {STR_INIT("proposals"), STR_INIT("proposals approved, and declined")},
    [GROUP_LIMITS] = {STR_INIT("limits"), STR_INIT("limits that were reached")},
    [GROUP_SCHEDULES] = {STR_INIT("schedules"), STR_INIT("schedules: paid, held, to the end")},
    [GROUP_NEVERS] = {STR_INIT("nevers"), STR_INIT("prohibitions that were checked")},
    [GROUP_OVERRIDES] = {STR_INIT("overrides"), STR_INIT("provisions that were overridden")},
    [GROUP_SHARES] = {STR_INIT("shares"), STR_INIT("shares shown, and refused")},
    [GROUP_FUNDS] = {STR_INIT("funds"), STR_INIT("funds: paid from, warned, run out")},
    [GROUP_PLACES] = {STR_INIT("places"), STR_INIT("places taken, waited for, found")},
};

struct str coverage_group_words(enum coverage_group g)
{
	return groups[g].words;
}

void coverage_sums(const struct coverage *c, struct coverage_sum out[GROUPS])
{
	for (enum coverage_group g = 0; g < GROUPS; g++)
		out[g] = (struct coverage_sum){0};
	for (size_t i = 0; i < c->points.n; i++) {
		struct coverage_sum *s = &out[group_of(&c->points.at[i])];
		if (c->points.at[i].kind == COVER_REACHED || !coverage_wanted(c, i))
			continue;
		s->of++;
		s->seen += c->seen[i] > 0;
		s->came += c->came[i] > 0;
	}
}

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
	buf_c(b, "no scenario uses ");
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
		return "no scenario pays from it";
	case COVER_UNFUNDED:
		return "no scenario asks it for more than is left";
	case COVER_PLACE:
		return "no scenario gives a place";
	case COVER_WAITING:
		return "no scenario has somebody wait for a place";
	case COVER_FOUND:
		return "no scenario gives a place to somebody who waited";
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

/* ---- all of it ---- */

static void sums_text(struct buf *b, const struct coverage *c)
{
	struct coverage_sum sums[GROUPS];
	coverage_sums(c, sums);
	buf_c(b, "covered by scenarios:\n");
	for (enum coverage_group g = 0; g < GROUPS; g++) {
		const struct coverage_sum *s = &sums[g];
		if (!s->of)
			continue;
		buf_fmt(b, "  %-36.*s %zu of %zu", STR_ARG(groups[g].words), s->seen, s->of);
		if (g == GROUP_CONDITIONS && s->came != s->seen)
			buf_fmt(b, " (%zu came)", s->came);
		buf_char(b, '\n');
	}
}

static void gap_text(struct buf *b, const struct coverage *c, size_t point)
{
	struct coverage_weight w = coverage_weight(c, point);
	coverage_gap_words(b, c, point);
	buf_char(b, '\n');
	if (w.cases) {
		buf_c(b, "  in the record: ");
		weight_words(b, w);
		buf_char(b, '\n');
	}
	if (c->possible[point].example.len)
		buf_fmt(b, "  it would where " STR_FMT "\n", STR_ARG(c->possible[point].example));
}

void coverage_text(struct buf *b, const struct coverage *c)
{
	struct arena a = {0};
	const uint32_t *gaps;
	size_t n = coverage_gaps(c, &a, &gaps);
	for (size_t i = 0; i < n; i++)
		gap_text(b, c, gaps[i]);
	arena_release(&a);
	sums_text(b, c);
}

/* ---- as JSON ---- */

static struct str kind_name(const struct coverage *c, size_t point)
{
	static const struct str names[] = {
	    [COVER_REACHED] = STR_INIT("not-reached"),
	    [COVER_APPLIED] = STR_INIT("not-applied"),
	    [COVER_ELSEWHERE] = STR_INIT("step-never-elsewhere"),
	    [COVER_YES] = STR_INIT("met-never-decided"),
	    [COVER_NO] = STR_INIT("not-met-never-decided"),
	    [COVER_ROW] = STR_INIT("row-not-reached"),
	    [COVER_ANSWERED] = STR_INIT("never-in-time"),
	    [COVER_RAN_OUT] = STR_INIT("never-ran-out"),
	    [COVER_APPROVED] = STR_INIT("never-approved"),
	    [COVER_DECLINED] = STR_INIT("never-declined"),
	    [COVER_LIMIT] = STR_INIT("limit-not-reached"),
	    [COVER_CHECKED] = STR_INIT("never-checked"),
	    [COVER_OVERRIDES] = STR_INIT("never-overrode"),
	    [COVER_ITEM] = STR_INIT("never-paid"),
	    [COVER_LAST] = STR_INIT("last-not-reached"),
	    [COVER_HELD] = STR_INIT("never-held"),
	    [COVER_SHARED] = STR_INIT("share-not-seen"),
	    [COVER_NOT_SHARED] = STR_INIT("share-not-refused"),
	    [COVER_FUNDED] = STR_INIT("fund-not-drawn-on"),
	    [COVER_UNFUNDED] = STR_INIT("fund-never-short"),
	    [COVER_WARNED] = STR_INIT("fund-never-warned"),
	    [COVER_PLACE] = STR_INIT("place-not-taken"),
	    [COVER_WAITING] = STR_INIT("place-never-waited-for"),
	    [COVER_FOUND] = STR_INIT("place-never-found"),
	};
	enum coverage_kind kind = c->points.at[point].kind;
	if (!c->came[point] && kind == COVER_YES)
		return STR("never-met");
	if (!c->came[point] && kind == COVER_NO)
		return STR("never-not-met");
	return names[kind];
}

static void gap_json(struct buf *b, const struct coverage *c, size_t point)
{
	const struct rulebook *rb = c->rb;
	const struct coverage_point *p = &c->points.at[point];
	const struct block *block = coverage_block(c, p);
	struct buf words = {0};
	buf_str(b, STR("{\"kind\":"));
	json_name(b, kind_name(c, point));
	if (block) {
		buf_char(b, ',');
		json_block_ref(b, rb, (uint32_t)(block - rb->blocks));
	}
	if (p->of == OF_PART) {
		buf_str(b, STR(",\"part\":"));
		json_name(b, rb->parts[p->index].label);
	}
	buf_str(b, STR(",\"file\":"));
	buf_json(b, rb->sources[p->span.source].name);
	buf_fmt(b, ",\"line\":%u,\"text\":", rulebook_line(rb, p->span));
	coverage_gap_words(&words, c, point);
	buf_json(b, buf_view(&words));
	if (c->history) {
		struct coverage_weight w = coverage_weight(c, point);
		buf_fmt(b, ",\"recorded\":{\"cases\":%llu,\"money\":", (unsigned long long)w.cases);
		money_json(b, w.cents);
		buf_char(b, '}');
	}
	if (c->possible[point].example.len) {
		buf_str(b, STR(",\"where\":"));
		buf_json(b, c->possible[point].example);
	}
	buf_char(b, '}');
	buf_release(&words);
}

static void sums_json(struct buf *b, const struct coverage *c)
{
	struct coverage_sum sums[GROUPS];
	coverage_sums(c, sums);
	for (enum coverage_group g = 0; g < GROUPS; g++) {
		buf_c(b, g ? "," : "");
		json_name(b, groups[g].name);
		buf_fmt(b, ":{\"of\":%zu,\"seen\":%zu", sums[g].of, sums[g].seen);
		if (g == GROUP_CONDITIONS)
			buf_fmt(b, ",\"came\":%zu", sums[g].came);
		buf_char(b, '}');
	}
}

void coverage_json(struct buf *b, const struct coverage *c)
{
	struct arena a = {0};
	const uint32_t *gaps;
	size_t n = coverage_gaps(c, &a, &gaps);
	buf_str(b, STR("{\"covered\":{"));
	sums_json(b, c);
	buf_str(b, STR("},\"gaps\":["));
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i ? "," : "");
		gap_json(b, c, gaps[i]);
	}
	buf_str(b, STR("]}"));
	arena_release(&a);
}
