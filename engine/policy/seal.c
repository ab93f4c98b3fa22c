/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows from a finished rule graph and is asked for on every decision: the provision of each
 * part, written out as JSON once, what never blocks speak of, and the block of each limit.
 */
#include "engine/policy/policy.h"

static void member(struct buf *b, const char *name, struct str value)
{
	if (!value.len)
		return;
	buf_char(b, b->len ? ',' : '{');
	buf_json(b, str_from(name));
	buf_char(b, ':');
	buf_json(b, value);
}

static void because(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	const struct block *block = &rb->blocks[p->block];
	buf_clear(b);
	if (block->program != NONE)
		member(b, "program", rb->programs[block->program].name);
	member(b, "block", block->name);
	member(b, "part", p->label);
	if (p->span.source < rb->nsources) {
		member(b, "file", rb->sources[p->span.source].name);
		buf_c(b, ",\"line\":");
		buf_i64(b, rulebook_line(rb, p->span));
	}
	member(b, "cite", p->cite.len ? p->cite : block->cite);
	buf_char(b, '}');
}

static void seal_parts(struct rulebook *rb)
{
	struct buf b = {0};
	for (uint32_t i = 0; i < rb->nparts; i++) {
		because(&b, rb, &rb->parts[i]);
		rb->parts[i].because = arena_str(&rb->arena, buf_view(&b));
	}
	buf_release(&b);
}

static void seal_limits(struct rulebook *rb)
{
	uint32_t *of = arena_array(&rb->arena, rb->nlimits, sizeof(*of));
	for (uint32_t i = 0; i < rb->nblocks; i++)
		for (uint16_t j = 0; j < rb->blocks[i].nlimits; j++)
			of[rb->blocks[i].limits[j].index] = i;
	rb->limit_block = of;
}

static void seal_nevers(struct rulebook *rb)
{
	for (uint16_t i = 0; i < rb->nnevers; i++)
		rb->never_actions |= 1u << rb->nevers[i].action;
}

void rulebook_seal(struct rulebook *rb)
{
	seal_parts(rb);
	seal_nevers(rb);
	seal_limits(rb);
}
