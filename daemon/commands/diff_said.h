/* SPDX-License-Identifier: Apache-2.0
 *
 * What a provision or a table says before and after a change, in plain words
 * (engine/explain/doc.h): the sentences that are not the same, side by side, as a table of a page.
 */
#ifndef WAYMARK_COMMANDS_DIFF_SAID_H
#define WAYMARK_COMMANDS_DIFF_SAID_H

#include "engine/policy/policy.h"

struct said_of {
	const struct rulebook *rb[2]; /* old, new */
	struct str county;            /* that both have; empty: as the programs are written */
	int32_t day;
};
/* A block that only one of them has is NO_BLOCK in the other. Nothing when both say the same. */
void diff_said(struct buf *b, const struct said_of *of, const uint32_t block[2]);
/* The tables that do not read the same, each under its title. */
void diff_said_tables(struct buf *b, const struct rulebook *const rb[2]);

#endif
