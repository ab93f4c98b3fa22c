/* SPDX-License-Identifier: Apache-2.0
 *
 * How an amount was worked out: each step with its numbers, what it came to before rounding, how it
 * was rounded, and how the whole is split.
 *
 *     50% of $33.33 = $16.665, rounded half up to $16.67
 *     $1,000.00 in 12 parts: $83.37, then 11 of $83.33
 */
#ifndef WAYMARK_EXPLAIN_ARITHMETIC_H
#define WAYMARK_EXPLAIN_ARITHMETIC_H

#include "engine/explain/wording.h"

/* The steps, joined by semicolons; nothing when nothing is calculated. What rests on something
 * confidential that is not to be shown is not worked out. */
void arithmetic_words(struct buf *b, const struct wording *w, const struct considered *c,
		      const struct code *amount);
/* Instalments and items; nothing when there is only one. */
void arithmetic_split(struct buf *b, const struct rulebook *rb, const struct outcome *o);

#endif
