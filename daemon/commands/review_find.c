/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review.h"

#include "engine/policy/reads.h"

static const struct block *promise(const struct review *r, int side, size_t i)
{
	return &r->loaded[side].rb->blocks[r->prove[side].proofs.at[i].block];
}

static struct str program_of(const struct review *r, int side, size_t i)
{
	return r->loaded[side].rb->programs[promise(r, side, i)->program].name;
}

static size_t counterpart(const struct review *r, size_t before)
{
	for (size_t i = 0; i < r->prove[1].proofs.n; i++)
		if (str_eq(promise(r, 1, i)->name, promise(r, 0, before)->name) &&
		    str_eq(program_of(r, 1, i), program_of(r, 0, before)))
			return i;
	return SIZE_MAX;
}

static void find_lost(struct review *r)
{
	for (size_t i = 0; i < r->prove[0].proofs.n; i++) {
		if (r->prove[0].proofs.at[i].verdict == PROOF_OPEN)
			continue;
		size_t after = counterpart(r, i);
		if (after == SIZE_MAX || r->prove[1].proofs.at[after].verdict == PROOF_OPEN)
			*vec_push(&r->lost) = (struct lost_promise){i, after};
	}
}

struct touching {
	const struct rulebook *rb;
	struct touched *t;
};

static void touch_tables(void *arg, const struct code *code)
{
	const struct touching *x = arg;
	for (uint32_t i = 0; i < code->n; i++)
		if (code->at[i].op == OP_TABLE)
			for (uint16_t k = 0; k < x->rb->ntables; k++)
				if (x->rb->tables[k].first == code->at[i].a)
					x->t->blocks[x->rb->tables[k].block] = true;
}

static void touch_block(struct touching *x, uint32_t block)
{
	const struct block *k = &x->rb->blocks[block];
	x->t->blocks[block] = true;
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		part_reads(x->rb, &x->rb->parts[i], &(struct part_reader){touch_tables, NULL, x});
}

/* The provisions that decide differently, with the tables that they look up, and the figures that
 * are different. */
static void find_touched(struct review *r, int side)
{
	const struct rulebook *rb = r->loaded[side].rb;
	struct touched *t = &r->touched[side];
	struct touching x = {rb, t};
	t->blocks = arena_array(&r->arena, rb->nblocks + 1u, sizeof(*t->blocks));
	t->params = arena_array(&r->arena, rb->nparams + 1u, sizeof(*t->params));
	for (size_t i = 0; i < r->diff.d.n; i++)
		if (r->diff.d.at[i].meant == MEANT_BLOCK && r->diff.d.at[i].block[side] != NO_BLOCK)
			touch_block(&x, r->diff.d.at[i].block[side]);
	for (size_t i = 0; i < r->diff.d.amounts.n; i++)
		if (r->diff.d.amounts.at[i].param[side])
			t->params[r->diff.d.amounts.at[i].param[side] - rb->params] = true;
}

enum status review_find(struct review *r, void (*on_progress)(void *, uint64_t, uint64_t),
			void *arg, struct buf *why)
{
	r->diff = (struct diff_report){.path = {r->path[0], r->path[1]},
				       .loaded = {&r->loaded[0], &r->loaded[1]}};
	diff_find(&r->diff);
	for (int i = 0; i < 2; i++) {
		r->prove[i] = (struct prove_report){.loaded = &r->loaded[i]};
		prove_find(&r->prove[i]);
	}
	find_lost(r);
	review_tests_find(&r->tests, r->loaded[0].rb, r->loaded[1].rb);
	for (int i = 0; i < 2; i++) {
		find_touched(r, i);
		review_mutants_find(&r->mutants[i], &r->loaded[i], &r->touched[i]);
	}
	review_money_find(&r->money, r->loaded[0].rb, r->loaded[1].rb, r->tests.coverage);
	coverage_close(r->tests.coverage);
	if (!r->ledger)
		return STATUS_OK;
	return review_history_find(&r->history, r->ledger, r->loaded[1].rb, on_progress, arg, why);
}

void review_release(struct review *r)
{
	if (r->diff.by) {
		diff_release(&r->diff);
		prove_release(&r->prove[0]);
		prove_release(&r->prove[1]);
		review_tests_release(&r->tests);
		review_mutants_release(&r->mutants[0]);
		review_mutants_release(&r->mutants[1]);
		review_money_release(&r->money);
		review_history_release(&r->history);
	}
	vec_release(&r->lost);
	arena_release(&r->arena);
	load_release(&r->loaded[0]);
	load_release(&r->loaded[1]);
}
