/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/policy.h"

#include "engine/base/mem.h"

#include <assert.h>

struct rulebook *rulebook_new(void)
{
	struct rulebook *rb = mem_alloc(sizeof(*rb));
	rb->refs = 1;
	rb->zone = zone_utc();
	return rb;
}

struct rulebook *rulebook_ref(struct rulebook *rb)
{
	__atomic_add_fetch(&rb->refs, 1, __ATOMIC_RELAXED);
	return rb;
}

void rulebook_unref(struct rulebook *rb)
{
	if (!rb || __atomic_sub_fetch(&rb->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	map_release(&rb->event_names);
	map_release(&rb->county_names);
	map_release(&rb->kind_names);
	struct arena arena = rb->arena;
	mem_free(rb);
	arena_release(&arena);
}

/* ---- finding by name ---- */

static uint16_t by_name(const struct map *m, struct str name)
{
	uint32_t i = map_get(m, name);
	return i == MAP_NONE ? NONE : (uint16_t)i;
}

uint16_t rulebook_event(const struct rulebook *rb, struct str name)
{
	return by_name(&rb->event_names, name);
}

const struct source *rulebook_source(const struct rulebook *rb, struct str name)
{
	for (uint32_t i = 0; i < rb->nsources; i++)
		if (str_eq(rb->sources[i].name, name))
			return &rb->sources[i];
	return NULL;
}

uint16_t rulebook_county(const struct rulebook *rb, struct str name)
{
	return by_name(&rb->county_names, name);
}

uint16_t rulebook_kind(const struct rulebook *rb, struct str name)
{
	return by_name(&rb->kind_names, name);
}

uint16_t rulebook_program(const struct rulebook *rb, struct str name)
{
	for (uint16_t i = 0; i < rb->nprograms; i++)
		if (str_eq(rb->programs[i].name, name))
			return i;
	return NONE;
}

uint16_t fact_index(const struct case_kind *k, struct str name)
{
	for (uint16_t i = 0; i < k->nfacts; i++)
		if (str_eq(k->facts[i].name, name))
			return i;
	return NONE;
}

uint16_t field_index(const struct event_type *e, struct str name)
{
	for (uint16_t i = 0; i < e->nfields; i++)
		if (str_eq(e->fields[i].name, name))
			return i;
	return NONE;
}

/* ---- what holds on a day ---- */

static const struct dated_list *param_values(const struct rulebook *rb, uint16_t county,
					     uint16_t param)
{
	if (county != NONE && rb->counties[county].values)
		return &rb->counties[county].values[param];
	return &rb->params[param].values;
}

const struct dated *param_on(const struct rulebook *rb, uint16_t county, uint16_t param,
			     int32_t day)
{
	const struct dated_list *l = param_values(rb, county, param);
	uint16_t i = (uint16_t)(l->n - 1);
	while (i > 0 && l->at[i].from > day)
		i--;
	return &l->at[i];
}

static uint16_t variant_on(const struct variants *v, uint16_t own, uint16_t county, int32_t day)
{
	for (uint16_t i = 0; i < v->n; i++)
		if (v->at[i].county == county && v->at[i].from <= day)
			own = v->at[i].by;
	return own;
}

uint16_t block_limit_like(const struct block *b, const struct limit *limit)
{
	for (uint16_t i = 0; i < b->nlimits; i++) {
		const struct limit *l = &b->limits[i];
		if (l->is_money == limit->is_money && l->per_case == limit->per_case &&
		    (l->per_case || l->per == limit->per))
			return i;
	}
	return NONE;
}

void limit_words(struct buf *b, const struct limit *limit)
{
	buf_str(b, limit->is_money ? STR("money per ") : STR("payments per "));
	buf_str(b, limit->per_case ? STR("case") : unit_name(limit->per, false));
}

const struct schedule *schedule_on(const struct rulebook *rb, uint16_t county, uint16_t schedule,
				   int32_t day)
{
	uint16_t first = rb->schedules[schedule].first;
	uint16_t now = variant_on(&rb->schedules[first].variants, first, county, day);
	return now == NONE ? NULL : &rb->schedules[now];
}

const struct escalation *escalation_on(const struct rulebook *rb, uint16_t county,
				       uint16_t escalation, int32_t day)
{
	uint16_t first = rb->escalations[escalation].first;
	uint16_t now = variant_on(&rb->escalations[first].variants, first, county, day);
	return now == NONE ? NULL : &rb->escalations[now];
}

const struct table *table_on(const struct rulebook *rb, uint16_t county, uint16_t table,
			     int32_t day)
{
	uint16_t first = rb->tables[table].first;
	uint16_t holds = variant_on(&rb->tables[first].variants, first, county, day);
	return holds == NONE ? NULL : &rb->tables[holds];
}

int64_t places_on(const struct rulebook *rb, uint16_t county, uint16_t capacity, int32_t day)
{
	const struct capacity *p = &rb->places[capacity];
	return p->param == NONE ? p->n : param_on(rb, county, p->param, day)->value.i;
}

bool places_above(const struct rulebook *rb, uint16_t county, uint16_t capacity, int64_t taken,
		  int32_t after, int32_t *day)
{
	const struct capacity *p = &rb->places[capacity];
	const struct dated_list *l = p->param == NONE ? NULL : param_values(rb, county, p->param);
	for (uint16_t i = 0; l && i < l->n; i++) {
		if (l->at[i].from <= after || l->at[i].value.i <= taken)
			continue;
		*day = l->at[i].from;
		return true;
	}
	return false;
}

const struct budget *fund_budget(const struct rulebook *rb, uint16_t fund)
{
	if (!rb->budgets || fund == NONE || !rb->budgets[fund].limited)
		return NULL;
	return &rb->budgets[fund];
}

int64_t budget_on(const struct rulebook *rb, uint16_t county, const struct budget *b, int32_t day)
{
	return b->param == NONE ? b->cents : param_on(rb, county, b->param, day)->value.i;
}

int32_t budget_year(const struct budget *b, int32_t day)
{
	if (b->per == BUDGET_IN_ALL)
		return DAY_NONE;
	struct date d = date_of(day);
	bool before = d.month < b->month || (d.month == b->month && d.day < b->day);
	if (before && d.year == 1)
		return DAY_MIN;
	return day_of((struct date){d.year - before, b->month, b->day});
}

int32_t budget_day(const struct budget *b, int32_t year, int32_t day)
{
	int32_t next;
	if (budget_year(b, day) == year)
		return day;
	if (day < year || day_add(year, 1, UNIT_YEARS, NULL, &next))
		return year;
	return next - 1;
}

uint16_t escalation_moved(const struct rulebook *rb, uint16_t escalation, struct str step)
{
	const struct escalation *own = &rb->escalations[rb->escalations[escalation].first];
	for (uint16_t i = 0; i < own->nmoves; i++)
		if (str_eq(own->moves[i].from, step))
			return own->moves[i].to;
	return NONE;
}

const struct calendar *rulebook_calendar(const struct rulebook *rb)
{
	return rb->ncalendars ? &rb->calendars[0] : NULL;
}

bool precedence_is_over(const struct precedence *p, uint16_t block)
{
	for (uint16_t i = 0; i < p->nover; i++)
		if (p->over[i] == block)
			return true;
	return false;
}

/* ---- the actions of a part ---- */

static const struct action *action_in(const struct action *list, uint16_t n, uint16_t *left)
{
	if (*left < n)
		return &list[*left];
	*left = (uint16_t)(*left - n);
	for (uint16_t i = 0; i < n; i++) {
		const struct action *a = action_in(list[i].otherwise, list[i].notherwise, left);
		if (a)
			return a;
	}
	return NULL;
}

const struct action *part_action(const struct part *p, uint16_t number)
{
	return action_in(p->actions, p->nactions, &number);
}

uint16_t part_action_number(const struct part *p, const struct action *action)
{
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		if (a == action)
			return i;
	return NONE;
}

/* ---- words ---- */

struct str action_verb(enum action_kind kind)
{
	static const struct str verbs[] = {
#define X(constant, verb, outcome) [constant] = STR_INIT(verb),
	    ACTION_KINDS(X)
#undef X
	};
	return verbs[kind];
}

struct str action_outcome(enum action_kind kind)
{
	static const struct str outcomes[] = {
#define X(constant, verb, outcome) [constant] = STR_INIT(outcome),
	    ACTION_KINDS(X)
#undef X
	};
	return outcomes[kind];
}

struct str block_kind_name(enum block_kind kind)
{
	static const struct str names[] = {
#define X(constant, name) [constant] = STR_INIT(name),
	    BLOCK_KINDS(X)
#undef X
	};
	return names[kind];
}

bool action_moves_case(enum action_kind kind)
{
	return kind == ACTION_ENTER || kind == ACTION_PLACE;
}

bool block_has_steps(enum block_kind kind)
{
	return kind == BLOCK_ESCALATION || kind == BLOCK_STAGES;
}

struct str block_step_name(enum block_kind kind)
{
	return kind == BLOCK_STAGES ? STR("stage") : STR("step");
}

void policy_value_text(struct buf *b, const struct rulebook *rb, const struct type *t,
		       struct value v)
{
	if (t->kind == TYPE_CHOICE && v.known)
		buf_str(b, rb->choices[t->of].names[v.i]);
	else
		value_text(b, v);
}

/* ---- places in the source ---- */

void source_place(const struct source *s, uint32_t off, uint32_t *line, uint32_t *column)
{
	uint32_t l = 1, c = 1;
	for (uint32_t i = 0; i < off && i < s->text.len; i++) {
		unsigned char byte = (unsigned char)s->text.p[i];
		if (byte == '\n') {
			l++;
			c = 1;
		} else if ((byte & 0xC0) != 0x80) { /* not a continuation byte of UTF-8 */
			c++;
		}
	}
	*line = l;
	*column = c;
}

uint32_t rulebook_line(const struct rulebook *rb, struct span span)
{
	assert(span.source < rb->nsources);
	const struct source_lines *l = &rb->source_lines[span.source];
	uint32_t lo = 0, hi = l->n;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (l->start[mid] <= span.off)
			lo = mid;
		else
			hi = mid;
	}
	return lo + 1;
}

struct str rulebook_text(const struct rulebook *rb, struct span span)
{
	if (span.source >= rb->nsources)
		return STR("");
	struct str text = rb->sources[span.source].text;
	assert(span.off <= text.len && span.len <= text.len - span.off);
	return (struct str){text.p + span.off, span.len};
}
