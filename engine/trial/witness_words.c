/* SPDX-License-Identifier: Apache-2.0
 *
 * A history and what comes of it, as an author writes scenarios.
 */
#include "engine/trial/witness_internal.h"

#include "engine/explain/plain.h"

static void words_value(struct buf *b, const struct rulebook *rb, const struct type *t,
			struct value v)
{
	if (t->kind == TYPE_REF && v.known)
		buf_str(b, value_as_str(v));
	else
		policy_value_text(b, rb, t, v);
}

/* ---- the history ---- */

static void words_person(struct buf *b, const struct rulebook *rb, const struct person *x)
{
	const struct case_kind *k = &rb->kinds[x->kind];
	const char *before = " with ";
	buf_str(b, STR("  given "));
	buf_str(b, k->name);
	if (!str_eq(k->name, x->id)) {
		buf_char(b, ' ');
		buf_str(b, x->id);
	}
	for (uint16_t i = 0; i < k->nfacts; i++) {
		if (value_eq(x->facts[i], k->facts[i].initial))
			continue;
		buf_c(b, before);
		buf_str(b, k->facts[i].name);
		buf_char(b, ' ');
		words_value(b, rb, &k->facts[i].type, x->facts[i]);
		before = ", ";
	}
	buf_char(b, '\n');
}

static bool names(const struct rulebook *rb, const struct letter *l, struct str id)
{
	for (uint16_t i = 0; l->event != NONE && i < rb->events[l->event].nfields; i++)
		if (l->fields[i].known && rb->events[l->event].fields[i].type.kind == TYPE_REF &&
		    str_eq(value_as_str(l->fields[i]), id))
			return true;
	return false;
}

/* Only those that the history speaks of. */
static bool is_needed(const struct search *s, const struct history_tried *h, const struct person *x)
{
	const struct rulebook *rb = s->wanted->rb[s->home];
	const struct case_kind *own = &rb->kinds[h->self.kind];
	if (x->kind == s->alphabet.partner) /* who asks to see the case */
		return true;
	for (size_t i = 0; i < h->n; i++)
		if (names(rb, h->lines[i].letter, x->id))
			return true;
	for (uint16_t i = 0; i < own->nfacts; i++)
		if (h->self.facts[i].known && own->facts[i].type.kind == TYPE_REF &&
		    str_eq(value_as_str(h->self.facts[i]), x->id))
			return true;
	return false;
}

static void words_event(struct buf *b, const struct search *s, const struct letter *l,
			struct str subject, int32_t day, size_t line)
{
	const struct rulebook *rb = s->wanted->rb[s->home];
	const struct event_type *e = &rb->events[l->event];
	const char *before = " with ";
	buf_str(b, STR("  "));
	day_text(b, day);
	if (line)
		buf_fmt(b, " 12:%02zu", line);
	buf_char(b, ' ');
	buf_str(b, e->name);
	buf_str(b, STR(" of "));
	buf_str(b, subject);
	for (uint16_t i = 0; i < e->nfields; i++) {
		if (!l->fields[i].known)
			continue;
		buf_c(b, before);
		buf_str(b, e->fields[i].name);
		buf_char(b, ' ');
		if (l->event == EVENT_APPROVED && !i) /* the name of a block */
			buf_str(b, value_as_str(l->fields[i]));
		else
			words_value(b, rb, &e->fields[i].type, l->fields[i]);
		before = ", ";
	}
	buf_char(b, '\n');
}

static void words_line(struct buf *b, const struct search *s, const struct history_tried *h,
		       uint32_t round, size_t i)
{
	const struct line *line = &h->lines[i];
	int32_t day = history_day(h, round, i);
	if (line->letter->event == NONE) {
		buf_str(b, STR("  "));
		day_text(b, day);
		buf_char(b, '\n');
	}
	for (uint16_t k = 0; line->letter->event != NONE && k < line->times; k++)
		words_event(b, s, line->letter, h->self.id, day - line->times + 1 + k, i);
}

static void words_fund(struct buf *b, const struct setting *at)
{
	if (!at->fund.len)
		return;
	buf_str(b, STR("  given fund "));
	buf_str(b, at->fund);
	buf_str(b, STR(" with "));
	money_text(b, at->spent);
	buf_str(b, STR(" spent\n"));
}

/* Those who had the first event before: who they are, or what they had. */
static void words_crowd(struct buf *b, const struct search *s, const struct history_tried *h,
			bool events)
{
	struct arena a = {0};
	for (uint32_t i = 0; i < s->wanted->setting.crowd; i++) {
		struct person other = h->self;
		other.id = crowd_id(&a, h->self.id, i);
		if (!events)
			words_person(b, s->wanted->rb[s->home], &other);
		else if (h->lines[0].letter->event != NONE)
			words_event(b, s, h->lines[0].letter, other.id, h->start, 0);
	}
	arena_release(&a);
}

void history_words(struct buf *b, const struct search *s, const struct history_tried *h)
{
	const struct rulebook *rb = s->wanted->rb[s->home];
	words_fund(b, &s->wanted->setting);
	words_crowd(b, s, h, false);
	words_person(b, rb, &h->self);
	for (size_t i = 0; i < s->alphabet.others.n; i++)
		if (is_needed(s, h, &s->alphabet.others.at[i]))
			words_person(b, rb, &s->alphabet.others.at[i]);
	words_crowd(b, s, h, true);
	for (uint32_t round = 0; round < h->rounds; round++)
		for (size_t i = 0; i < h->n; i++)
			words_line(b, s, h, round, i);
}

/* ---- the same for people ---- */

static void told_value(struct buf *b, const char *before, const struct rulebook *rb,
		       struct str title, struct str name, const struct type *t, struct value v)
{
	struct buf value = {0};
	words_value(&value, rb, t, v);
	buf_c(b, before);
	plain_title(b, title, name);
	buf_c(b, title.len ? " is " : " ");
	plain_name(b, buf_view(&value));
	buf_release(&value);
}

static void told_person(struct buf *b, const struct rulebook *rb, const struct person *x)
{
	const struct case_kind *k = &rb->kinds[x->kind];
	const char *before = ": ";
	plain_name(b, x->id);
	for (uint16_t i = 0; i < k->nfacts; i++) {
		if (value_eq(x->facts[i], k->facts[i].initial))
			continue;
		told_value(b, before, rb, k->facts[i].title, k->facts[i].name, &k->facts[i].type,
			   x->facts[i]);
		before = ", ";
	}
}

static void told_event(struct buf *b, const struct rulebook *rb, const struct line *line)
{
	const struct letter *l = line->letter;
	const char *before = ": ";
	if (l->event == NONE) {
		buf_str(b, STR("nothing happens until the end of this day"));
		return;
	}
	const struct event_type *e = &rb->events[l->event];
	if (l->event == EVENT_APPROVED) {
		buf_str(b, STR("somebody approves what is proposed: "));
		plain_name(b, value_as_str(l->fields[field_index(e, STR("outcome"))]));
		return;
	}
	plain_title(b, e->title, e->name);
	for (uint16_t i = 0; i < e->nfields; i++) {
		if (!l->fields[i].known)
			continue;
		told_value(b, before, rb, e->fields[i].title, e->fields[i].name, &e->fields[i].type,
			   l->fields[i]);
		before = ", ";
	}
	if (line->times > 1)
		buf_fmt(b, " (%u times, a day apart)", (unsigned)line->times);
}

static void tell(struct witness *w, struct buf *b, int32_t from, int32_t to)
{
	w->told[w->ntold++] = (struct told){from, to, arena_str(&w->arena, buf_view(b))};
	buf_clear(b);
}

void history_told(struct witness *w, const struct search *s, const struct history_tried *h)
{
	const struct rulebook *rb = s->wanted->rb[s->home];
	struct buf b = {0};
	const struct setting *at = &s->wanted->setting;
	w->told = arena_array(&w->arena, 4 + s->alphabet.others.n + h->n, sizeof(*w->told));
	told_person(&b, rb, &h->self);
	tell(w, &b, DAY_NONE, DAY_NONE);
	for (size_t i = 0; i < s->alphabet.others.n; i++) {
		if (!is_needed(s, h, &s->alphabet.others.at[i]))
			continue;
		told_person(&b, rb, &s->alphabet.others.at[i]);
		tell(w, &b, DAY_NONE, DAY_NONE);
	}
	if (at->fund.len) {
		buf_str(&b, STR("of the fund "));
		plain_name(&b, at->fund);
		buf_str(&b, STR(" others have spent "));
		money_text(&b, at->spent);
		tell(w, &b, DAY_NONE, DAY_NONE);
	}
	if (at->crowd) {
		buf_fmt(&b, "%u others like this one have had the same before", at->crowd);
		tell(w, &b, h->start, h->start);
	}
	if (h->rounds > 1) {
		buf_fmt(&b, "what follows has happened %u times already, one after the other",
			(unsigned)h->rounds - 1);
		tell(w, &b, h->start, history_day(h, h->rounds - 2, h->n - 1));
	}
	for (size_t i = 0; i < h->n; i++) {
		int32_t day = history_day(h, h->rounds - 1, i);
		told_event(&b, rb, &h->lines[i]);
		tell(w, &b, day - h->lines[i].times + 1, day);
	}
	buf_release(&b);
}

/* ---- what is expected ---- */

void share_words(struct buf *b, struct decider *d, const struct case_state *cs, uint32_t block,
		 struct str partner, int32_t day)
{
	const struct rulebook *rb = d->rb;
	struct share_answer a;
	share_decide(d, cs, rb->blocks[block].name, partner, day, &a);
	buf_c(b, a.nreasons ? "no share " : "share ");
	buf_str(b, rb->blocks[block].name);
	buf_str(b, STR(" with "));
	buf_str(b, partner);
	for (uint16_t i = 0; !a.nreasons && a.share && i < a.share->nfacts; i++) {
		buf_c(b, i ? ", " : "  # ");
		buf_str(b, rb->kinds[cs->kind].facts[a.share->facts[i]].name);
	}
	buf_char(b, '\n');
}

static struct str outcome_name(const struct rulebook *rb, const struct outcome *o)
{
	uint16_t n;
	const struct named *list = outcome_names(rb, o->action, &n);
	return list && o->name != NONE ? list[o->name].name : STR("");
}

static void after(struct buf *b, const char *word, struct str name)
{
	if (!name.len)
		return;
	buf_c(b, word);
	buf_str(b, name);
}

static void quoted(struct buf *b, struct str text)
{
	buf_str(b, STR(" \""));
	buf_str(b, text);
	buf_char(b, '"');
}

static void words_set(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	const struct block *k = &rb->blocks[rb->parts[o->part].block];
	const struct fact *f = &rb->kinds[k->case_kind].facts[o->fact];
	after(b, " ", f->name);
	buf_str(b, STR(" to "));
	words_value(b, rb, &f->type, o->value);
}

static void words_object(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	struct str name = outcome_name(rb, o);
	switch (o->action) {
	case ACTION_PAY:
	case ACTION_ASSESS:
	case ACTION_CREDIT:
		buf_char(b, ' ');
		money_text(b, o->cents);
		after(b, o->action == ACTION_CREDIT ? " against " : " as ", name);
		after(b, " to ", o->action == ACTION_PAY ? o->to : STR(""));
		if (o->action == ACTION_ASSESS && o->times > 1)
			buf_fmt(b, " in %u instalments", (unsigned)o->times);
		return;
	case ACTION_REFER:
		after(b, " to ", o->to);
		return;
	case ACTION_NOTIFY:
		after(b, " ", o->to);
		quoted(b, o->text);
		return;
	case ACTION_DENY:
	case ACTION_BROKEN:
		quoted(b, o->text);
		return;
	case ACTION_START:
	case ACTION_STOP:
		after(b, " ", rb->blocks[rb->schedules[o->schedule].block].name);
		if (o->times)
			buf_fmt(b, " %u times", (unsigned)o->times);
		return;
	case ACTION_SET:
		words_set(b, rb, o);
		return;
	case ACTION_PLACE:
		after(b, " on ", name);
		buf_c(b, o->urgent ? " urgent" : "");
		return;
	case ACTION_ENROL:
		after(b, " in ", name);
		return;
	case ACTION_WAIVE:
	case ACTION_REQUIRE:
	case ACTION_ORDER:
	case ACTION_ENTER:
	case ACTION_RELEASE:
		after(b, " ", name);
		return;
	}
}

void expectation_words(struct buf *b, const struct rulebook *rb, const struct outcome *o,
		       int32_t day)
{
	buf_c(b, o->unfunded ? "unfunded " : "");
	buf_c(b, o->proposal ? "may " : "");
	if (o->waiting) {
		after(b, "waitlist for ", outcome_name(rb, o));
		return;
	}
	buf_str(b, action_verb(o->action));
	words_object(b, rb, o);
	if (o->action == ACTION_PAY && o->fund != NONE)
		after(b, " from ", rb->funds[o->fund].name);
	if (o->due != DAY_NONE && o->due != day && o->action != ACTION_START) {
		buf_str(b, STR(" due "));
		day_text(b, o->due);
	}
}
