/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule graph for people: which event touches which provision, what that brings about, and what
 * it rests on. As JSON for programs and as Graphviz dot for pictures; the same rulebook gives the
 * same bytes. With a county it shows what is in force there, its replacements and its own amounts.
 *
 *     graph_dot(&out, rb, &(struct graph_view){.program = NONE, .county = rulebook_county(rb,
 * name)});
 */
#ifndef WAYMARK_POLICY_GRAPH_H
#define WAYMARK_POLICY_GRAPH_H

#include "engine/policy/policy.h"

struct graph_view {
	uint16_t program; /* NONE: all */
	uint16_t county;  /* NONE: the programs as they are written, whoever adopts them */
};

void graph_json(struct buf *b, const struct rulebook *rb, const struct graph_view *v);
void graph_dot(struct buf *b, const struct rulebook *rb, const struct graph_view *v);

/* The blocks that a view shows, by program and then position, each with its days. For both forms;
 * the caller frees the list with mem_free. */
struct graph_block {
	uint32_t block;
	int32_t from, until; /* from <= day < until; INT32_MAX: no end */
};
struct graph_block *graph_blocks(const struct rulebook *rb, const struct graph_view *v, size_t *n);

/* What a block overrides, as for one of its events; NULL: nothing. */
const struct precedence *graph_overrides(const struct rulebook *rb, uint32_t block);

/* Names that a part's condition and actions read, each once, in order of first use. */
enum graph_use { GRAPH_FACT, GRAPH_FIELD, GRAPH_PARAM, GRAPH_COUNT, GRAPH_OTHER };
void graph_uses(const struct rulebook *rb, const struct part *p,
		void (*each)(void *arg, enum graph_use use, struct str name), void *arg);

#endif
