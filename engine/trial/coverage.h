/* SPDX-License-Identifier: Apache-2.0
 *
 * What was seen of a rulebook while events were decided, and what was not. All that there is to see
 * is a list of *points*, made once from the rulebook: that a part was reached and applied, that a
 * deadline ran out, that a limit was reached, a row of a table …; and of each comparison in each
 * condition that it decided the outcome, both ways.
 *
 *     struct coverage *c = coverage_new(rb);
 *     trace.whole = true;                       // of the decider that decides
 *     coverage_add(c, &decision, &trace);       // once for each decision
 *     coverage_close(c);
 *     coverage_text(&b, c);                     // what was never seen, one line each, and sums
 *     coverage_free(c);
 *
 * A comparison *decides* where what the provision does would have been another had the comparison
 * alone come out the other way, everything beside it staying as it is. That is the masking form of
 * modified condition/decision coverage (MC/DC): Hayhurst and others, A Practical Tutorial on
 * Modified Condition/Decision Coverage, NASA/TM-2001-210876; Chilenski, An Investigation of Three
 * Forms of the MC/DC Criterion, DOT/FAA/AR-01/18. Two things are stricter here: what `and` and `or`
 * need not look at is looked at nevertheless, so that it masks; and truth has three values, of
 * which the one that cannot be decided counts as what it leads to: a provision does not apply, a
 * prohibition holds.
 */
#ifndef WAYMARK_TRIAL_COVERAGE_H
#define WAYMARK_TRIAL_COVERAGE_H

#include "engine/trial/mutate.h"
#include "engine/explain/reading.h"
#include "engine/case/decision.h"

#define COVERAGE_NONE UINT32_MAX

/* What a point belongs to. */
enum coverage_of {
	OF_PART,
	OF_OVERRIDE, /* index into precedences: the first one of its block */
	OF_NEVER,
	OF_TABLE,
	OF_SCHEDULE,
	OF_SHARE,
	OF_FUND,
	OF_CAPACITY,
	OF_DOCKET,
	OF_KINDS
};

enum coverage_kind {
	COVER_REACHED,   /* an event came that it waits for */
	COVER_APPLIED,   /* and it applied */
	COVER_ELSEWHERE, /* of a step: its event came while the case stood where it does not lead
			    on from */
	COVER_YES,       /* a comparison was met, and that decided */
	COVER_NO,        /* it was not met, and that decided */
	COVER_ROW,
	COVER_ANSWERED, /* of a deadline: what it waits for came in time; a promise was kept */
	COVER_RAN_OUT,
	COVER_APPROVED,
	COVER_DECLINED,
	COVER_LIMIT,     /* it kept something from being paid, or stopped it */
	COVER_CHECKED,   /* of a never: something came that it speaks of */
	COVER_OVERRIDES, /* another block did not apply because of it */
	COVER_ITEM,      /* of a schedule: an item was paid */
	COVER_LAST,      /* its last one fell due */
	COVER_HELD,
	COVER_SHARED,
	COVER_NOT_SHARED,
	COVER_FUNDED,
	COVER_UNFUNDED, /* too little was left in the fund */
	COVER_WARNED,
	COVER_PLACE,
	COVER_WAITING,
	COVER_FOUND, /* somebody who waited was given a place */
	COVER_SEAT,
	COVER_FULL, /* of a docket: the first meeting had no seat left */
};

struct coverage_point {
	enum coverage_kind kind;
	enum coverage_of of;
	uint32_t index;     /* of the part, the precedence, … */
	uint16_t number;    /* COVER_YES, COVER_NO: instruction; of deadlines and proposals: the
			       action, or NONE; of limits, rows and what is overridden: which */
	uint32_t condition; /* COVER_YES, COVER_NO */
	uint32_t needs;     /* a point that is missing for the same reason, or COVERAGE_NONE */
	struct span span;   /* the source that it is about */
};

struct coverage;

struct coverage *coverage_new(const struct rulebook *rb);
void coverage_free(struct coverage *c);
const struct rulebook *coverage_rulebook(const struct coverage *c);

/* What one decision showed; d is NULL for an event that was refused. */
void coverage_add(struct coverage *c, const struct decision *d, const struct trace *t);
/* What many cases come to together: of a decision of a projection only what they share counts
 * (funds, places, meetings), for that is what its sums hold to; nobody looks at its single
 * outcomes. */
void coverage_add_shared(struct coverage *c, const struct decision *d);
/* Somebody asked for a share; `t` is the trace of asking. */
void coverage_asked(struct coverage *c, const struct share *s, bool shown, const struct trace *t);

/* When all has been added: finds out which comparisons could not have decided in any case, and are
 * not asked for. */
void coverage_close(struct coverage *c);

/* Recorded history, decided again, is a coverage of its own, which also counts cases and money:
 * coverage_weigh before anything is added, then coverage_add_of instead of coverage_add. The gaps
 * of another coverage of the same rulebook are weighed by it from coverage_beside on. */
void coverage_weigh(struct coverage *c);
void coverage_add_of(struct coverage *c, uint32_t case_no, const struct decision *d,
		     const struct trace *t);
void coverage_beside(struct coverage *c, const struct coverage *history);
struct coverage_weight {
	uint64_t cases;
	int64_t cents; /* paid or assessed when it was shown */
};
struct coverage_weight coverage_weight(const struct coverage *c, size_t point);

/* All that there is to see: in order of the rulebook, the same for every coverage of it. */
size_t coverage_points(const struct coverage *c, const struct coverage_point **out);
/* In how many decisions it was seen. */
uint64_t coverage_seen(const struct coverage *c, size_t point);
/* Of a comparison: how often it came out so, whether or not it decided. Else as seen. */
uint64_t coverage_came(const struct coverage *c, size_t point);
/* Does it count? Some points can only be seen once something else was. */
bool coverage_wanted(const struct coverage *c, size_t point);
/* Is it missing, and not for the same reason as another one that is? */
bool coverage_is_gap(const struct coverage *c, size_t point);

/* The sums of points that belong together. */
enum coverage_group {
	GROUP_PROVISIONS,
	GROUP_CONDITIONS,
	GROUP_STEPS,
	GROUP_ROWS,
	GROUP_DEADLINES,
	GROUP_PROPOSALS,
	GROUP_LIMITS,
	GROUP_SCHEDULES,
	GROUP_NEVERS,
	GROUP_OVERRIDES,
	GROUP_SHARES,
	GROUP_FUNDS,
	GROUP_PLACES,
	GROUP_MEETINGS,
	GROUPS
};
struct coverage_sum {
	size_t of, seen;
	size_t came; /* GROUP_CONDITIONS: answers that came, though they did not decide */
};
void coverage_sums(const struct coverage *c, struct coverage_sum out[GROUPS]);
struct str coverage_group_words(enum coverage_group g);

/* The small change of a rulebook, compiled once more, that only a scenario for this gap would
 * notice; see mutate.h. False: there is none, for it is not about a comparison. */
bool coverage_mutant(const struct coverage *c, size_t point, struct rulebook *rb, struct arena *a,
		     struct mutant *out);

/* stipend counselling_session never applied — programs/pathway_to_safety.way:31 */
void coverage_gap_words(struct buf *b, const struct coverage *c, size_t point);
/* The same without where. */
void coverage_told(struct buf *b, const struct coverage *c, size_t point);
/* The same without whose it is and where: `minutes >= 60` was never met */
void coverage_missing_words(struct buf *b, const struct coverage *c, size_t point);
void coverage_text(struct buf *b, const struct coverage *c);
void coverage_json(struct buf *b, const struct coverage *c);
/* Sections of a page: the sums and what is missing, which need no source beside them; and the
 * source, each line coloured, with what is missing of it in words. */
void coverage_html(struct buf *b, const struct coverage *c);
/* The same, of what is missing only that of some blocks (by block), and how much else is. */
void coverage_html_of(struct buf *b, const struct coverage *c, const bool *blocks);
void coverage_source_html(struct buf *b, const struct coverage *c);
/* A tracefile; the files are named as they are found from where the program runs: below `root`. */
void coverage_lcov(struct buf *b, const struct coverage *c, struct str root);

#endif
