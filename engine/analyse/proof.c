/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/proof.h"

struct proving {
	const struct rulebook *rb;
	struct asker *a;
	const struct place *at;
	const struct entry *days; /* of the never */
	const struct never *never;
	struct proof *out;
	struct arena *arena;
	int32_t from, until; /* of the part, while the never is in force */
};

/* ---- nevers ---- */

static void found_open(struct proving *p, uint32_t part, const struct reply *r)
{
	if (p->out->verdict == PROOF_OPEN)
		return;
	p->out->verdict = PROOF_OPEN;
	p->out->part = part;
	p->out->county = r && r->county != NONE ? r->county : p->at->counties[0];
	p->out->words = r ? arena_str(p->arena, r->words) : STR("");
}

/* `count of EVENT >= 1` */
static struct code has_come(struct insn at[3], uint16_t event)
{
	at[0] = (struct insn){.op = OP_COUNT, .a = event};
	at[1] = (struct insn){.op = OP_CONST, .k = value_int(TYPE_NUMBER, 1)};
	at[2] = (struct insn){.op = OP_GE};
	return (struct code){.at = at, .n = 3, .type = {.kind = TYPE_YES_NO}};
}

/* Can the part apply, and the prohibition hold, at one event? What happens later than the part (a
 * deadline, an approval, a payment) meets the case as it is then: of the part it is only known that
 * its event has come, for counts never go down, and it may have been when the part was in force. */
static bool can_meet(struct proving *p, uint32_t index, bool at_once, struct reply *r)
{
	const struct part *part = &p->rb->parts[index];
	struct insn insns[3];
	struct code come = has_come(insns, part->event);
	bool counted = part->role != PART_OVERDUE && part->event >= EVENT_BUILTINS;
	struct want wants[2] = {{&p->never->when, TRUTH_MET | TRUTH_UNDECIDABLE},
				{at_once ? &part->when : &come, TRUTH_MET}};
	struct question q = question_of(p->rb->blocks[part->block].case_kind,
					at_once ? part->event : EVENT_DEADLINE, p->from,
					at_once ? p->until : p->days->until);
	struct buf key = {0};
	if (q.from >= q.until)
		return false;
	buf_fmt(&key, "%u %u %d %d %d", (unsigned)p->never->block, (unsigned)index, at_once,
		(int)q.from, (int)q.until);
	q.key = arena_str(p->arena, buf_view(&key));
	buf_release(&key);
	q.wants = wants;
	q.nwants = at_once || counted ? 2 : 1;
	if (at_once) {
		q.in_step[0] = part->role == PART_STEP || part->role == PART_ENDS ? part : NULL;
		q.standing[0] = part->block;
	}
	*r = ask(p->a, p->at, &q);
	return r->answer != SPACE_NONE;
}

static void meets(struct proving *p, uint32_t part, bool at_once)
{
	struct reply r = {0};
	if (can_meet(p, part, at_once, &r))
		found_open(p, part, &r);
}

static bool speaks(const struct proving *p, uint32_t part, const struct action *a)
{
	return never_speaks_of(p->rb, p->never, &p->rb->blocks[p->rb->parts[part].block], a);
}

/* A place may be given later than it is asked for. */
static bool comes_later(const struct action *a)
{
	return a->may || a->kind == ACTION_ENROL;
}

/* What comes of a schedule that the part starts: its payments; where a county drops it, its end. */
static void against_schedule(struct proving *p, uint32_t part, uint16_t schedule)
{
	const struct block *block = &p->rb->blocks[p->rb->parts[part].block];
	struct action stop = schedule_stop(schedule);
	bool pays = never_speaks_of_items(p->rb, p->never, block, schedule) != SPEAKS_NOT;
	if (!pays && !speaks(p, part, &stop))
		return;
	p->out->actions++;
	meets(p, part, false);
}

static void against_action(struct proving *p, uint32_t part, const struct action *a, bool at_once)
{
	for (uint16_t i = 0; i < a->notherwise; i++)
		against_action(p, part, &a->otherwise[i], false);
	if (a->kind == ACTION_START)
		against_schedule(p, part, a->schedule);
	if (!speaks(p, part, a))
		return;
	p->out->actions++;
	meets(p, part, at_once);
	if (at_once && comes_later(a))
		meets(p, part, false);
}

static void against_part(struct proving *p, uint32_t index)
{
	const struct part *part = &p->rb->parts[index];
	bool at_once = part->role != PART_OVERDUE && part->role != PART_PROMISE;
	for (uint16_t i = 0; i < part->nactions; i++)
		against_action(p, index, &part->actions[i], at_once);
	if (part->role == PART_STOPS) {
		struct action stop = schedule_stop(part->schedule);
		against_action(p, index, &stop, at_once);
	}
}

/* A step that time alone enters stands in no dispatch: it goes with the other steps of its
 * escalation. */
static void against_overdue(struct proving *p, const struct part *part)
{
	const struct block *block = &p->rb->blocks[part->block];
	for (uint32_t i = 0; part->role == PART_STEP && i < block->nparts; i++)
		if (p->rb->parts[block->first_part + i].role == PART_OVERDUE)
			against_part(p, block->first_part + i);
}

static void against_all(struct proving *p)
{
	const struct dispatch *d = p->at->dispatch;
	for (uint16_t e = 0; e < p->rb->nevents; e++) {
		for (uint32_t i = 0; i < d->n[e]; i++) {
			const struct entry *x = &d->by_event[e][i];
			p->from = x->from > p->days->from ? x->from : p->days->from;
			p->until = x->until < p->days->until ? x->until : p->days->until;
			against_part(p, x->part);
			against_overdue(p, &p->rb->parts[x->part]);
		}
	}
	if (p->out->verdict != PROOF_OPEN)
		p->out->verdict = p->out->actions ? PROOF_EXCLUDED : PROOF_NOTHING;
}

/* ---- sums ---- */

static void worst(struct proof *out, const struct sum *sum, bool fits)
{
	if (!out->summed || (out->sum.bounded && (!sum->bounded || sum->most > out->sum.most)))
		out->sum = *sum;
	out->summed = true;
	if (sum->actions > out->actions)
		out->actions = sum->actions;
	if (fits && out->verdict != PROOF_OPEN)
		out->verdict = sum->actions ? PROOF_WITHIN : out->verdict;
	if (fits || out->verdict == PROOF_OPEN)
		return;
	out->verdict = PROOF_OPEN;
	out->county = sum->county;
	out->part = sum->bounded ? NO_PART : sum->part;
}

/* `never pay more than`: every county for itself, for each has its own amounts. */
static void sums_within(struct proving *p, struct summer *s, uint16_t kind)
{
	const struct block *b = &p->rb->blocks[p->never->block];
	const struct limit *l = &b->limits[0];
	struct sum_of of = {p->never->action, kind, l->per_case, l->per, p->never};
	for (uint16_t i = 0; i < p->at->ncounties; i++) {
		int64_t least;
		struct sum sum = sums_in(s, &of, p->at->counties[i]);
		bool fits = sum.bounded && limit_least(p->rb, p->at->counties[i], b, l, &least) &&
			    sum.most <= least;
		if (sum.actions)
			worst(p->out, &sum, fits);
	}
}

static void against_cap(struct proving *p)
{
	uint16_t own = p->rb->blocks[p->never->block].case_kind;
	struct summer *s = summer_new(p->a, p->at);
	for (uint16_t k = 0; k < p->rb->nkinds; k++)
		if (own == NONE || own == k)
			sums_within(p, s, k);
	summer_free(s);
}

/* ---- promises ---- */

/* What is said is what the first place says that does not keep it; else one where it takes time. */
static void keep_promise(struct proving *p, const struct entry *promise)
{
	struct proof *out = p->out;
	struct promised kept = kept_in_time(p->a, p->at, promise, p->arena);
	if (out->verdict == PROOF_OPEN || (kept.sure && out->verdict == PROOF_IN_TIME))
		return;
	if (!kept.sure || !kept.at_once || out->verdict == PROOF_NOTHING)
		out->kept = kept;
	if (kept.sure)
		out->verdict = out->kept.at_once ? PROOF_KEPT : PROOF_IN_TIME;
	else
		found_open(p, kept.part, NULL);
}

/* ---- all of them ---- */

static struct proof *proof_of(struct proofs *all, uint32_t block)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].block == block)
			return &all->at[i];
	struct proof *x = vec_push(all);
	*x = (struct proof){
	    .block = block, .verdict = PROOF_NOTHING, .part = NO_PART, .county = NONE};
	return x;
}

static void prove_nevers(struct proving *p, struct proofs *all)
{
	const struct dispatch *d = p->at->dispatch;
	for (uint32_t i = 0; i < d->nnevers; i++) {
		p->days = &d->never_days[i];
		p->never = &p->rb->nevers[p->days->part];
		p->out = proof_of(all, p->never->block);
		p->out->counties += p->at->ncounties;
		if (p->rb->blocks[p->never->block].nlimits)
			against_cap(p);
		else
			against_all(p);
	}
}

static void prove_promises(struct proving *p, struct proofs *all)
{
	const struct dispatch *d = p->at->dispatch;
	for (uint16_t e = 0; e < p->rb->nevents; e++) {
		for (uint32_t i = 0; i < d->n[e]; i++) {
			const struct part *part = &p->rb->parts[d->by_event[e][i].part];
			if (part->role != PART_PROMISE)
				continue;
			p->never = &p->rb->nevers[p->rb->blocks[part->block].detail];
			p->out = proof_of(all, part->block);
			p->out->counties += p->at->ncounties;
			keep_promise(p, &d->by_event[e][i]);
		}
	}
}

void proofs_find(struct proofs *all, const struct rulebook *rb)
{
	struct places places = places_of(rb, &all->arena);
	struct asker *a = asker_new(rb);
	for (size_t i = 0; i < places.n; i++) {
		struct proving p = {.rb = rb, .a = a, .at = &places.at[i], .arena = &all->arena};
		if (places.at[i].counties[0] == NONE)
			continue;
		prove_nevers(&p, all);
		prove_promises(&p, all);
	}
	asker_free(a);
}

void proofs_release(struct proofs *p)
{
	arena_release(&p->arena);
	vec_release(p);
}
