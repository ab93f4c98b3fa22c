/* SPDX-License-Identifier: Apache-2.0
 *
 * Decisions as canonical JSON. This runs once for every event, so it goes without printf; what is
 * the same for every outcome of a part (`because`) was written when the rulebook was sealed.
 */
#include "engine/case/json.h"

#include "engine/case/json_write.h"
#include "engine/case/pots.h"

static void write_instalments(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	buf_str(b, STR(",\"instalments\":["));
	for (uint16_t i = 0; i < o->times; i++) {
		int32_t day;
		int64_t cents;
		outcome_instalment(rb, o, i, &day, &cents);
		if (i)
			buf_char(b, ',');
		buf_str(b, STR("{\"due\":"));
		json_day(b, day);
		buf_str(b, STR(",\"amount\":"));
		money_json(b, cents);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void write_money(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	if (o->has_amount) {
		buf_str(b, STR(",\"amount\":"));
		money_json(b, o->cents);
	}
	if (o->fund != NONE) {
		buf_str(b, STR(",\"fund\":"));
		json_name(b, rb->funds[o->fund].name);
	}
}

static void write_schedule(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	if (o->schedule == NONE)
		return;
	buf_str(b, STR(",\"schedule\":"));
	json_name(b, rb->blocks[rb->schedules[o->schedule].block].name);
	if (o->item) {
		buf_str(b, STR(",\"item\":"));
		buf_i64(b, o->item);
	}
	if (o->reversal || (o->action != ACTION_START && o->action != ACTION_STOP))
		return;
	if (o->first != DAY_NONE) {
		buf_str(b, STR(",\"first\":"));
		json_day(b, o->first);
	}
	buf_str(b, STR(",\"times\":"));
	buf_i64(b, o->times);
}

static void write_fact(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	const struct block *block = &rb->blocks[rb->parts[o->part].block];
	const struct fact *f = &rb->kinds[block->case_kind].facts[o->fact];
	buf_str(b, STR(",\"fact\":"));
	json_name(b, f->name);
	if (o->reversal)
		return;
	buf_str(b, STR(",\"value\":"));
	json_value(b, rb, &f->type, o->value);
	if (f->confidential)
		buf_str(b, STR(",\"confidential\":true"));
}

static void write_event_ref(struct buf *b, struct str source, struct str id)
{
	if (!source.len)
		return;
	buf_str(b, STR(",\"event\":{\"source\":"));
	buf_json(b, source);
	buf_str(b, STR(",\"id\":"));
	buf_json(b, id);
	buf_char(b, '}');
}

static void write_text(struct buf *b, struct str member, struct str text)
{
	if (!text.len)
		return;
	buf_str(b, member);
	buf_json(b, text);
}

static void write_kind(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	uint16_t n;
	const struct named *names = outcome_names(rb, o->action, &n);
	buf_str(b, STR(",\"kind\":"));
	json_name(b, outcome_kind(o));
	buf_str(b, STR(",\"action\":"));
	json_name(b, o->reversal ? STR("reverse") : action_verb(o->action));
	if (o->reversal) {
		struct outcome original = *o;
		original.reversal = false;
		buf_str(b, STR(",\"reverses\":"));
		json_name(b, outcome_kind(&original));
	}
	if (names && o->name != NONE) {
		buf_str(b, STR(",\"name\":"));
		json_name(b, names[o->name].name);
	}
}

static struct str text_member(enum action_kind action)
{
	if (action == ACTION_BROKEN)
		return STR(",\"promise\":");
	return action == ACTION_DENY ? STR(",\"reason\":") : STR(",\"message\":");
}

/* "fund":"incentives","year":"2026-07-01"; "docket":"case_review","meeting":"2026-07-02" */
static void write_pot(struct buf *b, const struct rulebook *rb, enum pot_kind pot, uint16_t index,
		      int32_t from)
{
	buf_char(b, '"');
	buf_str(b, pot_kind_name(pot));
	buf_str(b, STR("\":"));
	json_name(b, pot_name(rb, pot, index));
	if (from == DAY_NONE)
		return;
	buf_str(b, pot == POT_DOCKET ? STR(",\"meeting\":") : STR(",\"year\":"));
	json_day(b, from);
}

/* Money, or places and seats. */
static void write_level(struct buf *b, enum pot_kind pot, struct str member, int64_t n)
{
	buf_str(b, member);
	if (pot == POT_FUND)
		money_json(b, n);
	else
		buf_i64(b, n);
}

static void write_levels(struct buf *b, enum pot_kind pot, int64_t reserved, int64_t committed)
{
	static const struct str names[][3] = {
	    [POT_FUND] = {STR_INIT(",\"reserved\":"), STR_INIT(",\"committed\":")},
	    [POT_CAPACITY] = {STR_INIT(",\"waiting\":"), STR_INIT(",\"taken\":")},
	    [POT_DOCKET] = {STR_INIT(",\"urgent\":"), STR_INIT(",\"others\":")},
	};
	write_level(b, pot, names[pot][0], reserved);
	write_level(b, pot, names[pot][1], committed);
}

static void write_draw(struct buf *b, const struct rulebook *rb, const struct draw *d)
{
	if (d->pot == POT_NONE)
		return;
	buf_str(b, STR(",\"draw\":{"));
	write_pot(b, rb, d->pot, d->index, d->from);
	write_levels(b, d->pot, d->reserved, d->committed);
	buf_char(b, '}');
}

/* Which version decided it, when that is not the decision's. */
static void write_under(struct buf *b, const struct rulebook *under)
{
	if (!under)
		return;
	buf_str(b, STR(",\"version\":"));
	json_name(b, (struct str){under->version, sizeof(under->version) - 1});
}

void outcome_said_json(struct buf *b, const struct rulebook *decisions, const struct outcome *o,
		       bool with_of)
{
	const struct rulebook *rb = outcome_rulebook(o, decisions);
	write_kind(b, rb, o);
	write_money(b, rb, o);
	write_text(b, STR(",\"to\":"), o->to);
	buf_str(b, STR(",\"status\":"));
	json_name(b, outcome_status_name(o->status));
	if (o->due != DAY_NONE) {
		buf_str(b, STR(",\"due\":"));
		json_day(b, o->due);
	}
	if (o->action == ACTION_ASSESS && o->times > 1 && !o->reversal)
		write_instalments(b, rb, o);
	write_schedule(b, rb, o);
	if (o->urgent)
		buf_str(b, STR(",\"urgent\":true"));
	if (o->has_of && with_of) {
		buf_str(b, STR(",\"of\":"));
		json_hash(b, o->of);
	}
	write_text(b, STR(",\"by\":"), o->by);
	write_text(b, text_member(o->action), o->text);
	if (o->action == ACTION_SET)
		write_fact(b, rb, o);
}

void outcome_json(struct buf *b, const struct rulebook *decisions, const struct outcome *o)
{
	const struct rulebook *rb = outcome_rulebook(o, decisions);
	buf_str(b, STR("{\"id\":"));
	json_hash(b, o->id);
	outcome_said_json(b, rb, o, true);
	write_draw(b, rb, &o->draw);
	write_event_ref(b, o->source, o->event);
	write_under(b, o->under);
	buf_str(b, STR(",\"because\":"));
	buf_str(b, rb->parts[o->part].because);
	buf_char(b, '}');
}

static uint16_t program_of(const struct rulebook *rb, const struct decision *d)
{
	if (d->n && !d->outcomes[0].under)
		return rb->blocks[rb->parts[d->outcomes[0].part].block].program;
	const struct county *c = &rb->counties[d->event.county];
	for (uint16_t i = 0; i < c->nadopts; i++) {
		const struct program *p = &rb->programs[c->adopts[i].program];
		if (p->effective <= d->event.day && c->adopts[i].from <= d->event.day)
			return c->adopts[i].program;
	}
	return NONE;
}

static void write_policy(struct buf *b, const struct rulebook *rb, const struct decision *d)
{
	uint16_t program = program_of(rb, d);
	buf_str(b, STR(",\"policy\":{"));
	if (program != NONE) {
		buf_str(b, STR("\"program\":"));
		json_name(b, rb->programs[program].name);
		buf_char(b, ',');
	}
	buf_str(b, STR("\"version\":"));
	json_name(b, (struct str){rb->version, sizeof(rb->version) - 1});
	if (program != NONE) {
		buf_str(b, STR(",\"effective\":"));
		json_day(b, rb->programs[program].effective);
	}
	buf_char(b, '}');
}

static void write_event(struct buf *b, const struct rulebook *rb, const struct decision *d)
{
	buf_str(b, STR(",\"event\":{\"source\":"));
	buf_json(b, d->event.source);
	buf_str(b, STR(",\"id\":"));
	buf_json(b, d->event.id);
	buf_str(b, STR(",\"type\":"));
	json_name(b, d->type_name);
	buf_str(b, STR(",\"time\":"));
	json_time(b, rb, d->event.time);
	buf_str(b, STR("},\"case\":"));
	buf_json(b, d->event.subject);
	buf_str(b, STR(",\"county\":"));
	json_name(b, rb->counties[d->event.county].name);
}

static void write_pots(struct buf *b, const struct rulebook *rb, const struct decision *d)
{
	static const struct str most[] = {
	    [POT_FUND] = STR_INIT(",\"budget\":"),
	    [POT_CAPACITY] = STR_INIT(",\"places\":"),
	    [POT_DOCKET] = STR_INIT(",\"seats\":"),
	};
	for (size_t i = 0; i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		buf_str(b, i || d->ninputs ? STR(",{") : STR("{"));
		write_pot(b, in->under ? in->under : rb, in->pot, in->index, in->from);
		write_level(b, in->pot, most[in->pot], in->most);
		write_levels(b, in->pot, in->reserved, in->committed);
		write_event_ref(b, in->source, in->event);
		write_under(b, in->under);
		buf_char(b, '}');
	}
}

static void write_inputs(struct buf *b, const struct rulebook *own, const struct decision *d)
{
	buf_str(b, STR(",\"inputs\":["));
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct input *in = &d->inputs[i];
		const struct rulebook *rb = in->under ? in->under : own;
		const struct fact *f = &rb->kinds[in->kind].facts[in->fact];
		buf_str(b, i ? STR(",{\"case\":") : STR("{\"case\":"));
		buf_json(b, in->id);
		buf_str(b, STR(",\"kind\":"));
		json_name(b, rb->kinds[in->kind].name);
		buf_str(b, STR(",\"fact\":"));
		json_name(b, f->name);
		buf_str(b, STR(",\"value\":"));
		json_value(b, rb, &f->type, in->value);
		if (f->confidential)
			buf_str(b, STR(",\"confidential\":true"));
		write_event_ref(b, in->source, in->event);
		write_under(b, in->under);
		buf_char(b, '}');
	}
	write_pots(b, own, d);
	buf_char(b, ']');
}

/* A payment of a schedule keeps what was settled at its start, unless the schedule says otherwise;
 * and what a late event added follows from another event, on another day: neither rested on the
 * parameters of this day. */
static bool rests_on_today(const struct rulebook *rb, const struct decision *d,
			   const struct outcome *o)
{
	if (o->reversal || o->source.len)
		return false;
	if (o->action != ACTION_PAY || o->schedule == NONE)
		return true;
	const struct schedule *s = schedule_on(rb, d->event.county, o->schedule, o->due);
	return s && s->also_running && s->block == rb->parts[o->part].block;
}

static void write_parameter(struct buf *b, const struct rulebook *rb, const struct decision *d,
			    uint16_t param)
{
	const struct param *p = &rb->params[param];
	const struct dated *v = param_on(rb, d->event.county, param, d->event.day);
	buf_str(b, STR("{\"name\":"));
	json_name(b, p->name);
	buf_str(b, STR(",\"value\":"));
	json_value(b, rb, &p->type, v->value);
	buf_str(b, v->because);
	buf_char(b, '}');
}

/* Parameters that are written already, or not yet any. */
struct listed {
	VEC(uint16_t) params;
};

static void list_parameter(struct buf *b, const struct rulebook *rb, const struct decision *d,
			   struct listed *l, uint16_t param)
{
	for (size_t i = 0; i < l->params.n; i++)
		if (l->params.at[i] == param)
			return;
	buf_str(b, l->params.n ? STR(",") : STR(",\"parameters\":["));
	write_parameter(b, rb, d, param);
	*vec_push(&l->params) = param;
}

/* Those that the part names, and those of the rows of tables that it went by. */
static void write_parameters(struct buf *b, const struct rulebook *rb, const struct decision *d)
{
	struct listed l = {0};
	for (size_t i = 0; i < d->n; i++) {
		const struct part *p = &rb->parts[d->outcomes[i].part];
		if (!rests_on_today(rb, d, &d->outcomes[i]))
			continue;
		for (uint16_t k = 0; k < p->nparams; k++)
			list_parameter(b, rb, d, &l, p->params[k]);
		for (size_t k = 0; k < d->nlookups; k++)
			for (uint16_t n = 0; d->lookups[k].part == d->outcomes[i].part &&
					     n < d->lookups[k].row->nparams;
			     n++)
				list_parameter(b, rb, d, &l, d->lookups[k].row->params[n]);
	}
	if (l.params.n)
		buf_char(b, ']');
	vec_release(&l.params);
}

static void write_voids(struct buf *b, const struct decision *d)
{
	buf_str(b, STR(",\"void\":["));
	for (size_t i = 0; i < d->nvoids; i++) {
		buf_str(b, i ? STR(",{\"source\":") : STR("{\"source\":"));
		buf_json(b, d->voids[i].source);
		buf_str(b, STR(",\"id\":"));
		buf_json(b, d->voids[i].id);
		buf_str(b, STR(",\"reason\":"));
		buf_json(b, d->voids[i].reason);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void write_stopped(struct buf *b, const struct rulebook *rb, const struct refusal *r)
{
	buf_str(b, STR(",\"stopped\":{\"type\":"));
	json_name(b, str_from(r->slug));
	if (r->block != NONE) {
		buf_char(b, ',');
		json_block_ref(b, rb, r->block);
	}
	buf_str(b, STR(",\"reasons\":["));
	for (size_t i = 0; i < r->n; i++) {
		buf_str(b, i ? STR(",{\"where\":") : STR("{\"where\":"));
		buf_json(b, r->reasons[i].where);
		buf_str(b, STR(",\"text\":"));
		buf_json(b, r->reasons[i].text);
		buf_char(b, '}');
	}
	buf_str(b, STR("]}"));
}

void decision_json(struct buf *b, const struct rulebook *rb, const struct decision *d, uint64_t seq,
		   bool duplicate)
{
	buf_str(b, STR("{\"seq\":"));
	buf_i64(b, (int64_t)seq);
	write_event(b, rb, d);
	buf_str(b, duplicate ? STR(",\"duplicate\":true") : STR(",\"duplicate\":false"));
	write_policy(b, rb, d);
	buf_str(b, STR(",\"outcomes\":["));
	for (size_t i = 0; i < d->n; i++) {
		if (i)
			buf_char(b, ',');
		outcome_json(b, rb, &d->outcomes[i]);
	}
	buf_char(b, ']');
	write_parameters(b, rb, d);
	if (d->ninputs || d->npots)
		write_inputs(b, rb, d);
	if (d->nvoids)
		write_voids(b, d);
	if (d->stopped.slug)
		write_stopped(b, rb, &d->stopped);
	buf_char(b, '}');
}
