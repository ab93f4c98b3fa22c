/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/standing.h"

struct report {
	const struct rulebook *rb;
	struct buf *out;
};

static const struct block *block_of(const struct rulebook *rb, struct str program, struct str name)
{
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		const struct block *b = &rb->blocks[i];
		if (b->county == NONE && str_eq(b->name, name) && b->program != NONE &&
		    str_eq(rb->programs[b->program].name, program))
			return b;
	}
	return NULL;
}

static bool has_step(const struct rulebook *rb, const struct block *b, struct str step)
{
	const struct escalation *e = &rb->escalations[b->detail];
	for (uint16_t i = 0; i < e->nsteps; i++)
		if (str_eq(e->steps[i].name, step))
			return true;
	return escalation_moved(rb, b->detail, step) != NONE;
}

static bool on_standing(void *arg, const struct ledger_standing *s)
{
	struct report *r = arg;
	const struct block *b = block_of(r->rb, s->program, s->block);
	bool steps = b && block_has_steps(b->kind);
	if (steps && has_step(r->rb, b, s->step))
		return true;
	buf_fmt(r->out, "%s%llu %s in \"" STR_FMT "\" of \"" STR_FMT "\"", r->out->len ? " " : "",
		(unsigned long long)s->cases, s->cases == 1 ? "case stands" : "cases stand",
		STR_ARG(s->step), STR_ARG(s->block));
	if (steps)
		buf_fmt(r->out,
			", which this policy does not have: write `move " STR_FMT " " STR_FMT
			" to …` into it, or bring the " STR_FMT " back.",
			STR_ARG(block_step_name(b->kind)), STR_ARG(s->step),
			STR_ARG(block_step_name(b->kind)));
	else
		buf_fmt(r->out,
			", and this policy has no such block in the program \"" STR_FMT
			"\": bring it back, so that they can leave it first.",
			STR_ARG(s->program));
	return true;
}

void standing_report(struct ledger_reader *r, const struct rulebook *rb, struct buf *out)
{
	struct report report = {rb, out};
	if (ledger_standing(r, on_standing, &report))
		buf_fmt(out, "%sthe steps of the cases could not be looked at: " STR_FMT,
			out->len ? " " : "", STR_ARG(ledger_reader_error(r)));
}
