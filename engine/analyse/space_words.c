/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases in words: what is read by its name in the policy, and where it lies.
 */
#include "engine/analyse/ranges.h"
#include "engine/analyse/space_internal.h"

/* The source on one line. */
static void source_line(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool space = s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r';
		if (!space)
			buf_char(b, s.p[i]);
		else if (b->len && b->p[b->len - 1] != ' ')
			buf_char(b, ' ');
	}
}

static struct str fact_name(const struct rulebook *rb, uint16_t kind, uint32_t fact)
{
	return rb->kinds[kind].facts[fact].name;
}

static void other_name(struct buf *b, const struct rulebook *rb, struct str ref,
		       const struct type *of, uint32_t fact)
{
	buf_str(b, ref);
	buf_char(b, '.');
	buf_str(b, fact_name(rb, of->of, fact));
}

static void term_name(struct buf *b, const struct space *s, const struct dimension *d)
{
	const struct rulebook *rb = s->at.rb;
	const struct fact *fact;
	const struct field *field;
	switch (d->op) {
	case OP_FACT:
		buf_str(b, fact_name(rb, s->at.kind, d->a));
		return;
	case OP_FIELD:
		buf_str(b, rb->events[s->at.event].fields[d->a].name);
		return;
	case OP_FIELD_FACT:
		field = &rb->events[s->at.event].fields[d->a];
		other_name(b, rb, field->name, &field->type, d->b);
		return;
	case OP_FACT_FACT:
		fact = &rb->kinds[s->at.kind].facts[d->a];
		other_name(b, rb, fact->name, &fact->type, d->b);
		return;
	case OP_COUNT:
	case OP_DAYS_SINCE:
		buf_c(b, d->op == OP_COUNT ? "count of " : "days since ");
		buf_str(b, rb->events[d->a].name);
		return;
	case OP_COUNT_IN:
		buf_fmt(b, "count of " STR_FMT " in last ", STR_ARG(rb->events[d->a].name));
		buf_i64(b, d->length);
		buf_fmt(b, " " STR_FMT, STR_ARG(unit_name((enum unit)d->b, d->length != 1)));
		return;
	case OP_STEP_IS:
		buf_c(b, "step of ");
		buf_str(b, rb->blocks[rb->escalations[d->a].block].name);
		return;
	case OP_OWED:
		buf_c(b, "balance owed");
		return;
	case OP_PAID_UNDER:
		buf_c(b, "paid under ");
		buf_str(b, rb->blocks[rb->schedules[d->a].block].name);
		return;
	case OP_TODAY:
		buf_c(b, "today");
		return;
	case OP_PLACE:
		buf_c(b, d->b ? "waiting for " : "enrolled in ");
		buf_str(b, rb->capacities[d->a].name);
		return;
	case OP_PLACED_ON:
		buf_c(b, "placed on ");
		buf_str(b, rb->dockets[d->a].name);
		return;
	case OP_TABLE:
		buf_fmt(b, STR_FMT "." STR_FMT, STR_ARG(rb->blocks[rb->tables[d->a].block].name),
			STR_ARG(rb->tables[d->a].outputs[TABLE_OUTPUT(d->b)].name));
		return;
	default:
		source_line(b, rulebook_text(rb, d->code[d->ncode - 1].span));
	}
}

static void sum_name(struct buf *b, const struct space *s, const struct dimension *d)
{
	for (uint16_t i = 0; i < d->nparts; i++) {
		int64_t times = d->times[i];
		if (i || times < 0)
			buf_c(b, times < 0 ? (i ? " - " : "-") : " + ");
		if (times > 1 || times < -1) {
			buf_i64(b, times < 0 ? -times : times);
			buf_c(b, " x ");
		}
		term_name(b, s, &s->dims.at[d->part[i]]);
	}
}

static void step_words(struct buf *b, const struct space *s, const struct dimension *d)
{
	const struct escalation *e = &s->at.rb->escalations[d->a];
	buf_c(b, " is ");
	for (int64_t step = d->low; step <= d->high; step++) {
		if (step > d->low)
			buf_c(b, step == d->high ? " or " : ", ");
		buf_str(b, step ? e->steps[step - 1].name : STR("none"));
	}
}

static void text_words(struct buf *b, const struct space *s, const struct dimension *d)
{
	buf_c(b, " is ");
	if ((size_t)d->low >= s->texts.n)
		buf_c(b, d->type.kind == TYPE_REF ? "another one" : "something else");
	else
		buf_fmt(b, "\"" STR_FMT "\"", STR_ARG(s->texts.at[d->low]));
}

static void dimension_words(struct buf *b, const struct space *s, const struct dimension *d)
{
	if (d->kind == DIMENSION_SUM)
		sum_name(b, s, d);
	else
		term_name(b, s, d);
	if (d->assigned && d->unknown)
		buf_c(b, " is unknown");
	else if (d->kind == DIMENSION_TERM && d->op == OP_STEP_IS)
		step_words(b, s, d);
	else if (type_is_text(d->type.kind))
		text_words(b, s, d);
	else {
		struct range r = {.low = d->low, .high = d->high};
		r.no_low = d->low <= -FAR || (d->low == d->min && d->high < d->max);
		r.no_high = d->high >= FAR || (d->high == d->max && d->low > d->min);
		range_words(b, s->at.rb, &d->type, &r);
	}
}

/* What is opaque is not described: the author's own comparison is all that is known of it. */
void space_words(struct buf *b, const struct space *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->dims.n; i++) {
		const struct dimension *d = &s->dims.at[i];
		if (!d->matters || d->kind == DIMENSION_SUM || d->inexact)
			continue;
		if (n++)
			buf_c(b, " and ");
		dimension_words(b, s, d);
	}
}

void space_ranges(struct buf *b, const struct space *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->dims.n; i++) {
		struct dimension d = s->dims.at[i];
		bool bounded = d.min > -FAR || d.max < FAR;
		if (d.kind != DIMENSION_TERM || d.op == OP_STEP_IS || !bounded ||
		    type_is_text(d.type.kind) || d.type.kind == TYPE_YES_NO ||
		    d.type.kind == TYPE_CHOICE || d.type.kind == TYPE_DATE)
			continue;
		d.assigned = false;
		d.low = d.min;
		d.high = d.max;
		if (n++)
			buf_c(b, ", ");
		dimension_words(b, s, &d);
	}
}
