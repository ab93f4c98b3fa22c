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

#include "engine/base/status.h"
#include "grammar/ast.h"

/* For a tree without errors only; text is what it was parsed from. */
void format(const struct ast_file *file, struct str text, struct buf *out);

/* Reads a file and writes it in the canonical layout. STATUS_INVALID: it has errors, see diags.
 * STATUS_CONFLICT: the layout would change what the file means, which is an error of ours. */
enum status format_source(struct arena *arena, const struct source *source, uint32_t index,
			  struct diag_list *diags, struct buf *out);

#endif
