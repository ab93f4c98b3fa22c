/* SPDX-License-Identifier: Apache-2.0
 *
 * All that is known of a change of the policy, for those who decide on it: gathered first, then
 * written as one document. The document has no date of its own and nothing of the machine in it:
 * the same two rulebooks and the same recorded history give the same bytes.
 */
#ifndef WAYMARK_COMMANDS_REVIEW_H
#define WAYMARK_COMMANDS_REVIEW_H

#include "daemon/commands/diff_report.h"
#include "daemon/commands/prove_report.h"
#include "daemon/commands/review_history.h"
#include "daemon/commands/review_money.h"
#include "daemon/commands/review_mutants.h"
#include "daemon/commands/review_tests.h"

/* What was kept before the change and no longer is: by index of proof under the old rulebook. */
struct lost_promise {
	size_t before;
	size_t after; /* under the new one; SIZE_MAX: it is gone */
};

struct review {
	const char *path[2]; /* as given, for messages only */
	struct loaded loaded[2];
	struct diff_report diff;
	struct prove_report prove[2];
	VEC(struct lost_promise) lost;
	struct review_tests tests;
	struct touched touched[2]; /* of the old and the new rulebook */
	struct review_mutants mutants[2];
	struct arena arena;
	struct review_money money;
	const char *ledger; /* NULL: none was given */
	struct review_history history;
};

/* Both rulebooks are loaded. STATUS_OK, or of the ledger: it cannot be read, or not be decided
 * again; *why gets sentences. */
enum status review_find(struct review *r, void (*on_progress)(void *, uint64_t, uint64_t),
			void *arg, struct buf *why);
void review_release(struct review *r); /* the rulebooks, too */
void review_html(struct buf *b, const struct review *r);

#endif
