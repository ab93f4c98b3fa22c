/* SPDX-License-Identifier: Apache-2.0
 *
 * The differences between two rulebooks (analyse/difference.h) in words and as JSON.
 */
#ifndef WAYMARK_WIRE_DIFFERENCE_WORDS_H
#define WAYMARK_WIRE_DIFFERENCE_WORDS_H

#include "engine/analyse/difference.h"

/* `stipend counselling_session (pathway_to_safety)`, or what a prohibition says. */
void difference_words(struct buf *b, const struct differences *d, const struct difference *x);
/* `$100.00, $120.00 from 2026-09-01`; p NULL: `none`. */
void amount_words(struct buf *b, const struct rulebook *rb, const struct param *p,
		  const struct dated_list *values);

/* {"change","what","name","counties":[…],"file","line" without the closing brace: members may
 * follow. */
void difference_json(struct buf *b, const struct differences *d, const struct difference *x);
/* {"name","program","counties":[…],"old","new"} */
void amount_change_json(struct buf *b, const struct differences *d, const struct amount_change *x);

#endif
