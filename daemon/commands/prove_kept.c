/* SPDX-License-Identifier: Apache-2.0
 *
 * What keeps a promise, or what stands in the way of knowing, in words.
 */
#include "daemon/commands/prove_report.h"
#include "engine/explain/wording.h"

static void doers_words(struct buf *b, const struct rulebook *rb, const struct promised *k)
{
	for (size_t i = 0; i < k->nparts; i++) {
		buf_c(b, !i ? "" : i + 1 < k->nparts ? ", " : " and ");
		part_words(b, rb, k->parts[i]);
	}
	buf_c(b, k->nparts == 1 ? " does it" : " between them do it");
}

void prove_kept_words(struct buf *b, const struct rulebook *rb, const struct promised *k)
{
	doers_words(b, rb, k);
	buf_c(b, k->at_once ? " at the same event, whenever it is promised"
			    : " in time, by a deadline that begins with the event at the latest");
}

/* Around the words of the part. */
static const char *const AROUND[][2] = {
    [UNKEPT_NOTHING] = {"nothing that waits for the event does it, or begins a deadline that would",
			""},
    [UNKEPT_CASE] = {"", " does it, but not when "},
    [UNKEPT_PROPOSED] = {"", " only proposes it"},
    [UNKEPT_LIMIT] = {"", " has a limit, beyond which it does nothing"},
    [UNKEPT_FUND] = {"", " pays from a fund that may have run out"},
    [UNKEPT_NEVER] = {"a `never` speaks of what comes with the deadline of ", ", and may stop it"},
    [UNKEPT_LATE] = {"the deadline of ", " may end after the promised one"},
    [UNKEPT_ANSWERED] = {"the deadline of ", " is called off by "},
    [UNKEPT_LEFT] = {"before the deadline a case may go another way, by ", ""},
    [UNKEPT_STOPPED] = {"what ", " starts may be stopped or held"},
    [UNKEPT_REPLACED] = {"what ", " begins goes by another text in some county or from some day"},
    [UNKEPT_FAILS] = {"something that comes with the deadline of ",
		      " may fail or not apply, and then nothing of it comes"},
};

void prove_unkept_words(struct buf *b, const struct rulebook *rb, const struct promised *k)
{
	buf_c(b, AROUND[k->why][0]);
	if (k->why != UNKEPT_NOTHING)
		part_words(b, rb, k->part);
	buf_c(b, AROUND[k->why][1]);
	if (k->why == UNKEPT_CASE)
		buf_str(b, k->words.len ? k->words : STR("(too many cases to look at)"));
	if (k->why == UNKEPT_ANSWERED) {
		buf_char(b, '`');
		buf_str(b, rb->events[k->event].name);
		buf_str(b, STR("`, which does not do it itself"));
	}
}
