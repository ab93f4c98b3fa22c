/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/decide/share.h"

#include "engine/decide/run.h"

#include <assert.h>
#include <stdio.h>

static void reason(struct run *r, struct share_answer *a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void reason(struct run *r, struct share_answer *a, const char *fmt, ...)
{
	char text[1024]; /* a condition may be long; what is cut is in the policy */
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert(a->nreasons < sizeof(a->reasons) / sizeof(*a->reasons));
	struct str s = str_from(text);
	while (s.len && !str_is_utf8(s)) /* cut inside a character */
		s.len--;
	a->reasons[a->nreasons++] = arena_str(&r->d->arena, s);
}

/* The program's own or what the county has instead of it. */
static const struct share *in_force(const struct run *r, struct str name)
{
	const struct dispatch *d = r->rb->counties[r->cs->county].dispatch;
	for (uint32_t i = 0; i < d->nshares; i++) {
		const struct entry *e = &d->shares[i];
		const struct share *s = &r->rb->shares[e->part];
		if (e->from <= r->ev->day && r->ev->day < e->until &&
		    str_eq(r->rb->blocks[s->block].name, name))
			return s;
	}
	return NULL;
}

/* It lasts as every period does: from the day after, its last day included. */
static void check_consent(struct run *r, const struct share *s, struct share_answer *a)
{
	const struct fact *f = &r->rb->kinds[r->cs->kind].facts[s->consent];
	struct value given = r->cs->facts[s->consent];
	int32_t last;
	if (!given.known) {
		reason(r, a, "nobody has consented: `" STR_FMT "` is not known", STR_ARG(f->name));
		return;
	}
	if (given.i > r->ev->day) {
		reason(r, a, "the consent `" STR_FMT "` begins on a later day", STR_ARG(f->name));
		return;
	}
	int64_t n = period_length(r, &s->lasts);
	if (day_add((int32_t)given.i, n, s->lasts.unit, rulebook_calendar(r->rb), &last))
		return; /* it lasts beyond the calendar */
	if (r->ev->day > last)
		reason(r, a, "the consent `" STR_FMT "` has run out: it lasts %lld " STR_FMT,
		       STR_ARG(f->name), (long long)n, STR_ARG(unit_name(s->lasts.unit, n != 1)));
}

/* What cannot be decided is not shown. */
static void check_condition(struct run *r, const struct share *s, struct share_answer *a)
{
	enum truth t = eval_when(r, &s->when);
	if (r->d->trace)
		trace_share(r, (uint16_t)(s - r->rb->shares), trace_truth(t));
	switch (t) {
	case TRUTH_YES:
		return;
	case TRUTH_NO:
		reason(r, a, "its condition is not met: `" STR_FMT "`", STR_ARG(s->said));
		return;
	case TRUTH_UNKNOWN:
	case TRUTH_FAULT:
		reason(r, a, "its condition cannot be decided: `" STR_FMT "`", STR_ARG(s->said));
		return;
	}
}

static bool is_partner(struct run *r, const struct share *s, struct str partner,
		       struct share_answer *a)
{
	const struct world *w = &r->d->world;
	if (partner.len && w->find && w->find(w->arg, s->partner, partner)) {
		r->partner = partner;
		return true;
	}
	reason(r, a, "there is no `" STR_FMT "` with this id",
	       STR_ARG(r->rb->kinds[s->partner].name));
	return false;
}

static void ask(struct run *r, struct str name, struct str partner, struct share_answer *a)
{
	const struct rulebook *rb = r->rb;
	a->share = in_force(r, name);
	if (!a->share) {
		reason(r, a,
		       "nothing is shared under the name `" STR_FMT "` in `" STR_FMT
		       "` on this day",
		       STR_ARG(name), STR_ARG(rb->counties[r->cs->county].name));
		return;
	}
	uint16_t kind = rb->blocks[a->share->block].case_kind;
	r->alone = a->share->block;
	if (kind != r->cs->kind) {
		reason(r, a,
		       "`" STR_FMT "` is about cases of the kind `" STR_FMT "`, not `" STR_FMT "`",
		       STR_ARG(name), STR_ARG(rb->kinds[kind].name),
		       STR_ARG(rb->kinds[r->cs->kind].name));
		return;
	}
	if (a->share->consent != NONE)
		check_consent(r, a->share, a);
	if (is_partner(r, a->share, partner, a))
		check_condition(r, a->share, a);
}

void share_decide(struct decider *d, const struct case_state *cs, struct str name,
		  struct str partner, int32_t day, struct share_answer *out)
{
	struct event ev = {.subject = cs->id,
			   .type = EVENT_DEADLINE,
			   .county = cs->county,
			   .kind = cs->kind,
			   .day = day};
	struct run r;
	*out = (struct share_answer){0};
	/* Asking changes nothing: only the phases that are not run here do. */
	run_begin(&r, d, (struct case_state *)(uintptr_t)cs, &ev);
	ask(&r, name, partner, out);
	d->refusal = (struct refusal){.block = NONE};
}
