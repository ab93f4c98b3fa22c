/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/plain.h"

#include "engine/values/calendar.h"

/* ---- names ---- */

void plain_name(struct buf *b, struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		buf_char(b, name.p[i] == '_' ? ' ' : name.p[i]);
}

void plain_title(struct buf *b, struct str title, struct str name)
{
	if (title.len)
		buf_str(b, title);
	else
		plain_name(b, name);
}

void plain_called(struct buf *b, struct str title, struct str name)
{
	static const char *const articles[] = {"The ", "A ", "An "};
	for (size_t i = 0; i < sizeof(articles) / sizeof(*articles); i++)
		if (str_starts(title, str_from(articles[i]))) {
			buf_char(b, articles[i][0] == 'T' ? 't' : 'a');
			buf_str(b, (struct str){title.p + 1, title.len - 1});
			return;
		}
	plain_title(b, title, name);
}

void plain_other(struct buf *b, struct str title, struct str name)
{
	if (!title.len)
		buf_c(b, "the ");
	plain_called(b, title, name);
}

void plain_titled(struct buf *b, struct str title, struct str name)
{
	plain_quoted(b, title.len ? title : name);
}

void plain_quoted(struct buf *b, struct str name)
{
	buf_c(b, "“");
	plain_name(b, name);
	buf_c(b, "”");
}

void plain_block(struct buf *b, const struct rulebook *rb, const struct block *block)
{
	(void)rb;
	plain_title(b, block->title, block->name);
}

void plain_capital(struct buf *b, size_t from)
{
	if (b->len > from && b->p[from] >= 'a' && b->p[from] <= 'z')
		b->p[from] = (char)(b->p[from] - 'a' + 'A');
}

void plain_sentence(struct buf *b, size_t from)
{
	if (b->len == from)
		return;
	char last = b->p[b->len - 1];
	plain_capital(b, from);
	struct str end = {b->p + b->len - 3, 3};
	if (b->len - from > 3 && str_eq(end, STR("”")))
		last = b->p[b->len - 4]; /* within the quotes */
	if (last != '.' && last != '?' && last != '!')
		buf_char(b, '.');
}

/* ---- days and lengths of time ---- */

void plain_day(struct buf *b, int32_t day)
{
	static const char *const months[] = {"January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December"};
	struct date d = date_of(day);
	buf_fmt(b, "%s %d, %d", months[d.month - 1], d.day, d.year);
}

const struct dated *plain_dated(const struct plain *p, uint16_t param)
{
	const struct dated_list *l = &p->rb->params[param].values;
	uint16_t i = l->n;
	if (p->county != NONE)
		return param_on(p->rb, p->county, param, p->day);
	while (i > 1 && l->at[i - 1].from > p->day)
		i--;
	return &l->at[i - 1];
}

void plain_param(struct buf *b, const struct plain *p, uint16_t param)
{
	policy_value_text(b, p->rb, &p->rb->params[param].type, plain_dated(p, param)->value);
}

void plain_period(struct buf *b, const struct plain *p, const struct period *period)
{
	if (period->param != NONE) {
		plain_param(b, p, period->param);
		return;
	}
	buf_i64(b, period->n);
	buf_char(b, ' ');
	buf_str(b, unit_name(period->unit, period->n != 1));
}

/* ---- who and what ---- */

void plain_event(struct buf *b, const struct rulebook *rb, uint16_t event)
{
	const struct event_type *e = &rb->events[event];
	if (event == EVENT_PLACE_FOUND)
		buf_c(b, "A place was found for somebody who waited");
	else if (event == EVENT_PAYMENT_RECEIVED)
		buf_c(b, "A payment came in");
	else if (event == EVENT_APPROVED)
		buf_c(b, "A named person approved something");
	else if (event == EVENT_DECLINED)
		buf_c(b, "A named person declined something");
	else if (event == EVENT_RETRACTED)
		buf_c(b, "Something that was reported did not happen");
	else if (event == EVENT_CORRECTED)
		buf_c(b, "Something that was reported was put right");
	else if (event == EVENT_DEADLINE)
		buf_c(b, "A time limit ended");
	else if (event == EVENT_SCHEDULED)
		buf_c(b, "A payment was due");
	else
		plain_title(b, e->title, e->name);
}

void plain_target(struct buf *b, const struct plain *p, const struct target *t)
{
	const struct rulebook *rb = p->rb;
	switch (t->kind) {
	case TARGET_PARTY:
		plain_called(b, rb->parties[t->index].title, rb->parties[t->index].name);
		return;
	case TARGET_FIELD:
		if (p->event == NONE)
			buf_c(b, "the partner");
		else
			plain_other(b, rb->events[p->event].fields[t->index].title,
				    rb->events[p->event].fields[t->index].name);
		return;
	case TARGET_FACT:
		if (p->kind == NONE)
			buf_c(b, "the partner");
		else
			plain_other(b, rb->kinds[p->kind].facts[t->index].title,
				    rb->kinds[p->kind].facts[t->index].name);
		return;
	case TARGET_SELF:
		buf_c(b, "the ");
		plain_name(b, p->kind == NONE ? STR("person") : rb->kinds[p->kind].name);
		return;
	case TARGET_NONE:
		return;
	}
}
