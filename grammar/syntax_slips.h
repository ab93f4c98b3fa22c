/* SPDX-License-Identifier: Apache-2.0
 *
 * Slips of people who write their first policy. Inside the grammar folder only.
 */
#ifndef WAYMARK_GRAMMAR_SYNTAX_SLIPS_H
#define WAYMARK_GRAMMAR_SYNTAX_SLIPS_H

#include "grammar/syntax_scene.h"

/* True when the error was such a slip, and was told; what could be put right then was. */
bool syntax_slip(struct scene *s);

#endif
