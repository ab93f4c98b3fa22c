/* SPDX-License-Identifier: Apache-2.0
 *
 * How a projection's parts are called.
 */
#include "engine/trial/projection_internal.h"

#include "engine/explain/plain.h"
#include "engine/explain/wording.h"

/* ---- groups and months ---- */

struct str sum_kind_name(enum sum_kind kind)
{
	static const struct str names[] = {[SUM_PAID] = STR_INIT("paid"),
					   [SUM_ASSESSED] = STR_INIT("assessed"),
					   [SUM_UNFUNDED] = STR_INIT("unfunded")};
	return names[kind];
}

struct str group_name(const struct rulebook *rb, const struct projection_sum *s)
{
	if (s->index == NONE)
		return STR("");
	return (s->kind == SUM_ASSESSED ? rb->lines : rb->funds)[s->index].name;
}

void group_words(struct buf *b, const struct rulebook *rb, const struct projection_sum *s)
{
	struct str name = group_name(rb, s);
	buf_str(b, sum_kind_name(s->kind));
	buf_c(b, s->kind == SUM_ASSESSED ? " as " : " from ");
	buf_str(b, name.len ? name : STR("no fund"));
}

void group_called(struct buf *b, const struct rulebook *rb, const struct projection_sum *s)
{
	static const char *const kinds[] = {[SUM_PAID] = "paid from ",
					    [SUM_ASSESSED] = "assessed as ",
					    [SUM_UNFUNDED] = "left unpaid, for lack of money in "};
	buf_c(b, kinds[s->kind]);
	if (s->index == NONE) {
		buf_c(b, s->kind == SUM_ASSESSED ? "something without a name" : "no fund");
	} else if (s->kind == SUM_ASSESSED) {
		plain_quoted(b, rb->lines[s->index].name);
	} else {
		buf_c(b, "the fund “");
		plain_title(b, rb->funds[s->index].title, rb->funds[s->index].name);
		buf_c(b, "”");
	}
}

void month_words(struct buf *b, int32_t first)
{
	day_text(b, first);
	b->len -= 3; /* the month alone */
}

void where_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	if (r->county == NONE)
		buf_fmt(b, "%u counties together", r->ncounties);
	else
		buf_str(b, rb->counties[r->county].name);
}

void head_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	buf_str(b, p->name);
	if (p->base.title.len)
		buf_fmt(b, " \"" STR_FMT "\"", STR_ARG(p->base.title));
	buf_c(b, " in ");
	where_words(b, rb, r);
}

/* ---- amounts ---- */

static void one_number(struct buf *b, int64_t n, bool counts)
{
	if (counts)
		number_text(b, n);
	else
		money_text(b, n);
}

void span_words(struct buf *b, const struct projection_result *r, struct projection_span s,
		bool counts)
{
	one_number(b, s.low, counts);
	if (s.low != s.high) {
		buf_c(b, " to ");
		one_number(b, s.high, counts);
	}
	if (s.low != s.high && r->projection->likely) {
		buf_c(b, ", likely ");
		one_number(b, s.likely, counts);
	}
}

static void signed_words(struct buf *b, int64_t n, bool counts)
{
	buf_c(b, n < 0 ? "- " : n > 0 ? "+ " : "");
	one_number(b, n < 0 ? -n : n, counts);
}

void effect_words(struct buf *b, struct projection_effect e, bool counts)
{
	signed_words(b, e.least, counts);
	if (e.least != e.most) {
		buf_c(b, " to ");
		signed_words(b, e.most, counts);
	}
	if (e.least < 0 && e.most > 0)
		buf_c(b, ", not in one direction");
}

/* ---- ranges ---- */

/* What the range is of: an assumption, a cohort, a line or a field of it, a fund. */
struct ranged {
	const struct assumption *assumed;
	const struct cohort *cohort;
	const struct projection_line *line;
	const struct ranged_field *field; /* of the line */
	const struct given_fund *fund;
	const struct measure *n;
};

static bool ranged_line(const struct projection_line *l, uint16_t range, struct ranged *out)
{
	*out = (struct ranged){.line = l, .n = &l->members.n};
	if (l->members.n.range == range)
		return true;
	for (uint16_t i = 0; i < l->nranged; i++)
		if (l->ranged[i].n.range == range) {
			*out = (struct ranged){
			    .line = l, .field = &l->ranged[i], .n = &l->ranged[i].n};
			return true;
		}
	return false;
}

static struct ranged ranged(const struct projection *p, uint16_t range)
{
	struct ranged found = {0};
	for (uint16_t i = 0; i < p->nassumed; i++)
		if (p->assumed[i].n.range == range)
			return (struct ranged){.assumed = &p->assumed[i], .n = &p->assumed[i].n};
	for (uint16_t i = 0; i < p->ncohorts; i++)
		if (p->cohorts[i].n.range == range)
			return (struct ranged){.cohort = &p->cohorts[i], .n = &p->cohorts[i].n};
	for (uint16_t i = 0; i < p->nfunds; i++)
		if (p->funds[i].n.range == range)
			return (struct ranged){.fund = &p->base.funds[p->funds[i].given],
					       .n = &p->funds[i].n};
	for (uint16_t i = 0; i < p->nlines; i++) /* it is of one of them */
		if (ranged_line(&p->lines[i], range, &found))
			break;
	return found;
}

struct span measure_span(const struct projection *p, uint16_t range)
{
	struct ranged r = ranged(p, range);
	return r.assumed  ? r.assumed->value.span
	       : r.cohort ? r.cohort->one->span
	       : r.fund   ? r.fund->span
			  : r.line->line.span;
}

static void line_measure_words(struct buf *b, const struct rulebook *rb, const struct ranged *r)
{
	const struct event_type *e = &rb->events[r->line->line.event];
	if (r->field)
		buf_fmt(b, STR_FMT " of ", STR_ARG(e->fields[r->field->field].name));
	else
		buf_c(b, r->line->members.another ? "the others with " : "those with ");
	buf_str(b, e->name);
	buf_c(b, " on ");
	day_text(b, r->line->line.day);
}

void measure_words(struct buf *b, const struct rulebook *rb, const struct projection *p,
		   uint16_t range)
{
	struct ranged r = ranged(p, range);
	if (r.assumed) {
		buf_str(b, rb->params[r.assumed->param].name);
		return;
	}
	if (r.cohort) {
		buf_c(b, "the cohort of ");
		buf_str(b, rb->kinds[r.cohort->one->kind].name);
		return;
	}
	if (r.fund) {
		buf_fmt(b, "what %s " STR_FMT, r.fund->spent ? "is spent of" : "is left in",
			STR_ARG(rb->funds[r.fund->fund].name));
		return;
	}
	line_measure_words(b, rb, &r);
}

static void range_value(struct buf *b, const struct rulebook *rb, const struct ranged *r, int64_t n)
{
	if (r->assumed) {
		struct value v = r->assumed->value.value;
		v.i = n;
		policy_value_text(b, rb, &rb->params[r->assumed->param].type, v);
	} else if (r->field) {
		struct value v = r->line->line.fields[r->field->field];
		const struct event_type *e = &rb->events[r->line->line.event];
		v.i = n;
		policy_value_text(b, rb, &e->fields[r->field->field].type, v);
	} else if (r->fund) {
		money_text(b, n);
	} else if (r->line && r->line->members.kind == SHARE_PERCENT) {
		percent_text(b, n);
	} else {
		number_text(b, n);
	}
}

void measure_end_words(struct buf *b, const struct rulebook *rb, const struct projection *p,
		       uint16_t range, enum measure_end end)
{
	struct ranged r = ranged(p, range);
	range_value(b, rb, &r, r.n->at[end]);
}

void corner_words(struct buf *b, const struct rulebook *rb, const struct projection *p,
		  uint32_t corner)
{
	for (uint16_t i = 0; i < p->nranges; i++) {
		struct ranged r = ranged(p, i);
		buf_c(b, i ? ", " : "");
		measure_words(b, rb, p, i);
		buf_char(b, ' ');
		range_value(b, rb, &r, measure_at(r.n, corner));
	}
}

/* ---- what was expected ---- */

void total_words(struct buf *b, const struct rulebook *rb, const struct total *t)
{
	struct str text = rulebook_text(rb, t->span);
	if (str_starts(text, STR("expect ")))
		text = (struct str){text.p + 7, text.len - 7};
	buf_str(b, text);
}

void came_words(struct buf *b, const struct projection_result *r, uint16_t check)
{
	struct projection_span s = projection_span(r, r->checks[check].came);
	bool counts = r->projection->totals[check].kind == TOTAL_COUNT;
	span_words(b, r, s, counts);
	if (counts)
		buf_c(b, s.low == 1 && s.high == 1 ? " time" : " times");
}

void trouble_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		   const struct projection_run *run)
{
	if (run->refused)
		buf_fmt(b, "%lld event%s refused or stopped; the first one: " STR_FMT,
			(long long)run->refused, run->refused == 1 ? " was" : "s were",
			STR_ARG(run->refusal));
	if (run->overflow) {
		buf_c(b, run->refused ? "; " : "");
		buf_c(b, "a sum leaves the range of exact amounts");
	}
	if (r->projection->nranges && (run->refused || run->overflow)) {
		buf_c(b, " (with ");
		corner_words(b, rb, r->projection, run->corner);
		buf_char(b, ')');
	}
}
