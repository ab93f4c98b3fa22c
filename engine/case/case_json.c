/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of a case as JSON, everything by its name in the policy, so that daemon/wire/case_read
 * restores it under the same rulebook exactly and under another one as far as the names go.
 *
 *     {"id","kind","county","last","facts":{FACT:VALUE},"withheld":[FACT],
 *      "counts":[{"event","n","last_day"}],
 *      "positions":[{BLOCK,"step","since"}],
 *      "used":[{BLOCK,"limit","period","n"}],           limit: "payments per day"
 *      "due":[{"at","day","what","origin",PART,"action","answered_by","n"}],
 *      "running":[{BLOCK,"origin","started","first","anchor","amount","fund","times","paid",
 *                  "held","to","reserved","year"}],
 *      "owed":[{"outcome","name","fund","amount","settled"}],
 *      "proposals":[{"outcome",PART,"action","amount","day","to","value"}],
 *      "paid":[{BLOCK,"amount"}],
 *      "placed":[{"docket","meeting","urgent"}],        urgent: only when it is
 *      "recent":[{"event","day","n"}]}                  n 0: up to that day nothing was kept
 *
 * BLOCK and PART are the members of json_block_ref and json_part_ref. Members that are not there
 * (fund, answered_by, name) are NONE, and "placed" and "recent" are not there when
 * they are empty.
 */
#include "engine/case/json.h"

#include "engine/case/json_write.h"

static void separate(struct buf *b, size_t i)
{
	if (i)
		buf_char(b, ',');
}

static void write_facts(struct buf *b, const struct rulebook *rb, const struct case_state *cs,
			bool confidential)
{
	const struct case_kind *k = &rb->kinds[cs->kind];
	size_t shown = 0, hidden = 0;
	buf_str(b, STR(",\"facts\":{"));
	for (uint16_t i = 0; i < k->nfacts; i++) {
		if (k->facts[i].confidential && !confidential)
			continue;
		separate(b, shown++);
		json_name(b, k->facts[i].name);
		buf_char(b, ':');
		json_value(b, rb, &k->facts[i].type, cs->facts[i]);
	}
	buf_char(b, '}');
	if (confidential)
		return;
	buf_str(b, STR(",\"withheld\":["));
	for (uint16_t i = 0; i < k->nfacts; i++) {
		if (!k->facts[i].confidential)
			continue;
		separate(b, hidden++);
		json_name(b, k->facts[i].name);
	}
	buf_char(b, ']');
}

static void write_counts(struct buf *b, const struct rulebook *rb, const struct case_state *cs)
{
	buf_str(b, STR(",\"counts\":["));
	for (size_t i = 0; i < cs->counts.n; i++) {
		const struct counter *c = &cs->counts.at[i];
		separate(b, i);
		buf_str(b, STR("{\"event\":"));
		json_name(b, rb->events[c->event].name);
		buf_str(b, STR(",\"n\":"));
		buf_i64(b, c->n);
		buf_str(b, STR(",\"last_day\":"));
		json_day(b, c->last_day);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void write_positions(struct buf *b, const struct rulebook *rb, const struct case_state *cs)
{
	buf_str(b, STR(",\"positions\":["));
	for (size_t i = 0; i < cs->positions.n; i++) {
		const struct position *p = &cs->positions.at[i];
		const struct escalation *e = &rb->escalations[p->escalation];
		separate(b, i);
		buf_char(b, '{');
		json_block_ref(b, rb, e->block);
		buf_str(b, STR(",\"step\":"));
		json_name(b, e->steps[p->step - 1].name);
		buf_str(b, STR(",\"since\":"));
		json_day(b, p->since);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static const struct limit *limit_of(const struct block *block, uint16_t limit)
{
	uint16_t i = 0;
	while (block->limits[i].index != limit)
		i++;
	return &block->limits[i];
}

static void write_used(struct buf *b, const struct rulebook *rb, const struct case_state *cs)
{
	buf_str(b, STR(",\"used\":["));
	for (size_t i = 0; i < cs->used.n; i++) {
		const struct used *u = &cs->used.at[i];
		uint32_t block = rb->limit_block[u->limit];
		separate(b, i);
		buf_char(b, '{');
		json_block_ref(b, rb, block);
		buf_str(b, STR(",\"limit\":\""));
		limit_words(b, limit_of(&rb->blocks[block], u->limit));
		buf_str(b, STR("\",\"period\":"));
		json_day(b, u->period);
		buf_str(b, STR(",\"n\":"));
		buf_i64(b, u->n);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static struct str due_name(enum due_kind kind)
{
	static const struct str names[] = {
	    [DUE_ANSWER] = STR_INIT("answer"),
	    [DUE_STEP] = STR_INIT("step"),
	    [DUE_ITEM] = STR_INIT("item"),
	    [DUE_PROMISE] = STR_INIT("promise"),
	};
	return names[kind];
}

static void write_due(struct buf *b, const struct rulebook *rb, const struct due *d)
{
	buf_str(b, STR("{\"at\":"));
	json_time(b, rb, d->at);
	buf_str(b, STR(",\"day\":"));
	json_day(b, d->day);
	buf_str(b, STR(",\"what\":"));
	json_name(b, due_name(d->kind));
	buf_str(b, STR(",\"origin\":"));
	json_hash(b, d->origin);
	buf_char(b, ',');
	json_part_ref(b, rb, d->part);
	if (d->kind == DUE_ANSWER || d->kind == DUE_ITEM) {
		buf_str(b, STR(",\"action\":"));
		buf_i64(b, d->action);
	}
	if (d->kind != DUE_ITEM && d->answered_by != NONE) {
		buf_str(b, STR(",\"answered_by\":"));
		json_name(b, rb->events[d->answered_by].name);
	}
	if (d->kind == DUE_ITEM) {
		buf_str(b, STR(",\"n\":"));
		buf_i64(b, d->n);
	}
	buf_char(b, '}');
}

static void write_running(struct buf *b, const struct rulebook *rb, const struct running *r)
{
	buf_char(b, '{');
	json_block_ref(b, rb, rb->schedules[r->schedule].block);
	buf_str(b, STR(",\"origin\":"));
	json_hash(b, r->origin);
	buf_str(b, STR(",\"started\":"));
	json_day(b, r->started);
	buf_str(b, STR(",\"first\":"));
	json_day(b, r->first);
	buf_str(b, STR(",\"anchor\":"));
	json_day(b, r->anchor);
	buf_str(b, STR(",\"amount\":"));
	money_json(b, r->cents);
	buf_str(b, STR(",\"fund\":"));
	if (r->fund == NONE)
		buf_str(b, STR("null"));
	else
		json_name(b, rb->funds[r->fund].name);
	buf_str(b, STR(",\"times\":"));
	buf_i64(b, r->times);
	buf_str(b, STR(",\"paid\":"));
	buf_i64(b, r->paid);
	buf_str(b, STR(",\"held\":"));
	buf_i64(b, r->held);
	buf_str(b, STR(",\"to\":"));
	buf_json(b, r->to);
	if (r->reserved) {
		buf_str(b, STR(",\"reserved\":true"));
		if (r->year != DAY_NONE) {
			buf_str(b, STR(",\"year\":"));
			json_day(b, r->year);
		}
	}
	buf_char(b, '}');
}

static void write_owed(struct buf *b, const struct rulebook *rb, const struct obligation *o)
{
	buf_str(b, STR("{\"outcome\":"));
	json_hash(b, o->outcome);
	if (o->name != NONE) {
		buf_str(b, STR(",\"name\":"));
		json_name(b, rb->lines[o->name].name);
	}
	if (o->fund != NONE) {
		buf_str(b, STR(",\"fund\":"));
		json_name(b, rb->funds[o->fund].name);
	}
	buf_str(b, STR(",\"amount\":"));
	money_json(b, o->cents);
	buf_str(b, STR(",\"settled\":"));
	money_json(b, o->settled);
	buf_char(b, '}');
}

static void write_proposal(struct buf *b, const struct rulebook *rb, const struct proposal *p)
{
	const struct part *part = &rb->parts[p->part];
	const struct action *a = part_action(part, p->action);
	buf_str(b, STR("{\"outcome\":"));
	json_hash(b, p->outcome);
	buf_char(b, ',');
	json_part_ref(b, rb, p->part);
	buf_str(b, STR(",\"action\":"));
	buf_i64(b, p->action);
	buf_str(b, STR(",\"amount\":"));
	money_json(b, p->cents);
	buf_str(b, STR(",\"day\":"));
	json_day(b, p->day);
	buf_str(b, STR(",\"to\":"));
	buf_json(b, p->to);
	if (a->kind == ACTION_SET) {
		uint16_t kind = rb->blocks[part->block].case_kind;
		buf_str(b, STR(",\"value\":"));
		json_value(b, rb, &rb->kinds[kind].facts[a->fact].type, p->value);
	}
	buf_char(b, '}');
}

static void write_place(struct buf *b, const struct rulebook *rb, const struct enrolment *p)
{
	buf_str(b, STR("{\"capacity\":"));
	json_name(b, rb->capacities[p->capacity].name);
	buf_str(b, p->waiting ? STR(",\"waiting\":true") : STR(",\"waiting\":false"));
	buf_str(b, STR(",\"since\":"));
	json_day(b, p->since);
	buf_str(b, STR(",\"outcome\":"));
	json_hash(b, p->origin);
	if (p->waiting) {
		buf_char(b, ',');
		json_part_ref(b, rb, p->part);
	}
	buf_char(b, '}');
}

static void write_paid(struct buf *b, const struct rulebook *rb, const struct counter_cents *c)
{
	buf_char(b, '{');
	json_block_ref(b, rb, rb->schedules[c->schedule].block);
	buf_str(b, STR(",\"amount\":"));
	money_json(b, c->cents);
	buf_char(b, '}');
}

static void write_placed(struct buf *b, const struct rulebook *rb, const struct placed *p)
{
	buf_str(b, STR("{\"docket\":"));
	json_name(b, rb->dockets[p->docket].name);
	buf_str(b, STR(",\"meeting\":"));
	json_day(b, p->meeting);
	buf_str(b, p->urgent ? STR(",\"urgent\":true}") : STR("}"));
}

static void write_recent(struct buf *b, const struct rulebook *rb, const struct recent *r)
{
	buf_str(b, STR("{\"event\":"));
	json_name(b, rb->events[r->event].name);
	buf_str(b, STR(",\"day\":"));
	json_day(b, r->day);
	buf_str(b, STR(",\"n\":"));
	buf_i64(b, r->n);
	buf_char(b, '}');
}

static void write_awaited(struct buf *b, const struct rulebook *rb, const struct awaited *w)
{
	(void)rb;
	buf_str(b, STR("{\"source\":"));
	buf_json(b, w->source);
	buf_str(b, STR(",\"id\":"));
	buf_json(b, w->id);
	buf_char(b, '}');
}

/* ,"NAME":[ each of cs->LIST ] */
#define WRITE_LIST(b, rb, name, list, write_one)                                                   \
	do {                                                                                       \
		buf_str(b, STR(",\"" name "\":["));                                                \
		for (size_t i = 0; i < (list).n; i++) {                                            \
			separate(b, i);                                                            \
			write_one(b, rb, &(list).at[i]);                                           \
		}                                                                                  \
		buf_char(b, ']');                                                                  \
	} while (0)

void case_json(struct buf *b, const struct rulebook *rb, const struct case_state *cs,
	       bool confidential)
{
	buf_str(b, STR("{\"id\":"));
	buf_json(b, cs->id);
	buf_str(b, STR(",\"kind\":"));
	json_name(b, rb->kinds[cs->kind].name);
	buf_str(b, STR(",\"county\":"));
	json_name(b, rb->counties[cs->county].name);
	buf_str(b, STR(",\"last\":"));
	json_time(b, rb, cs->last);
	write_facts(b, rb, cs, confidential);
	write_counts(b, rb, cs);
	write_positions(b, rb, cs);
	write_used(b, rb, cs);
	WRITE_LIST(b, rb, "due", cs->due, write_due);
	WRITE_LIST(b, rb, "running", cs->running, write_running);
	WRITE_LIST(b, rb, "owed", cs->owed, write_owed);
	WRITE_LIST(b, rb, "proposals", cs->proposals, write_proposal);
	WRITE_LIST(b, rb, "paid", cs->paid, write_paid);
	if (cs->placed.n)
		WRITE_LIST(b, rb, "placed", cs->placed, write_placed);
	if (cs->places.n)
		WRITE_LIST(b, rb, "places", cs->places, write_place);
	if (cs->recent.n)
		WRITE_LIST(b, rb, "recent", cs->recent, write_recent);
	if (cs->awaited.n)
		WRITE_LIST(b, rb, "awaited", cs->awaited, write_awaited);
	if (cs->amendments) {
		buf_str(b, STR(",\"amendments\":"));
		buf_i64(b, cs->amendments);
	}
	buf_char(b, '}');
}

/* ---- what is due, for people ---- */

struct str due_called(const struct rulebook *rb, const struct due *d)
{
	switch (d->kind) {
	case DUE_ANSWER:
		return action_outcome(part_action(&rb->parts[d->part], d->action)->kind);
	case DUE_STEP:
		return STR("step");
	case DUE_PROMISE:
		return STR("promise");
	case DUE_ITEM:
		break;
	}
	return STR("payment");
}

static const struct running *running_of(const struct case_state *cs, struct hash128 origin)
{
	for (size_t i = 0; i < cs->running.n; i++)
		if (hash128_eq(cs->running.at[i].origin, origin))
			return &cs->running.at[i];
	return NULL;
}

/* Amount and payee are known beforehand unless they are those of the day. */
static void write_terms(struct buf *b, const struct rulebook *rb, const struct case_state *cs,
			const struct due *d, const struct running *r)
{
	const struct schedule *s = schedule_on(rb, cs->county, r->schedule, d->day);
	if (s && s->also_running)
		return;
	buf_str(b, STR(",\"amount\":"));
	money_json(b, r->cents);
	buf_str(b, STR(",\"to\":"));
	buf_json(b, r->to);
}

static void write_upcoming(struct buf *b, const struct rulebook *rb, const struct case_state *cs,
			   const struct due *d)
{
	const struct running *r = d->kind == DUE_ITEM ? running_of(cs, d->origin) : NULL;
	buf_str(b, STR("{\"at\":"));
	json_time(b, rb, d->at);
	buf_str(b, STR(",\"day\":"));
	json_day(b, d->day);
	buf_str(b, STR(",\"what\":"));
	json_name(b, due_called(rb, d));
	if (d->kind == DUE_ANSWER || d->kind == DUE_ITEM) {
		buf_str(b, STR(",\"of\":"));
		json_hash(b, d->origin);
	}
	if (d->kind != DUE_ITEM && d->answered_by != NONE) {
		buf_str(b, STR(",\"answered_by\":"));
		json_name(b, rb->events[d->answered_by].name);
	}
	if (r) {
		buf_str(b, STR(",\"item\":"));
		buf_i64(b, d->n + 1);
		buf_str(b, STR(",\"times\":"));
		buf_i64(b, r->times);
		write_terms(b, rb, cs, d, r);
	}
	buf_str(b, STR(",\"because\":"));
	buf_str(b, rb->parts[d->part].because);
	buf_char(b, '}');
}

void case_upcoming_json(struct buf *b, const struct rulebook *rb, const struct case_state *cs)
{
	buf_char(b, '[');
	for (size_t i = 0; i < cs->due.n; i++) {
		separate(b, i);
		write_upcoming(b, rb, cs, &cs->due.at[i]);
	}
	buf_char(b, ']');
}
