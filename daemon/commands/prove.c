/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/history.h"
#include "daemon/commands/prove_report.h"
#include "daemon/commands/rulebook.h"
#include "engine/analyse/meaning.h"

#include <string.h>

static void look_for_breach(struct prove_report *r, const struct proof *p, struct tried *t)
{
	struct wanted wanted = {
	    .rb = {NULL, r->loaded->rb}, .county = {0, p->county}, .block = {UINT32_MAX, p->block}};
	struct buf what = {0}, text = {0};
	t->searched = true;
	if (witness_find(&t->witness, &wanted)) {
		r->breached++;
		prove_words(&what, r->loaded->rb, p->block);
		history_scenario(&text, "Breach", r->breached, buf_view(&what),
				 r->loaded->rb->counties[p->county].name, &t->witness, 1);
		if (history_reproduced(NULL, r->loaded, buf_view(&text)))
			buf_str(&r->scenarios, buf_view(&text));
	} else {
		r->open++;
	}
	buf_release(&what);
	buf_release(&text);
}

/* ---- locked provisions ---- */

static const struct thing *find_thing(const struct meaning *m, struct str name)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].meant == MEANT_BLOCK && str_eq(m->at[i].name, name))
			return &m->at[i];
	return NULL;
}

/* The first county that has it says what it means; all others that have it must say the same. */
static void compare_locked(struct prove_report *r, const struct meaning *all, uint16_t county,
			   const struct thing *t)
{
	for (uint16_t c = 0; c < county; c++) {
		const struct thing *first = find_thing(&all[c], t->name);
		if (!first)
			continue;
		if (!str_eq(first->text, t->text))
			*vec_push(&r->unequal) = (struct unequal){t->block, {c, county}};
		return;
	}
	r->locked++;
}

static void look_at_locked(struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	struct meaning *all = mem_alloc((rb->ncounties + 1u) * sizeof(*all));
	memset(all, 0, (rb->ncounties + 1u) * sizeof(*all));
	for (uint16_t c = 0; c < rb->ncounties; c++) {
		meaning_read(&all[c], rb, c);
		for (size_t i = 0; i < all[c].n; i++)
			if (all[c].at[i].meant == MEANT_BLOCK &&
			    rb->blocks[all[c].at[i].block].locked)
				compare_locked(r, all, c, &all[c].at[i]);
	}
	for (uint16_t c = 0; c < rb->ncounties; c++)
		meaning_release(&all[c]);
	mem_free(all);
}

/* ---- the command ---- */

static void find_out(struct prove_report *r)
{
	proofs_find(&r->proofs, r->loaded->rb);
	r->tried = mem_alloc((r->proofs.n + 1) * sizeof(*r->tried));
	memset(r->tried, 0, (r->proofs.n + 1) * sizeof(*r->tried));
	for (size_t i = 0; i < r->proofs.n; i++)
		if (r->proofs.at[i].verdict == PROOF_OPEN)
			look_for_breach(r, &r->proofs.at[i], &r->tried[i]);
	endings_find(&r->ends, r->loaded->rb);
	look_at_locked(r);
}

static int prove(struct prove_report *r, const char *scenarios, bool json)
{
	struct buf out = {0};
	find_out(r);
	if (json)
		prove_json(&out, r);
	else
		prove_text(&out, r);
	int status = cli_write("prove", stdout, &out);
	if (!status && scenarios)
		status = cli_write_file("prove", scenarios, &r->scenarios);
	if (!status && (r->breached || r->open || r->unequal.n))
		status = EXIT_NOT_FINE;
	for (size_t i = 0; i < r->proofs.n; i++)
		witness_release(&r->tried[i].witness);
	mem_free(r->tried);
	vec_release(&r->unequal);
	proofs_release(&r->proofs);
	endings_release(&r->ends);
	buf_release(&r->scenarios);
	buf_release(&out);
	return status;
}

int cmd_prove(int argc, char **argv)
{
	struct loaded l = {0};
	struct prove_report r = {.loaded = &l};
	const char *scenarios = NULL;
	bool json = false;
	const struct cli_opt opts[] = {
	    {"scenarios", "FILE", "write the histories that were found as scenarios", &scenarios,
	     NULL},
	    {"json", NULL, "report as JSON", NULL, &json},
	};
	const struct cli_spec spec = {
	    .name = "prove",
	    .synopsis = "RULEBOOK [--scenarios FILE] [--json]",
	    .summary =
		"What holds in every history, of any length. A prohibition (never, only after)\n"
		"always holds, because an event that would break it is refused: proved means\n"
		"that no event ever has to be. A promise (always) is proved where a provision\n"
		"keeps it at the same event. Otherwise a short history is shown that runs\n"
		"against it, or it is said why nothing was decided. Then: where a case may wait\n"
		"for ever, and whether locked provisions are the same in all counties.\n"
		"The exit status is 0 when all is proved, 1 when not.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	done = load_or_report(&l, "prove", args.at[0]);
	if (!done)
		done = prove(&r, scenarios, json);
	load_release(&l);
	return done;
}
