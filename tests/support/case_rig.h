/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies as text, events as lines, outcomes as lines: what tests of deciding are made of.
 *
 *     struct rig rig;
 *     rig_open(&rig, POLICY);
 *     rig_event(&rig, "S-1", "2026-07-01 12:00", "session_attended", "minutes=60");
 *     assert_string_equal(rig_text(&rig), "pay $100.00 to S-1 due 2026-07-01\n");
 *     rig_close(&rig);
 */
#ifndef WAYMARK_TESTS_CASE_RIG_H
#define WAYMARK_TESTS_CASE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/decide/decide.h"
#include "grammar/compile.h"

#define RIG_CASES 16

struct rig {
	struct arena arena; /* texts, events */
	struct buf zone;
	struct rulebook *rb;
	struct decider d;
	struct pots pots;
	struct case_state *cases[RIG_CASES];
	size_t ncases;
	struct buf out;         /* what the last call brought about, as lines */
	struct hash128 ids[64]; /* of its outcomes */
	size_t nids, ninputs;
	enum status status; /* of the last event */
	unsigned sent;      /* events so far: their ids */
};

/* ---- the rulebook ---- */

static inline struct str rig_zone(void *arg, struct str name)
{
	struct rig *rig = arg;
	char path[128], bytes[4096];
	size_t n;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/" STR_FMT, STR_ARG(name));
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	buf_clear(&rig->zone);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_bytes(&rig->zone, bytes, n);
	fclose(f);
	return buf_view(&rig->zone);
}

static inline const struct case_state *rig_find(void *arg, uint16_t kind, struct str id)
{
	struct rig *rig = arg;
	for (size_t i = 0; i < rig->ncases; i++)
		if (rig->cases[i]->kind == kind && str_eq(rig->cases[i]->id, id))
			return rig->cases[i];
	return NULL;
}

static inline void rig_open(struct rig *rig, const char *policy)
{
	*rig = (struct rig){0};
	struct source source = {STR("test.way"), str_from(policy)};
	struct compile_env env = {.zone_bytes = rig_zone, .arg = rig};
	struct diag_list diags;
	diag_init(&diags, &rig->arena);
	/* decide stands for itself: what the checks over all cases keep out must stop it, too */
	enum status st = compile_unchecked(&source, 1, &env, &diags, &rig->rb);
	for (size_t i = 0; i < diags.n && st; i++) {
		uint32_t line, column;
		source_place(&source, diags.at[i].span.off, &line, &column);
		print_message("%u:%u: W%04d " STR_FMT "\n", line, column, diags.at[i].code,
			      STR_ARG(diags.at[i].message));
	}
	assert_int_equal(st, STATUS_OK);
	diag_release(&diags);
	decider_init(&rig->d, rig->rb, (struct world){rig_find, rig, &rig->pots});
}

static inline void rig_close(struct rig *rig)
{
	for (size_t i = 0; i < rig->ncases; i++)
		case_free(rig->rb, rig->cases[i]);
	decider_release(&rig->d);
	pots_release(&rig->pots);
	rulebook_unref(rig->rb);
	buf_release(&rig->out);
	buf_release(&rig->zone);
	arena_release(&rig->arena);
}

/* ---- what came of it, as lines ---- */

static inline void rig_name(struct buf *b, const char *before, const struct named *names,
			    uint16_t i)
{
	if (i != NONE)
		buf_fmt(b, "%s" STR_FMT, before, STR_ARG(names[i].name));
}

static inline void rig_day(struct buf *b, const char *before, int32_t day)
{
	if (day == DAY_NONE)
		return;
	buf_c(b, before);
	day_text(b, day);
}

static inline void rig_outcome(struct buf *b, const struct rulebook *rb,
			       const struct case_state *cs, const struct outcome *o)
{
	bool line =
	    o->action == ACTION_ASSESS || o->action == ACTION_CREDIT || o->action == ACTION_WAIVE;
	const struct named *names = line                          ? rb->lines
				    : o->action == ACTION_REQUIRE ? rb->requirements
				    : o->action == ACTION_ENTER   ? rb->stages
				    : o->action == ACTION_PLACE   ? rb->dockets
								  : rb->orders;
	buf_fmt(b, "%s%s" STR_FMT, o->unfunded ? "unfunded " : "", o->proposal ? "may " : "",
		STR_ARG(action_verb(o->action)));
	if (o->has_amount) {
		buf_char(b, ' ');
		money_text(b, o->cents);
	}
	rig_name(b, line ? " as " : " ", names, o->name);
	if (o->action == ACTION_SET) {
		const struct fact *f = &rb->kinds[cs->kind].facts[o->fact];
		buf_fmt(b, " " STR_FMT " to ", STR_ARG(f->name));
		policy_value_text(b, rb, &f->type, o->value);
	}
	if (o->to.len)
		buf_fmt(b, " to " STR_FMT, STR_ARG(o->to));
	rig_name(b, " from ", rb->funds, o->fund);
	if (o->schedule != NONE)
		buf_fmt(b, " under " STR_FMT,
			STR_ARG(rb->blocks[rb->schedules[o->schedule].block].name));
	if (o->item)
		buf_fmt(b, " item %u", o->item);
	if (o->times)
		buf_fmt(b, " %u times", o->times);
	rig_day(b, " first ", o->first);
	rig_day(b, " due ", o->due);
	if (o->text.len)
		buf_fmt(b, " \"" STR_FMT "\"", STR_ARG(o->text));
	if (o->by.len)
		buf_fmt(b, " by " STR_FMT, STR_ARG(o->by));
	if (o->status == OUTCOME_HELD)
		buf_c(b, " held");
	else if (outcome_withheld(o))
		buf_c(b, " stopped");
	buf_char(b, '\n');
}

static inline void rig_decision(struct rig *rig, const struct case_state *cs,
				const struct decision *out, bool internal)
{
	pots_apply(&rig->pots, rig->rb, out);
	for (size_t i = 0; i < out->n; i++) {
		if (internal) {
			day_text(&rig->out, out->event.day);
			buf_fmt(&rig->out, " " STR_FMT ": ", STR_ARG(out->type_name));
		}
		rig_outcome(&rig->out, rig->rb, cs, &out->outcomes[i]);
		if (rig->nids < 64)
			rig->ids[rig->nids++] = out->outcomes[i].id;
	}
	rig->ninputs = out->ninputs;
	if (!internal || out->n)
		return;
	day_text(&rig->out, out->event.day);
	buf_fmt(&rig->out, " " STR_FMT ": %s%s\n", STR_ARG(out->type_name),
		out->stopped.slug ? "stopped " : "nothing",
		out->stopped.slug ? out->stopped.slug : "");
}

static inline const char *rig_text(struct rig *rig)
{
	buf_char(&rig->out, '\0');
	rig->out.len--;
	return rig->out.p;
}

/* ---- events ---- */

/* 2026-07-01 or 2026-07-01 09:30, in the policy's zone; noon when no time is given. */
static inline int64_t rig_time(const struct rig *rig, const char *when, int32_t *day)
{
	int hour = 12, minute = 0;
	assert_int_equal(day_read((struct str){when, 10}, day), STATUS_OK);
	if (when[10])
		assert_int_equal(sscanf(when + 11, "%d:%d", &hour, &minute), 2);
	return zone_instant(rig->rb->zone, *day, hour * 60 + minute);
}

static inline struct value rig_value(const struct rig *rig, const struct type *t, struct str s)
{
	int32_t day;
	int64_t cents;
	if (str_eq(s, STR("unknown")))
		return value_missing(t->kind);
	switch (t->kind) {
	case TYPE_TEXT:
	case TYPE_REF:
		return value_str(t->kind, s);
	case TYPE_YES_NO:
		return value_int(t->kind, str_eq(s, STR("yes")));
	case TYPE_DATE:
		assert_int_equal(day_read(s, &day), STATUS_OK);
		return value_int(t->kind, day);
	case TYPE_MONEY:
		assert_int_equal(money_read(s, &cents), STATUS_OK);
		return value_int(t->kind, cents);
	case TYPE_CHOICE:
		for (uint16_t i = 0; i < rig->rb->choices[t->of].n; i++)
			if (str_eq(rig->rb->choices[t->of].names[i], s))
				return value_int(t->kind, i);
		fail_msg("no such choice: " STR_FMT, STR_ARG(s));
		return value_missing(t->kind);
	default:
		return value_int(t->kind, strtoll(s.p, NULL, 10));
	}
}

/* name=value,name=value */
static inline void rig_fields(struct rig *rig, struct event *ev, const char *text)
{
	const struct event_type *t = &rig->rb->events[ev->type];
	ev->fields = arena_array(&rig->arena, t->nfields, sizeof(*ev->fields));
	for (uint16_t i = 0; i < t->nfields; i++)
		ev->fields[i] = value_missing(t->fields[i].type.kind);
	struct str s = arena_str(&rig->arena, str_from(text));
	for (const char *p = s.p; p && *p;) {
		size_t name = strcspn(p, "="), value = strcspn(p + name + 1, ",");
		uint16_t f = field_index(t, (struct str){p, name});
		assert_int_not_equal(f, NONE);
		ev->fields[f] =
		    rig_value(rig, &t->fields[f].type, (struct str){p + name + 1, value});
		ev->given |= (uint64_t)1 << f;
		p += name + 1 + value;
		p += *p == ',';
	}
}

static inline struct event rig_make(struct rig *rig, const struct case_state *cs, const char *when,
				    const char *type, const char *fields)
{
	struct buf id = {0};
	buf_fmt(&id, "e-%u", ++rig->sent);
	struct event ev = {.source = STR("/test"),
			   .id = arena_str(&rig->arena, buf_view(&id)),
			   .subject = cs->id,
			   .type = rulebook_event(rig->rb, str_from(type)),
			   .county = cs->county,
			   .kind = cs->kind};
	buf_release(&id);
	assert_int_not_equal(ev.type, NONE);
	ev.time = rig_time(rig, when, &ev.day);
	ev.key = event_key(ev.source, ev.id);
	rig_fields(rig, &ev, fields);
	return ev;
}

static inline struct case_state *rig_case(struct rig *rig, const char *kind, const char *id)
{
	for (size_t i = 0; i < rig->ncases; i++)
		if (str_eq(rig->cases[i]->id, str_from(id)))
			return rig->cases[i];
	uint16_t k = rulebook_kind(rig->rb, str_from(kind));
	assert_int_not_equal(k, NONE);
	assert_true(rig->ncases < RIG_CASES);
	return rig->cases[rig->ncases++] = case_new(rig->rb, str_from(id), k, 0);
}

/* What falls due before an instant, and at it: there only what belongs to a day up to `day`. */
static inline void rig_catch_up(struct rig *rig, struct case_state *cs, int64_t until, int32_t day)
{
	struct decision out;
	while (cs->due.n && (cs->due.at[0].at < until ||
			     (cs->due.at[0].at == until && cs->due.at[0].day <= day))) {
		decide_due(&rig->d, cs, &out);
		rig_decision(rig, cs, &out, true);
	}
}

static inline void rig_clear(struct rig *rig)
{
	buf_clear(&rig->out);
	rig->nids = 0;
}

/* Time passes to the end of a day: what fell due is in the text. */
static inline const char *rig_pass(struct rig *rig, struct case_state *cs, const char *day)
{
	int32_t d;
	rig_time(rig, day, &d);
	rig_clear(rig);
	rig_catch_up(rig, cs, zone_day_start(rig->rb->zone, d + 1), d);
	return rig_text(rig);
}

/* Catches up, then decides; the text is of both. */
static inline const char *rig_event(struct rig *rig, struct case_state *cs, const char *when,
				    const char *type, const char *fields)
{
	struct decision out;
	struct event ev = rig_make(rig, cs, when, type, fields);
	rig_clear(rig);
	rig_catch_up(rig, cs, ev.time, DAY_MAX);
	rig->status = decide_event(&rig->d, cs, &ev, &out);
	if (rig->status == STATUS_OK)
		rig_decision(rig, cs, &out, false);
	else
		buf_fmt(&rig->out, "refused %s\n", rig->d.refusal.slug);
	return rig_text(rig);
}

/* The field of `approved`, `declined` and `payment_received` for an outcome of the last call. */
static inline const char *rig_about(struct rig *rig, size_t i, const char *rest)
{
	char hex[33] = {0};
	struct buf b = {0};
	hash_hex(rig->ids[i].b, 16, hex);
	buf_fmt(&b, "outcome=%s%s", hex, rest);
	struct str s = arena_str(&rig->arena, buf_view(&b));
	buf_release(&b);
	return s.p;
}

/* ---- the whole state of a case, as text: two equal texts are two equal cases ---- */

static inline void rig_hash(struct buf *b, struct hash128 h)
{
	char hex[32];
	hash_hex(h.b, 16, hex);
	buf_bytes(b, hex, 32);
}

static inline void rig_value_dump(struct buf *b, struct value v)
{
	value_text(b, v);
	buf_fmt(b, "/%u;", v.kind);
}

static inline struct str rig_dump(struct rig *rig, const struct case_state *cs)
{
	struct buf b = {0};
	buf_fmt(&b, STR_FMT " %u %u %lld\n", STR_ARG(cs->id), cs->kind, cs->county,
		(long long)cs->last);
	for (uint16_t i = 0; i < rig->rb->kinds[cs->kind].nfacts; i++)
		rig_value_dump(&b, cs->facts[i]);
	for (size_t i = 0; i < cs->counts.n; i++)
		buf_fmt(&b, "\ncount %u %u %d", cs->counts.at[i].event, cs->counts.at[i].n,
			cs->counts.at[i].last_day);
	for (size_t i = 0; i < cs->positions.n; i++)
		buf_fmt(&b, "\nstep %u %u %d", cs->positions.at[i].escalation,
			cs->positions.at[i].step, cs->positions.at[i].since);
	for (size_t i = 0; i < cs->used.n; i++)
		buf_fmt(&b, "\nused %u %d %lld", cs->used.at[i].limit, cs->used.at[i].period,
			(long long)cs->used.at[i].n);
	for (size_t i = 0; i < cs->due.n; i++) {
		const struct due *d = &cs->due.at[i];
		buf_fmt(&b, "\ndue %lld %d %d %u %u %u %u ", (long long)d->at, d->day, (int)d->kind,
			d->part, d->action, d->answered_by, d->n);
		rig_hash(&b, d->origin);
	}
	for (size_t i = 0; i < cs->running.n; i++) {
		const struct running *r = &cs->running.at[i];
		buf_fmt(&b, "\nrunning %u %d %lld %u %u %u " STR_FMT " ", r->schedule, r->first,
			(long long)r->cents, r->times, r->paid, r->held, STR_ARG(r->to));
		rig_hash(&b, r->origin);
	}
	for (size_t i = 0; i < cs->owed.n; i++) {
		const struct obligation *o = &cs->owed.at[i];
		buf_fmt(&b, "\nowed %u %u %lld %lld ", o->name, o->fund, (long long)o->cents,
			(long long)o->settled);
		rig_hash(&b, o->outcome);
	}
	for (size_t i = 0; i < cs->proposals.n; i++) {
		const struct proposal *p = &cs->proposals.at[i];
		buf_fmt(&b, "\nproposal %u %u %lld %d " STR_FMT " ", p->part, p->action,
			(long long)p->cents, p->day, STR_ARG(p->to));
		rig_value_dump(&b, p->value);
		rig_hash(&b, p->outcome);
	}
	for (size_t i = 0; i < cs->paid.n; i++)
		buf_fmt(&b, "\npaid %u %lld", cs->paid.at[i].schedule,
			(long long)cs->paid.at[i].cents);
	struct str s = arena_str(&rig->arena, buf_view(&b));
	buf_release(&b);
	return s;
}

#endif
