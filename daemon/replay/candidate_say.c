/* SPDX-License-Identifier: Apache-2.0
 *
 * What the candidate decides, told to the comparison; and what it refuses.
 */
#include "daemon/replay/candidate_internal.h"

#include "engine/case/json.h"

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

/* Most outcomes are as recorded: what such a one says need not be read again. */
static const struct said *as_recorded(const struct replay_record *rec, const struct outcome *o,
				      struct str text)
{
	for (size_t i = 0; i < rec->noutcomes; i++)
		if (hash128_eq(rec->outcomes[i].said.id, o->id) &&
		    str_eq(rec->outcomes[i].text, text))
			return &rec->outcomes[i].said;
	return NULL;
}

static bool read_said(struct candidate *x, const struct decision *d, const struct outcome *o,
		      struct outcome_read *out)
{
	const struct rulebook *rb = x->config->rb;
	buf_clear(&x->json);
	buf_clear(&x->scratch);
	outcome_json(&x->json, rb, o);
	struct str rest = buf_view(&x->json);
	if (!outcome_read(out, &rest, d->event.day, &x->scratch))
		return false;
	if (out->follows)
		out->said.day = recorded_day(x->past, rb, out->event, out->said.day);
	return true;
}

static void say(struct candidate *x, const struct decision *d, const struct outcome *o, uint64_t no)
{
	const struct rulebook *rb = x->config->rb;
	struct said back = {.reversal = true, .of = o->of};
	struct outcome_read own;
	const struct said *said = &back;
	if (!o->reversal) {
		buf_clear(&x->scratch);
		outcome_said_json(&x->scratch, rb, o);
		said = as_recorded(x->rec, o, buf_view(&x->scratch));
		if (!said && read_said(x, d, o, &own))
			said = &own.said;
	}
	if (said)
		comparison_say(&x->out->comparison, SIDE_CANDIDATE, no, x->rec->seq,
			       rb->counties[d->event.county].name, said);
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
		say(x, d, &d->outcomes[i], no);
	candidate_watched(x, no, d->event.day, d);
	if (d->stopped.slug)
		candidate_refuses(x, d->type_name, &d->stopped);
}
