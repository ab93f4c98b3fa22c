/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures that no document gives: what each one is, why, and which counties have set their own.
 */
#ifndef WAYMARK_COMMANDS_PLACEHOLDERS_H
#define WAYMARK_COMMANDS_PLACEHOLDERS_H

#include "engine/policy/policy.h"

/* For people; `root` stands before the names of files, as in messages. */
void placeholders_text(struct buf *out, const struct rulebook *rb, struct str root);
void placeholders_json(struct buf *out, const struct rulebook *rb);

#endif
