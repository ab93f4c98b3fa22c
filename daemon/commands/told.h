/* SPDX-License-Identifier: Apache-2.0
 *
 * A history that was found (trial/witness.h): a line for each thing that happens, and beside the
 * last one what follows from it. As a table of a page it is for people who read no policies.
 */
#ifndef WAYMARK_COMMANDS_TOLD_H
#define WAYMARK_COMMANDS_TOLD_H

#include "engine/trial/witness.h"

/* With what follows before and after a change; or, of one rulebook alone, with what follows. */
void told_both(struct buf *b, const struct witness *w);
void told_one(struct buf *b, const struct witness *w);

/* As text: as a scenario, or in short where it has many lines. */
void told_history(struct buf *b, const char *indent, const struct witness *w);
void told_days(struct buf *b, const struct told *t); /* 2026-07-01 to 2026-07-05; or `before` */

#endif
