/* SPDX-License-Identifier: Apache-2.0
 *
 * What the candidate decides, told to the comparison; and what it refuses.
 */
#include "daemon/replay/candidate_internal.h"

#include "daemon/wire/canonical.h"
#include "engine/audit/said.h"
#include "engine/case/json.h"
#include "engine/values/zone.h"

static void take_back(struct candidate *x, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		struct draw back = d->outcomes[i].draw;
		if (back.pot == POT_NONE)
			continue;
		back.reserved = -back.reserved;
		back.committed = -back.committed;
		pots_draw(&x->stream.pots, outcome_rulebook(&d->outcomes[i], x->config->rb),
			  d->event.county, &back);
	}
}

/* ---- what is recorded ---- */

/* The civil day of the recorded event with that key; `otherwise` when there is none. */
static int32_t recorded_day(const struct candidate *x, struct hash128 key, int32_t otherwise)
{
	struct ledger_event e;
	int64_t time;
	if (ledger_find_event(x->past, key, &e) || e.destroyed ||
	    time_read(canonical_text(canonical_get(e.event, STR("time"))), &time))
		return otherwise;
	return zone_day(x->config->rb->zone, time);
}

static void say_recorded(struct candidate *x, const struct said *said)
{
	comparison_say(&x->out->comparison, SIDE_RECORDED, x->rec->case_no, x->rec->seq,
		       x->rec->county, said);
}

/* The next one. What is not whole is left where it is. */
static bool read_recorded(struct candidate *x)
{
	struct outcome_read o;
	struct str rest = x->left;
	arena_reset(&x->arena);
	if (!str_starts(rest, STR("{")) ||
	    !outcome_read(&x->outcomes, &o, &rest, x->rec->day, &x->arena))
		return false;
	if (o.follows)
		o.said.day = recorded_day(x, o.event, o.said.day);
	say_recorded(x, &o.said);
	x->left = rest;
	return true;
}

void candidate_say_recorded(struct candidate *x)
{
	while (read_recorded(x))
		;
	if (x->left.p && !str_starts(x->left, STR("]"))) {
		history_damaged(x->why, x->rec->seq,
				STR("its decision is not as waymark writes it"));
		x->failed = STATUS_INVALID;
	}
	x->left = (struct str){0};
}

/* Behind what is not compared of an outcome, when that is what comes next. */
static bool pass_over(struct str *rest, struct str because)
{
	struct str name, value;
	while (canonical_name(rest, &name)) {
		if (str_eq(name, STR("because")) && str_starts(*rest, because))
			canonical_skip(rest, because.len);
		else if (!str_eq(name, STR("because")) && !str_eq(name, STR("draw")))
			return false;
		else if (!canonical_value(rest, &value))
			return false;
	}
	return canonical_leave(rest);
}

static bool pass_id(struct str *rest, struct hash128 id)
{
	char text[2 * sizeof(id.b)];
	hash_hex(id.b, sizeof(id.b), text);
	return canonical_pass(rest, STR("{\"id\":\"")) &&
	       canonical_pass(rest, (struct str){text, sizeof(text)}) &&
	       canonical_pass(rest, STR("\""));
}

/* Most outcomes are as recorded: such a one need not be read. Is it what the record says next? Then
 * that is behind it. Else what the record has there is told, all of it unless it has the same id:
 * what comes then is likely to be the same. */
static bool is_recorded(struct candidate *x, const struct outcome *o, struct str text)
{
	const struct rulebook *rb = outcome_rulebook(o, x->config->rb);
	struct str rest = x->left;
	bool is_next = pass_id(&rest, o->id);
	if (is_next && !o->reversal && canonical_pass(&rest, text) &&
	    canonical_pass(&rest, STR(",")) && pass_over(&rest, rb->parts[o->part].because)) {
		x->left = rest;
		return true;
	}
	if (!is_next || !read_recorded(x))
		candidate_say_recorded(x);
	return false;
}

/* ---- what the candidate decides ---- */

static void say(struct candidate *x, const struct decision *d, const struct outcome *o, uint64_t no)
{
	const struct rulebook *rb = x->config->rb;
	struct buf *b = &x->scratch;
	struct said said;
	int32_t day = d->event.day;
	buf_clear(b);
	outcome_said_json(b, rb, o, false);
	size_t n = b->len;
	if (o->has_of)
		outcome_said_json(b, rb, o, true);
	struct str text = {b->p, n};
	bool same = is_recorded(x, o, o->has_of ? (struct str){b->p + n, b->len - n} : text);
	if (o->source.len && o->due == DAY_NONE)
		day = recorded_day(x, event_key(o->source, o->event), day);
	said_of(&said, rb, o, text, same ? x->rec->day : day);
	if (same)
		say_recorded(x, &said);
	comparison_say(&x->out->comparison, SIDE_CANDIDATE, no, x->rec->seq,
		       rb->counties[d->event.county].name, &said);
}

void candidate_refuses(struct candidate *x, struct str type, const struct refusal *no)
{
	struct str where = no->n ? no->reasons[0].where : STR("");
	buf_clear(&x->key);
	buf_fmt(&x->key, STR_FMT "|%s|" STR_FMT, STR_ARG(type), no->slug, STR_ARG(where));
	uint32_t i = map_get(&x->by_refusal, buf_view(&x->key));
	if (i == MAP_NONE) {
		struct arena *a = &x->out->arena;
		i = (uint32_t)x->out->refusals.n;
		map_put(&x->by_refusal, arena_str(a, buf_view(&x->key)), i);
		*vec_push(&x->out->refusals) = (struct replay_refusal){
		    arena_str(a, type), arena_str(a, str_from(no->slug)), arena_str(a, where), 0};
	}
	x->out->refusals.at[i].n++;
}

void candidate_watched(struct candidate *x, uint64_t no, int32_t day, const struct decision *d)
{
	const struct candidate_watch *w = x->config->watch;
	if (w)
		w->decided(w->arg, no, day, d, &x->trace);
}

/* A decision that rests on what nobody can read any more is none. */
void candidate_decides(void *arg, const struct decision *d, uint64_t seq)
{
	struct candidate *x = arg;
	uint64_t no = candidate_number(x, d->event.subject);
	(void)seq;
	if (x->unsure || candidate_case(x, no)->is == CASE_LEFT_OUT) {
		x->unsure = false;
		take_back(x, d);
		candidate_leave_out(x, no);
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		comparison_fetch(&x->out->comparison, &d->outcomes[i].id);
	for (size_t i = 0; i < d->n; i++)
		say(x, d, &d->outcomes[i], no);
	candidate_watched(x, no, d->event.day, d);
	if (d->stopped.slug)
		candidate_refuses(x, d->type_name, &d->stopped);
}
