/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule graph as a picture that a person can follow, as Graphviz dot: on the left what happens,
 * in the middle the provisions with their conditions, on the right what they bring about and the
 * funds that pay for it. Steps stand below one another, with the time that leads from one to the
 * next. All is said in plain words, with the amounts of one day. `policy/graph.h` has the graph for
 * programs.
 *
 *     picture_dot(&dot, rb, &(struct picture_view){program, county, day});
 */
#ifndef WAYMARK_EXPLAIN_PICTURE_H
#define WAYMARK_EXPLAIN_PICTURE_H

#include "engine/policy/policy.h"

struct picture_view {
	uint16_t program; /* NONE: all, one below the other */
	uint16_t county;  /* NONE: the programs as they are written, whoever adopts them */
	int32_t day;      /* of the amounts */
};

void picture_dot(struct buf *b, const struct rulebook *rb, const struct picture_view *v);

#endif
