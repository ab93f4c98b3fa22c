/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/sentence.h"

#include "engine/explain/plain.h"

void sentence_quote(struct buf *b, struct str title)
{
	buf_fmt(b, "“" STR_FMT "”", STR_ARG(title));
}

void sentence_named(struct buf *b, const struct named *n)
{
	if (n->title.len)
		sentence_quote(b, n->title);
	else
		plain_name(b, n->name);
}

void sentence_event(struct buf *b, const struct rulebook *rb, uint16_t event)
{
	buf_str(b, STR("“"));
	plain_event(b, rb, event);
	buf_str(b, STR("”"));
}

static void put_read(struct buf *b, const struct rulebook *rb, struct str title, struct span span)
{
	size_t start = b->len;
	if (title.len) {
		buf_str(b, title);
		return;
	}
	source_words(b, rb, span);
	for (size_t i = start; i < b->len; i++)
		if (b->p[i] == '_' || b->p[i] == '.')
			b->p[i] = ' ';
}

static struct str fact_title(const struct rulebook *rb, const struct event *ev, uint16_t fact)
{
	return rb->kinds[ev->kind].facts[fact].title;
}

static struct str field_title(const struct rulebook *rb, const struct event *ev, uint16_t field)
{
	return rb->events[ev->type].fields[field].title;
}

void sentence_read(struct buf *b, const struct rulebook *rb, const struct event *ev,
		   const struct insn *in)
{
	put_read(b, rb,
		 in->op == OP_FACT    ? fact_title(rb, ev, in->a)
		 : in->op == OP_FIELD ? field_title(rb, ev, in->a)
				      : STR(""),
		 in->span);
}

void sentence_changed(struct buf *b, const struct rulebook *rb, const struct event *ev,
		      const struct change *c)
{
	put_read(b, rb,
		 c->kind == CHANGE_FACT    ? fact_title(rb, ev, c->index)
		 : c->kind == CHANGE_FIELD ? field_title(rb, ev, c->index)
					   : STR(""),
		 c->what);
}

void sentence_times(struct buf *b, int64_t n)
{
	number_text(b, n);
	buf_c(b, n == 1 ? " time" : " times");
}

void sentence_party(struct buf *b, const struct rulebook *rb, struct str name)
{
	for (uint16_t i = 0; i < rb->nparties; i++) {
		if (!str_eq(rb->parties[i].name, name))
			continue;
		sentence_named(b, &rb->parties[i]);
		return;
	}
	buf_str(b, name);
}

void sentence_value(struct buf *b, const struct rulebook *rb, const struct type *t, struct value v)
{
	if (!v.known)
		buf_str(b, STR("not known"));
	else if (t->kind == TYPE_DATE)
		plain_day(b, (int32_t)v.i);
	else if (t->kind == TYPE_CHOICE)
		plain_name(b, rb->choices[t->of].names[v.i]);
	else
		policy_value_text(b, rb, t, v);
}

void sentence_relation(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	change_relation_words(b, rb, c, sentence_value);
}

static bool ends_with(const struct buf *b, struct str s)
{
	return b->len >= s.len && memcmp(b->p + b->len - s.len, s.p, s.len) == 0;
}

void sentence_end(struct buf *b)
{
	if (!ends_with(b, STR(".")) && !ends_with(b, STR(".”")) && !ends_with(b, STR("?”")) &&
	    !ends_with(b, STR("!”")))
		buf_char(b, '.');
}

bool sentence_days(const struct rulebook *rb, const struct decision *d, const struct outcome *o,
		   int32_t *first, int32_t *last)
{
	int64_t cents;
	if (o->action == ACTION_ASSESS && o->times > 1) {
		outcome_instalment(rb, o, 0, first, &cents);
		outcome_instalment(rb, o, (uint16_t)(o->times - 1), last, &cents);
		return true;
	}
	if (o->action != ACTION_START || !o->times)
		return false;
	const struct schedule *s = schedule_on(rb, d->event.county, o->schedule, d->event.day);
	*first = o->first;
	return s && !plan_day(rb, &s->plan, o->anchor, o->times - 1u, last);
}
