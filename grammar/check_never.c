/* SPDX-License-Identifier: Apache-2.0
 *
 * A never without a condition that a block breaks for certain is an error of the policy, not of the
 * day on which it happens. Both places are named.
 */
#include "grammar/check.h"

/* The nevers without a condition, by what they forbid. */
struct ban_list {
	struct book *b;
	VEC(uint16_t) by_action[ACTION_LAST + 1];
};

static bool in_dispatch(const struct dispatch *d, uint32_t never, const struct part *p,
			uint32_t part)
{
	for (uint32_t i = 0; i < d->nnevers; i++) {
		const struct entry *n = &d->never_days[i];
		if (n->part != never)
			continue;
		for (uint32_t j = 0; j < d->n[p->event]; j++) {
			const struct entry *e = &d->by_event[p->event][j];
			if (e->part == part && e->from < n->until && n->from < e->until)
				return true;
		}
	}
	return false;
}

/* Do a block and a never of another program, or a county's block and a never, meet anywhere? A
 * deadline's part is not in the dispatch; it is in force wherever its block's program is. */
static bool meet(const struct book *b, uint32_t never, const struct block *block, uint32_t part)
{
	const struct rulebook *rb = b->rb;
	const struct block *own = &rb->blocks[rb->nevers[never].block];
	if (own->program == block->program && own->county == NONE && block->county == NONE)
		return true;
	const struct part *p = &rb->parts[part];
	uint32_t by_event = part;
	for (uint32_t i = 0; p->role == PART_OVERDUE && i < block->nparts; i++)
		if (rb->parts[block->first_part + i].role == PART_STEP)
			by_event = block->first_part + i; /* stands for the block's days */
	for (uint16_t c = 0; c < rb->ncounties; c++)
		if ((block->county == NONE || block->county == c) &&
		    in_dispatch(rb->counties[c].dispatch, never, &rb->parts[by_event], by_event))
			return true;
	return false;
}

/* The reader may be the one who has to answer for it: what is forbidden, where, and why. */
static void forbidden(struct book *b, const struct action *a, const struct block *never)
{
	const struct ast_decl *n = b->bodies.at[b->rb->nevers[never->detail].block].decl;
	struct diag *d = fault(b, W_NEVER_BROKEN, a->span,
			       "`" STR_FMT "` must never happen; the policy says `" STR_FMT "`",
			       STR_ARG(span_text(b, a->span)), STR_ARG(span_text(b, n->span)));
	struct buf note = {0};
	buf_c(&note, n->locked ? "forbidden here, and locked" : "forbidden here");
	if (n->cite.s.len)
		buf_fmt(&note, "; it cites \"" STR_FMT "\"", STR_ARG(n->cite.s));
	buf_char(&note, '\0');
	help(b, d,
	     n->locked
		 ? "remove this action; no county and no other program can lift what is locked"
		 : "remove this action, or let the `never` say when it does not apply");
	diag_also(b->diags, d, never->span, note.p);
	buf_release(&note);
}

static bool constant(const struct code *c, int64_t *out)
{
	if (c->n != 1 || c->at[0].op != OP_CONST)
		return false;
	*out = c->at[0].k.i;
	return true;
}

/* What is paid at once is more than what may ever be paid; or the event after which alone it may
 * happen never comes to such a case. */
static bool is_certain(const struct book *b, const struct never *n, const struct block *block,
		       const struct action *a)
{
	const struct block *own = &b->rb->blocks[n->block];
	int64_t amount, most;
	if (own->nlimits)
		return !a->may && own->limits[0].is_money && constant(&a->amount, &amount) &&
		       constant(&own->limits[0].most, &most) && amount > most;
	return n->after == NONE ||
	       (block->case_kind != NONE && !b->rb->events[n->after].of_kind[block->case_kind]);
}

static void check_action(struct ban_list *f, const struct block *block, uint32_t part,
			 const struct action *a)
{
	struct book *b = f->b;
	for (uint16_t i = 0; i < a->notherwise; i++)
		check_action(f, block, part, &a->otherwise[i]);
	for (size_t i = 0; i < f->by_action[a->kind].n; i++) {
		uint16_t never = f->by_action[a->kind].at[i];
		const struct never *n = &b->rb->nevers[never];
		if (!never_speaks_of(b->rb, n, block, a) || !is_certain(b, n, block, a) ||
		    !meet(b, never, block, part))
			continue;
		forbidden(b, a, &b->rb->blocks[n->block]);
	}
}

/* A schedule's payments come from its own description, not from an action. */
static void check_schedule(struct ban_list *f, const struct block *block)
{
	const struct schedule *s = &f->b->rb->schedules[block->detail];
	if (!block->nparts)
		return;
	struct action pay = schedule_payment(s);
	const struct ast_decl *d = f->b->bodies.at[s->block].decl;
	pay.span = d->body.actions ? d->body.actions->span : d->span;
	check_action(f, block, block->first_part, &pay);
}

/* A name that does not exist was reported; without it, everything of the kind would be forbidden.
 */
static bool name_is_lost(const struct ast_decl *d, const struct never *n)
{
	if (word_given(&d->never_action->fund) && n->fund == NONE)
		return true;
	return d->never_form != NEVER_ANY && n->name == NONE && n->fact == NONE &&
	       n->schedule == NONE && n->to.kind == TARGET_NONE;
}

void check_nevers(struct book *b)
{
	struct rulebook *rb = b->rb;
	struct ban_list f = {.b = b};
	size_t n = 0;
	for (uint16_t i = 0; i < rb->nnevers; i++) {
		const struct ast_decl *d = b->bodies.at[rb->nevers[i].block].decl;
		bool lost = d->invariant == INVARIANT_ONLY_AFTER && rb->nevers[i].after == NONE;
		if (d->broken || lost || d->when || !d->never_action ||
		    d->invariant == INVARIANT_ALWAYS || name_is_lost(d, &rb->nevers[i]))
			continue;
		*vec_push(&f.by_action[rb->nevers[i].action]) = i;
		n++;
	}
	for (uint32_t i = 0; n && i < rb->nblocks; i++) {
		const struct block *block = &rb->blocks[i];
		for (uint32_t j = 0; j < block->nparts; j++) {
			const struct part *p = &rb->parts[block->first_part + j];
			for (uint16_t k = 0; k < p->nactions; k++)
				check_action(&f, block, block->first_part + j, &p->actions[k]);
		}
		if (block->kind == BLOCK_SCHEDULE)
			check_schedule(&f, block);
	}
	for (size_t i = 0; i <= ACTION_LAST; i++)
		vec_release(&f.by_action[i]);
}
