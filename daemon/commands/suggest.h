/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios that would notice a small change of a rulebook: each passes as the rulebook is, and
 * fails with the change.
 *
 *     struct suggesting s;
 *     if (!suggest_begin(&s, loaded))
 *             return cli_environment(…);
 *     … make a mutant of s.changed …
 *     if (suggest(&s, &mutant, STR("stipend visits, 1 hour"), SUGGEST_ANY, &w)) …
 *     suggest_end(&s);
 */
#ifndef WAYMARK_COMMANDS_SUGGEST_H
#define WAYMARK_COMMANDS_SUGGEST_H

#include "daemon/wire/load.h"
#include "engine/trial/mutate.h"
#include "engine/trial/witness.h"

struct suggesting {
	struct loaded *loaded;    /* as it is */
	struct rulebook *changed; /* the same, compiled once more: it is changed in place */
	size_t shown;
	struct buf scenarios;
	struct arena arena;
};

bool suggest_begin(struct suggesting *s, struct loaded *l);
/* With the mutant applied. `point`: of coverage, which the scenario has to show; SUGGEST_ANY: none.
 * False: none was found; w->tried says how many histories were tried. */
#define SUGGEST_ANY SIZE_MAX
bool suggest(struct suggesting *s, const struct mutant *m, struct str title, size_t point,
	     struct witness *w);
void suggest_end(struct suggesting *s);

#endif
