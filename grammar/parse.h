/* SPDX-License-Identifier: Apache-2.0
 *
 * One file's text to its tree. Errors go to the list; parsing goes on at the next block, so that
 * one run reports them all. The tree is usable (for more checks) even after errors, and never
 * NULL. Texts point into the source, which must outlive the tree.
 */
#ifndef WAYMARK_GRAMMAR_PARSE_H
#define WAYMARK_GRAMMAR_PARSE_H

#include "grammar/ast.h"

struct ast_file *parse(struct arena *arena, const struct source *source, uint32_t index,
		       struct diag_list *diags);

/* The same, for a text in which ASKED_WORD stands: which words of the language can stand there is
 * added to asked->tokens. The tree is as if the clause around that word were finished in some way;
 * what the diagnostics say is of no use. */
struct asked;
struct ast_file *parse_asked(struct arena *arena, const struct source *source, uint32_t index,
			     struct diag_list *diags, struct asked *asked);

#endif
