/* SPDX-License-Identifier: Apache-2.0
 *
 * The canonical layout of a policy file: two spaces a level, one clause a line, a blank line
 * between blocks, the colons of a case's facts in one column, $1,000 with its comma. Clauses stay
 * in their order, comments where they stood: alone on their line before what follows, or behind
 * the clause that they trail. Layout only: parsing the result gives the same tree, and formatting
 * it again the same text.
 */
#ifndef WAYMARK_GRAMMAR_FORMAT_H
#define WAYMARK_GRAMMAR_FORMAT_H

#include "grammar/ast.h"

/* For a tree without errors only; text is what it was parsed from. */
void format(const struct ast_file *file, struct str text, struct buf *out);

#endif
