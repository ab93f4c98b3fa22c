/* SPDX-License-Identifier: Apache-2.0
 *
 * What people write in plain English where the language has a word of its own, and names in two
 * words. The author is told the word, the tokens are put right, and the clause is read again.
 */
#ifndef WAYMARK_GRAMMAR_SYNTAX_HABITS_H
#define WAYMARK_GRAMMAR_SYNTAX_HABITS_H

#include "grammar/syntax_scene.h"

/* Each returns true when it has said its piece. */
bool habit_in_condition(const struct scene *s); /* behind a `when`, on its line or below */
bool habit_verb(struct scene *s);               /* `pays`, `notified` */
bool habit_wording(struct scene *s);            /* `each month`, `at least 60` */
bool habit_name(struct scene *s);               /* `infraction fee`, `infraction-fee` */
/* Joins the parts of a name without a word: something was said about them already. */
bool habit_name_quietly(struct scene *s);

/* Puts one token in the place of n of them, the first of which is at `from`. */
void tokens_replace(struct scene *s, size_t from, size_t n, int kind, struct str text);

#endif
