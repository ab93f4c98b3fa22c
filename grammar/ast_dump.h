/* SPDX-License-Identifier: Apache-2.0
 *
 * A tree as text, one node a line, everything in it but the places: two files with the same dump
 * mean the same. For goldens, and for the check that formatting changes nothing.
 */
#ifndef WAYMARK_GRAMMAR_AST_DUMP_H
#define WAYMARK_GRAMMAR_AST_DUMP_H

#include "grammar/ast.h"

void ast_dump(struct buf *out, const struct ast_file *file);
void ast_dump_expr(struct buf *out, const struct ast_expr *e); /* on one line */

#endif
