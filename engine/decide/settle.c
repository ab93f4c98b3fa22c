/* SPDX-License-Identifier: Apache-2.0
 *
 * What the outcomes of one event come to together, and whether they may be applied at all. Nothing
 * here depends on the order of blocks: where outcomes compete, the smaller id goes first.
 */
#include "engine/decide/run.h"

bool id_less(struct hash128 a, struct hash128 b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) < 0;
}

/* ---- schedules, stages and dockets ---- */

static bool happens_once(const struct outcome *o)
{
	return o->action == ACTION_START || o->action == ACTION_STOP || o->action == ACTION_ENTER ||
	       o->action == ACTION_PLACE || o->action == ACTION_ENROL ||
	       o->action == ACTION_RELEASE;
}

static bool same_change(const struct scratch *s, size_t i, size_t j)
{
	const struct outcome *o = &s->outcomes.at[i], *p = &s->outcomes.at[j];
	if (o->action != p->action || o->schedule != p->schedule || o->name != p->name)
		return false;
	if (o->action == ACTION_PLACE)
		return o->name == p->name;
	return o->action != ACTION_ENTER ||
	       s->effects.at[i].action->escalation == s->effects.at[j].action->escalation;
}

/* Started or stopped by two blocks at once, a schedule starts or stops once; likewise a stage is
 * entered once, a place is taken once, and a case is placed on a docket once: as urgent, if any of
 * them says so. */
static void settle_once(struct run *r, size_t i)
{
	struct scratch *s = r->s;
	const struct outcome *o = &s->outcomes.at[i];
	for (size_t j = 0; j < s->outcomes.n; j++) {
		const struct outcome *p = &s->outcomes.at[j];
		bool first = p->urgent != o->urgent ? p->urgent : id_less(p->id, o->id);
		if (same_change(s, i, j) && first)
			s->effects.at[i].dropped = true;
	}
}

/* ---- credits and waivers ---- */

static bool is_reduction(const struct outcome *o)
{
	return (o->action == ACTION_CREDIT || o->action == ACTION_WAIVE) && !o->proposal;
}

/* Credits come before waivers, for a waiver takes what is left. */
static bool reduces_before(const struct outcome *a, const struct outcome *b)
{
	if (a->action != b->action)
		return a->action == ACTION_CREDIT;
	return id_less(a->id, b->id);
}

/* What is left for outcome i after those that come before it on its line; credits hold the amount
 * they asked for until it is their turn, so each takes the least of that and what is left. */
static int64_t left_for(const struct run *r, size_t i)
{
	const struct outcome *o = &r->s->outcomes.at[i];
	int64_t left = case_owed_on(r->cs, o->name);
	for (size_t j = 0; j < r->s->outcomes.n && left > 0; j++) {
		const struct outcome *p = &r->s->outcomes.at[j];
		if (j == i || !is_reduction(p) || p->name != o->name || !reduces_before(p, o))
			continue;
		left = p->action == ACTION_WAIVE || p->cents > left ? 0 : left - p->cents;
	}
	return left;
}

static void settle_reduction(struct run *r, size_t i, int64_t left)
{
	struct outcome *o = &r->s->outcomes.at[i];
	if (o->action == ACTION_WAIVE || o->cents > left)
		o->cents = left;
	if (o->cents == 0)
		r->s->effects.at[i].dropped = true;
}

/* Those of lower rank first look at the amounts asked for by those of higher rank, so the lower
 * ones are settled while the higher ones still stand as asked. */
static void settle_reductions(struct run *r)
{
	struct scratch *s = r->s;
	size_t n = s->outcomes.n;
	int64_t *left = arena_array(&r->d->arena, n, sizeof(*left));
	for (size_t i = 0; i < n; i++)
		if (is_reduction(&s->outcomes.at[i]))
			left[i] = left_for(r, i);
	for (size_t i = 0; i < n; i++)
		if (is_reduction(&s->outcomes.at[i]))
			settle_reduction(r, i, left[i]);
}

/* ---- sums that the case will hold ---- */

static void refuse_sum(struct run *r, const char *what)
{
	run_refuse(r, STATUS_OVERFLOW, "overflow", "%s leaves the range of exact amounts", what);
}

static void settle_balance(struct run *r)
{
	int64_t sum = case_balance(r->cs);
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		const struct outcome *o = &r->s->outcomes.at[i];
		r->part = o->part;
		if (o->action == ACTION_ASSESS && !o->proposal && money_add(sum, o->cents, &sum)) {
			refuse_sum(r, "what the case owes in all");
			return;
		}
	}
}

static void settle_paid(struct run *r, const struct outcome *o)
{
	int64_t sum;
	r->part = o->part;
	for (size_t i = 0; i < r->cs->paid.n; i++)
		if (r->cs->paid.at[i].schedule == o->schedule &&
		    money_add(r->cs->paid.at[i].cents, o->cents, &sum))
			refuse_sum(r, "what was paid under the schedule in all");
}

static void drop_dropped(struct scratch *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->outcomes.n; i++) {
		if (s->effects.at[i].dropped)
			continue;
		if (kept != i) {
			s->outcomes.at[kept] = s->outcomes.at[i];
			s->effects.at[kept] = s->effects.at[i];
		}
		kept++;
	}
	s->outcomes.n = s->effects.n = kept;
}

/* ---- never ---- */

static bool never_matches(const struct never *n, const struct outcome *o, const struct effect *e)
{
	if (n->action != o->action || outcome_withheld(o) || o->unfunded)
		return false;
	if (o->action == ACTION_NOTIFY && o->fund != NONE)
		return false; /* of a fund that runs out: it is not about the case */
	if (n->name != NONE && n->name != o->name)
		return false;
	if (n->fact != NONE && n->fact != o->fact)
		return false;
	if (n->fund != NONE && n->fund != o->fund)
		return false;
	if (n->schedule != NONE && n->schedule != o->schedule)
		return false;
	return n->to.kind != TARGET_PARTY ||
	       (e->to.kind == TARGET_PARTY && e->to.index == n->to.index);
}

static const struct outcome *never_hit(const struct run *r, const struct never *n)
{
	for (size_t i = 0; i < r->s->outcomes.n; i++)
		if (never_matches(n, &r->s->outcomes.at[i], &r->s->effects.at[i]))
			return &r->s->outcomes.at[i];
	return NULL;
}

static void refuse_never(struct run *r, const struct never *n, const struct outcome *o,
			 enum truth t)
{
	const struct block *by = &r->rb->blocks[r->rb->parts[o->part].block];
	struct str title = r->rb->blocks[n->block].title;
	struct buf allowed = {0};
	if (n->after == NONE)
		buf_c(&allowed, "never allowed here");
	else
		buf_fmt(&allowed, "only allowed after `" STR_FMT "`",
			STR_ARG(r->rb->events[n->after].name));
	if (title.len)
		buf_fmt(&allowed, " (" STR_FMT ")", STR_ARG(title));
	buf_char(&allowed, '\0');
	run_refuse_block(r, n->block, STATUS_CONFLICT, "breaks-never",
			 "`" STR_FMT "` would %s" STR_FMT ", which is %s%s", STR_ARG(by->name),
			 o->proposal ? "propose to " : "", STR_ARG(action_verb(o->action)),
			 allowed.p,
			 t == TRUTH_YES ? ""
					: "; the condition of the prohibition cannot be decided, "
					  "because a fact is missing, and so it holds");
	buf_release(&allowed);
}

/* ---- caps ---- */

static const char *cap_time(const struct limit *cap)
{
	if (cap->per_case)
		return "";
	return cap->per == UNIT_DAYS     ? " in one day"
	       : cap->per == UNIT_WEEKS  ? " in one week"
	       : cap->per == UNIT_MONTHS ? " in one month"
					 : " in one year";
}

/* Proposals are not paid yet: they count when they are approved. */
static const struct outcome *cap_sum(struct run *r, const struct never *n, int64_t *sum)
{
	const struct outcome *first = NULL;
	*sum = 0;
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		const struct outcome *o = &r->s->outcomes.at[i];
		if (o->proposal || !never_matches(n, o, &r->s->effects.at[i]))
			continue;
		first = first ? first : o;
		r->part = o->part;
		if (money_add(*sum, o->cents, sum))
			refuse_sum(r, "what one event brings");
	}
	return first;
}

static void check_cap(struct run *r, uint32_t index)
{
	const struct never *n = &r->rb->nevers[index];
	const struct limit *cap = &r->rb->blocks[n->block].limits[0];
	const struct value *fields = r->fields;
	int64_t sum;
	const struct outcome *o = cap_sum(r, n, &sum);
	if (!o || r->status != STATUS_OK)
		return;
	r->part = o->part;
	r->fields = NULL;
	enum truth t = eval_when(r, &n->when);
	bool fits = t == TRUTH_NO || limits_cap(r, cap, sum);
	r->fields = fields;
	if (r->d->trace)
		trace_never(r, index, fits ? RESULT_HOLDS : RESULT_BREAKS);
	if (fits)
		return;
	run_refuse_block(r, n->block, STATUS_CONFLICT, "breaks-never",
			 "with what `" STR_FMT "` would %s, more would be %s for this case%s than "
			 "is ever allowed",
			 STR_ARG(r->rb->blocks[r->rb->parts[o->part].block].name),
			 n->action == ACTION_PAY ? "pay" : "assess",
			 n->action == ACTION_PAY ? "paid" : "assessed", cap_time(cap));
}

/* ---- promises ---- */

bool promise_kept(const struct run *r, uint32_t part)
{
	const struct never *n = &r->rb->nevers[r->rb->blocks[r->rb->parts[part].block].detail];
	for (size_t i = 0; i < r->s->outcomes.n; i++)
		if (!r->s->outcomes.at[i].proposal &&
		    never_matches(n, &r->s->outcomes.at[i], &r->s->effects.at[i]))
			return true;
	return false;
}

/* ---- all of them ---- */

static void check_never(struct run *r, uint32_t index)
{
	const struct never *n = &r->rb->nevers[index];
	uint16_t kind = r->rb->blocks[n->block].case_kind;
	if (kind != NONE && kind != r->cs->kind)
		return;
	if (r->rb->blocks[n->block].nlimits) {
		check_cap(r, index);
		return;
	}
	const struct outcome *o = never_hit(r, n);
	if (!o)
		return;
	const struct value *fields = r->fields;
	r->part = o->part;
	r->fields = NULL; /* a prohibition speaks of the case, not of an event */
	enum truth t = eval_when(r, &n->when);
	r->fields = fields;
	if (r->d->trace)
		trace_never(r, index, t == TRUTH_NO ? RESULT_HOLDS : RESULT_BREAKS);
	if (t == TRUTH_YES || t == TRUTH_UNKNOWN)
		refuse_never(r, n, o, t);
}

/* `actions` is the set of kinds that the outcomes are of: most events bring none about that any
 * prohibition speaks of. */
static void settle_nevers(struct run *r, uint32_t actions)
{
	if (!(actions & r->rb->never_actions))
		return;
	const struct dispatch *d = r->rb->counties[r->cs->county].dispatch;
	int32_t day = r->ev->day;
	for (uint32_t i = 0; i < d->nnevers; i++) {
		const struct entry *e = &d->never_days[i];
		if (actions >> r->rb->nevers[e->part].action & 1 && e->from <= day &&
		    day < e->until)
			check_never(r, e->part);
	}
}

void settle(struct run *r)
{
	struct scratch *s = r->s;
	bool reductions = false, dropped = false;
	uint32_t actions = 0; /* bit k: an outcome of action kind k */
	for (size_t i = 0; i < s->outcomes.n; i++) {
		const struct outcome *o = &s->outcomes.at[i];
		if (happens_once(o))
			settle_once(r, i);
		dropped = dropped || s->effects.at[i].dropped;
		reductions = reductions || is_reduction(o);
		actions |= 1u << o->action;
		if (o->item && !outcome_withheld(o))
			settle_paid(r, o);
	}
	if (reductions)
		settle_reductions(r);
	if (reductions || dropped)
		drop_dropped(s);
	if (r->asks) {
		settle_draws(r);
		settle_places(r);
	}
	if (r->places)
		settle_seats(r);
	if (actions >> ACTION_ASSESS & 1)
		settle_balance(r);
	settle_nevers(r, actions);
}
