/* SPDX-License-Identifier: Apache-2.0
 *
 * What the scenarios of a rulebook say after a change, and how they were changed along with it.
 */
#ifndef WAYMARK_COMMANDS_REVIEW_TESTS_H
#define WAYMARK_COMMANDS_REVIEW_TESTS_H

#include "engine/trial/coverage.h"
#include "engine/base/vec.h"

enum scenario_change { SCENARIO_ADDED, SCENARIO_REMOVED, SCENARIO_CHANGED };

struct changed_scenario {
	enum scenario_change change;
	struct str title, county; /* of the rulebook that has it */
};

struct review_tests {
	size_t passed, failed, todo; /* of the new rulebook, with its own scenarios */
	struct buf failures;         /* in words */
	VEC(struct changed_scenario) changed;
	size_t same;
	struct coverage *coverage; /* of the new rulebook; closed by who has added all to it */
};

void review_tests_find(struct review_tests *t, const struct rulebook *old,
		       const struct rulebook *new);
void review_tests_release(struct review_tests *t);

/* What no scenario shows is told of the blocks that the change touches. */
void review_tests_html(struct buf *b, const struct review_tests *t, const bool *touched);

#endif
