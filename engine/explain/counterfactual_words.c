/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/counterfactual.h"

#include "engine/case/json.h"
#include "engine/case/json_write.h"

/* ---- in words ---- */

static const char *after_bound(enum relation r, bool date)
{
	if (r == IS_AT_LEAST)
		return date ? " or later" : " or more";
	if (r == IS_AT_MOST)
		return date ? " or earlier" : " or less";
	return "";
}

static const char *before_bound(enum relation r, bool date)
{
	if (r == IS_NOT)
		return "other than ";
	if (r == IS_MORE)
		return date ? "after " : "more than ";
	if (r == IS_LESS)
		return date ? "before " : "less than ";
	return "";
}

void change_relation_words(struct buf *b, const struct rulebook *rb, const struct change *c,
			   change_value_words *value)
{
	bool date = c->type.kind == TYPE_DATE;
	if (c->relation == IS_KNOWN || c->relation == IS_UNKNOWN) {
		buf_c(b, c->relation == IS_KNOWN ? "known" : "unknown");
		return;
	}
	buf_c(b, before_bound(c->relation, date));
	value(b, rb, &c->type, c->bound);
	buf_c(b, after_bound(c->relation, date));
	if (!c->has_also)
		return;
	buf_c(b, " and ");
	buf_c(b, before_bound(c->also, date));
	value(b, rb, &c->type, c->also_bound);
	buf_c(b, after_bound(c->also, date));
}

bool change_is_any_time(const struct change *c)
{
	return c->kind == CHANGE_COUNT && c->relation == IS_NOT && !c->bound.i && !c->has_also;
}

static void relation_words(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	change_relation_words(b, rb, c, policy_value_text);
}

static void step_words(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	const struct escalation *e = &rb->escalations[c->index];
	const struct block *block = &rb->blocks[e->block];
	struct str step = block_step_name(block->kind);
	buf_str(b, STR("the case would have to stand in "));
	if (c->step)
		buf_fmt(b, STR_FMT " " STR_FMT, STR_ARG(step), STR_ARG(e->steps[c->step - 1].name));
	else
		buf_fmt(b, "no " STR_FMT, STR_ARG(step));
	buf_fmt(b, " of " STR_FMT, STR_ARG(block->name));
}

/* the case would have to have a place in south_la; wait for a place in south_la; have no … */
static void place_words_of(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	struct str name =
	    c->kind == CHANGE_PLACE ? rb->capacities[c->index].name : rb->dockets[c->index].name;
	if (c->kind == CHANGE_SEAT)
		buf_fmt(b, "the case would have to %sbe placed on ", c->value.i ? "" : "not ");
	else
		buf_fmt(b, "the case would have to %s place in ",
			!c->value.i ? (c->waits ? "not wait for a" : "have no")
			: c->waits  ? "wait for a"
				    : "have a");
	buf_str(b, name);
}

static void day_words(struct buf *b, const struct change *c)
{
	if (c->kind != CHANGE_DAY)
		return;
	buf_str(b, STR(", so the event would have to come on "));
	day_text(b, c->day);
}

static void what_words(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	if (c->what.len)
		source_words(b, rb, c->what);
	else
		buf_str(b, STR("the day of the event"));
}

static void was_words(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	buf_str(b, STR("; it was "));
	if (c->was.known)
		policy_value_text(b, rb, &c->type, c->was);
	else
		buf_str(b, STR("not known"));
	if (c->what.len)
		day_words(b, c);
}

void change_words(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	if (c->kind == CHANGE_STEP) {
		step_words(b, rb, c);
		return;
	}
	if (c->kind == CHANGE_PLACE || c->kind == CHANGE_SEAT) {
		place_words_of(b, rb, c);
		return;
	}
	if (change_is_any_time(c)) {
		buf_str(b, rb->events[c->index].name);
		buf_c(b, " would have to have happened before");
		return;
	}
	what_words(b, rb, c);
	buf_str(b, STR(" would have to be "));
	relation_words(b, rb, c);
	was_words(b, rb, c);
}

static void set_words(struct buf *b, const struct rulebook *rb, const struct change_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (i)
			buf_str(b, STR(", and "));
		change_words(b, rb, &set->at[i]);
	}
}

/* Not of where the case stands, its place, or the day: those have words of their own. */
static bool is_of_value(enum change_kind k)
{
	return k != CHANGE_STEP && k != CHANGE_PLACE && k != CHANGE_SEAT && k != CHANGE_DAY;
}

bool counterfactual_is_of_one(const struct counterfactual *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->sets[i].n != 1 || !is_of_value(c->sets[i].at[0].kind) ||
		    change_is_any_time(&c->sets[i].at[0]) ||
		    !change_same(&c->sets[i].at[0], &c->sets[0].at[0]))
			return false;
	return true;
}

/* age would have to be unknown, or 18 years or more; it was 17 years */
static void one_words(struct buf *b, const struct rulebook *rb, const struct counterfactual *c)
{
	what_words(b, rb, &c->sets[0].at[0]);
	buf_str(b, STR(" would have to be "));
	for (size_t i = 0; i < c->n; i++) {
		const struct change *one = &c->sets[i].at[0], *first = &c->sets[0].at[0];
		if (i && one->relation == IS_NOT && first->relation == IS_NOT)
			continue; /* any other value */
		buf_c(b, i ? ", or " : "");
		relation_words(b, rb, one);
	}
	was_words(b, rb, &c->sets[0].at[0]);
}

void counterfactual_words(struct buf *b, const struct wording *w, const struct counterfactual *c)
{
	if (c->confidential && !w->confidential) {
		buf_str(b, STR("what would have to be different rests on something confidential"));
		return;
	}
	if (counterfactual_is_of_one(c)) {
		one_words(b, w->rb, c);
		return;
	}
	for (size_t i = 0; i < c->n; i++) {
		buf_c(b, i ? ", or " : c->n > 1 ? "either " : "");
		set_words(b, w->rb, &c->sets[i]);
	}
}

/* ---- as JSON ---- */

static const char *relation_name(enum relation r)
{
	static const char *const names[] = {
	    [IS] = "is",          [IS_NOT] = "is-not",      [IS_AT_LEAST] = "at-least",
	    [IS_MORE] = "more",   [IS_AT_MOST] = "at-most", [IS_LESS] = "less",
	    [IS_KNOWN] = "known", [IS_UNKNOWN] = "unknown",
	};
	return names[r];
}

static void bounds_json(struct buf *b, const struct rulebook *rb, const struct change *c)
{
	buf_fmt(b, ",\"relation\":\"%s\"", relation_name(c->relation));
	if (!c->has_also)
		return;
	buf_fmt(b, ",\"also\":{\"relation\":\"%s\",\"value\":", relation_name(c->also));
	json_value(b, rb, &c->type, c->also_bound);
	buf_char(b, '}');
}

static void change_json(struct buf *b, const struct rulebook *rb, const struct event_type *event,
			const struct case_kind *own, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_FIELD:
		buf_str(b, STR("{\"field\":"));
		json_name(b, event->fields[c->index].name);
		break;
	case CHANGE_FACT:
		buf_str(b, STR("{\"fact\":"));
		json_name(b, own->facts[c->index].name);
		break;
	case CHANGE_OTHER:
		buf_str(b, STR("{\"case\":"));
		buf_json(b, c->id);
		buf_str(b, STR(",\"kind\":"));
		json_name(b, rb->kinds[c->case_kind].name);
		buf_str(b, STR(",\"fact\":"));
		json_name(b, rb->kinds[c->case_kind].facts[c->index].name);
		break;
	case CHANGE_COUNT:
		buf_str(b, STR("{\"event\":"));
		json_name(b, rb->events[c->index].name);
		buf_fmt(b, ",\"times\":%lld,\"on\":\"", (long long)c->times);
		day_text(b, c->day);
		buf_char(b, '"');
		bounds_json(b, rb, c);
		buf_char(b, '}');
		return;
	case CHANGE_STEP:
		buf_str(b, STR("{\"escalation\":"));
		json_name(b, rb->blocks[rb->escalations[c->index].block].name);
		buf_str(b, STR(",\"step\":"));
		if (c->step)
			json_name(b, rb->escalations[c->index].steps[c->step - 1].name);
		else
			buf_str(b, STR("null"));
		buf_char(b, '}');
		return;
	case CHANGE_OWED:
		buf_str(b, STR("{\"sum\":\"balance-owed\""));
		break;
	case CHANGE_PAID:
		buf_str(b, STR("{\"sum\":\"paid-under\",\"schedule\":"));
		json_name(b, rb->blocks[rb->schedules[c->index].block].name);
		break;
	case CHANGE_PLACE:
		buf_str(b, STR("{\"capacity\":"));
		json_name(b, rb->capacities[c->index].name);
		buf_fmt(b, ",\"%s\":%s}", c->waits ? "waits" : "has_place",
			c->value.i ? "true" : "false");
		return;
	case CHANGE_SEAT:
		buf_str(b, STR("{\"docket\":"));
		json_name(b, rb->dockets[c->index].name);
		buf_fmt(b, ",\"placed\":%s}", c->value.i ? "true" : "false");
		return;
	case CHANGE_DAY:
		buf_str(b, STR("{\"day\":\""));
		day_text(b, c->day);
		buf_str(b, STR("\"}"));
		return;
	}
	buf_str(b, STR(",\"value\":"));
	json_value(b, rb, &c->type, c->value);
	bounds_json(b, rb, c);
	buf_char(b, '}');
}

static void sets_json(struct buf *b, const struct rulebook *rb, const struct counterfactual *c)
{
	const struct case_kind *own = &rb->kinds[c->kind];
	buf_str(b, STR(",\"sets\":["));
	for (size_t i = 0; i < c->n; i++) {
		buf_c(b, i ? ",[" : "[");
		for (size_t k = 0; k < c->sets[i].n; k++) {
			buf_c(b, k ? "," : "");
			change_json(b, rb, &rb->events[c->event], own, &c->sets[i].at[k]);
		}
		buf_char(b, ']');
	}
	buf_char(b, ']');
}

void counterfactual_json(struct buf *b, const struct wording *w, const struct counterfactual *c)
{
	struct buf words = {0};
	counterfactual_words(&words, w, c);
	buf_str(b, STR("{\"text\":"));
	buf_json(b, buf_view(&words));
	buf_release(&words);
	if (c->confidential)
		buf_str(b, STR(",\"confidential\":true"));
	if (!c->confidential || w->confidential)
		sets_json(b, w->rb, c);
	buf_char(b, '}');
}
