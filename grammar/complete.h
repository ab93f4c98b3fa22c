/* SPDX-License-Identifier: Apache-2.0
 *
 * What can stand at a place of a policy: the names that the look-up there would find, and the words
 * of the language that the grammar allows. It works in the middle of a clause that is being typed.
 *
 *     struct completion c = {0};
 *     complete(sources, n, &env, source, off, &c);
 *     ... c.at[i].text in place of c.replaced ...
 *     completion_release(&c);
 */
#ifndef WAYMARK_GRAMMAR_COMPLETE_H
#define WAYMARK_GRAMMAR_COMPLETE_H

#include "grammar/compile.h"
#include "grammar/keywords.h"
#include "grammar/names.h"

struct candidate {
	struct str text;
	const struct keyword *keyword; /* a word of the language, or NULL */
	const struct name_decl *decl;  /* what a name names, where it is declared; or NULL */
	struct span replaced;          /* the beginning of it that stands there */
};

struct completion {
	VEC(struct candidate) list; /* names first, in the order in which they are declared */
	struct names names[2];      /* what `decl` points into */
	struct asked asked[2];
};

void complete(const struct source *sources, size_t n, const struct compile_env *env,
	      uint32_t source, uint32_t off, struct completion *out);
void completion_release(struct completion *c);

#endif
